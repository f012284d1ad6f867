/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listing the ledger.  A page fits into the socket whole; where the next one
 * goes on, its asker remembers.
 */
#include "awsssod/ids.h"

#include <string.h>

#include "awsssod/daemon.h"
#include "awsssod/local_group.h"
#include "common/proto.h"

#define A_PAGE    50
#define ROOM      4096 /* for one entry */
#define WHY_ROOM  512
#define LABEL_MAX 512

static void put(struct aw_wire_out *out, uint16_t tag, const char *text)
{
	if (*text)
		aw_wire_put_text(out, tag, text);
}

/* A group's DisplayName may be longer than a UserName: cut between characters
 * for a list. */
static void put_label(struct aw_wire_out *out, const char *text)
{
	char label[LABEL_MAX + 1];
	size_t len = strnlen(text, LABEL_MAX);

	memcpy(label, text, len);
	label[len] = '\0';
	while (len > 0 && text[len] && !aw_text_is_clean(label, len))
		label[--len] = '\0';
	put(out, AW_TAG_USER_NAME, label);
}

static uint64_t flags_of(sqlite3_stmt *row)
{
	return (sqlite3_column_int(row, AW_ENTRY_PRESENT) ? AW_ID_PRESENT : 0) |
	       (sqlite3_column_int(row, AW_ENTRY_DISABLED) ? AW_ID_DISABLED
							   : 0) |
	       (sqlite3_column_int(row, AW_ENTRY_ADOPTED) ? AW_ID_ADOPTED : 0);
}

static void send_entry(struct aw_conn *conn, sqlite3_stmt *row)
{
	uint8_t data[AW_WIRE_HEADER + ROOM];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_ID_REC);
	put(&out, AW_TAG_STORE, aw_state_text(row, AW_ENTRY_STORE));
	put(&out, AW_TAG_PRINCIPAL_ID, aw_state_text(row, AW_ENTRY_PRINCIPAL));
	aw_wire_put_num(&out, AW_TAG_KIND,
	    (uint64_t)sqlite3_column_int64(row, AW_ENTRY_KIND));
	put_label(&out, aw_state_text(row, AW_ENTRY_USER_NAME));
	if (*aw_state_text(row, AW_ENTRY_NAME)) {
		put(&out, AW_TAG_USER, aw_state_text(row, AW_ENTRY_NAME));
		aw_wire_put_num(&out, AW_TAG_POSIX_ID,
		    (uint64_t)sqlite3_column_int64(row, AW_ENTRY_POSIX_ID));
		put(&out, AW_TAG_HOME, aw_state_text(row, AW_ENTRY_HOME));
	}
	aw_wire_put_num(&out, AW_TAG_FLAGS, flags_of(row));
	put(&out, AW_TAG_TEXT, aw_state_text(row, AW_ENTRY_SKIP));
	aw_conn_send(conn, &out);
}

/* What the entry @row reserves besides; @n counts on. */
static int send_given_up(struct aw_conn *conn, sqlite3_stmt *row, int *n)
{
	struct aw_state *state = &conn->daemon->state;
	uint8_t data[AW_WIRE_HEADER + ROOM];
	struct aw_wire_out out;
	sqlite3_stmt *old;
	int r;

	r = aw_state_start(state, AW_Q_GIVEN_UP, &old, "i",
	    (int64_t)sqlite3_column_int64(row, AW_ENTRY_N));
	while (r == 0) {
		r = aw_state_next(state, old);
		if (r != 0)
			break;
		aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_ID_REC);
		put(&out, AW_TAG_STORE, aw_state_text(row, AW_ENTRY_STORE));
		put(&out, AW_TAG_PRINCIPAL_ID,
		    aw_state_text(row, AW_ENTRY_PRINCIPAL));
		put(&out, AW_TAG_USER, aw_state_text(old, 0));
		aw_wire_put_num(&out, AW_TAG_POSIX_ID,
		    (uint64_t)sqlite3_column_int64(old, 1));
		aw_wire_put_num(&out, AW_TAG_FLAGS, AW_ID_GIVEN_UP);
		aw_conn_send(conn, &out);
		(*n)++;
	}
	return r == AW_END ? 0 : r;
}

/* A line of [local_groups] that gives nobody anything. */
static void send_local_group(
    void *user, const struct aw_conf_group *item, const char *why)
{
	uint8_t data[AW_WIRE_HEADER + ROOM];
	struct aw_conn *conn = user;
	struct aw_wire_out out;
	char text[WHY_ROOM];

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_ID_REC);
	aw_wire_put_num(&out, AW_TAG_KIND, AW_KIND_GROUP);
	put(&out, AW_TAG_USER_NAME, item->from);
	put(&out, AW_TAG_USER, item->name);
	aw_wire_put_num(&out, AW_TAG_FLAGS, 0);
	if (aw_fmt(text, sizeof(text), "%s = in [local_groups]: %s", item->name,
		why) == 0)
		put(&out, AW_TAG_TEXT, text);
	aw_conn_send(conn, &out);
}

static int send_local_groups(struct aw_conn *conn)
{
	struct aw_daemon *daemon = conn->daemon;
	struct aw_local_groups groups;

	return aw_local_groups_resolve(&daemon->state, &daemon->conf,
	    daemon->settings.local.group, send_local_group, conn, &groups);
}

static void send_done(struct aw_conn *conn, int r, int64_t after)
{
	uint8_t data[AW_WIRE_HEADER + ROOM];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_DONE);
	aw_wire_put_num(&out, AW_TAG_NET, r < 0 ? AW_NET_CONFIG : AW_NET_OK);
	if (r < 0)
		aw_wire_put_text(
		    &out, AW_TAG_TEXT, "state.db or /etc/group cannot be read");
	else if (after > 0)
		aw_wire_put_num(&out, AW_TAG_AFTER, (uint64_t)after);
	aw_conn_send(conn, &out);
}

void aw_ids_list(struct aw_conn *conn, const struct aw_wire_in *in)
{
	const bool all = in->type == AW_MSG_IDS;
	int64_t after = (int64_t)aw_wire_num(in, AW_TAG_AFTER, 0);
	sqlite3_stmt *row;
	int n = 0;
	int r;

	r = aw_state_start(&conn->daemon->state, all ? AW_Q_IDS : AW_Q_SKIPPED,
	    &row, "ii", after, (int64_t)A_PAGE);
	while (r == 0 && n < A_PAGE) {
		r = aw_state_next(&conn->daemon->state, row);
		if (r != 0)
			break;
		after = sqlite3_column_int64(row, AW_ENTRY_N);
		send_entry(conn, row);
		n++;
		if (all)
			r = send_given_up(conn, row, &n);
	}
	if (r == 0)
		aw_state_stop(row);
	if (n < A_PAGE)
		after = 0;
	if (r >= 0 && after == 0 && !all)
		r = send_local_groups(conn);
	send_done(conn, r, after);
}
