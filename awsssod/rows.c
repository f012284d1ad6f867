/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From tables to messages.
 */
#include "awsssod/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awsssod/ask.h"
#include "awsssod/log.h"
#include "awsssod/note.h"
#include "awsssod/person.h"
#include "awsssod/sets.h"
#include "common/own.h"
#include "common/proto.h"

#define ROWS_A_TIME 512
#define GECOS_MAX   256

static void tell(
    void *user AW_UNUSED, const struct aw_conf_group *item, const char *why)
{
	char shown[256];

	aw_log(LOG_WARNING, "[local_groups] %s = %s: %s", item->name,
	    aw_text_escape(shown, sizeof(shown), item->from), why);
}

int aw_rows_init(struct aw_rows *rows, struct aw_state *state,
    const struct aw_conf *conf, const char *group_file)
{
	int64_t last = 0;
	int r;

	*rows = (struct aw_rows){ .state = state, .conf = conf };
	r = aw_state_number(state, AW_Q_LAST_ROW, &last, "");
	if (r < 0)
		return r;
	r = aw_local_groups_resolve(
	    state, conf, group_file, tell, NULL, &rows->local);
	if (r < 0)
		return r;
	rows->sets_known = aw_sets_are_known(state);
	rows->n_index = last + 1;
	rows->index = calloc((size_t)rows->n_index, sizeof(*rows->index));
	return rows->index ? 0 : -ENOMEM;
}

void aw_rows_done(struct aw_rows *rows)
{
	aw_own_free_done(&rows->index);
}

static bool has_room(const struct aw_rows *rows)
{
	return rows->out_size - rows->out_len >= AW_ROWS_MESSAGE;
}

static void begin(struct aw_rows *rows, struct aw_wire_out *out, uint16_t type)
{
	aw_wire_begin(out, rows->out + rows->out_len, AW_ROWS_MESSAGE, type, 0);
}

static int end(struct aw_rows *rows, struct aw_wire_out *out)
{
	const int r = aw_wire_end(out);

	if (r == 0)
		rows->out_len += out->len;
	return r;
}

static void next_part(struct aw_rows *rows)
{
	rows->part++;
	rows->last = 0;
	rows->last_of = 0;
}

static int add_head(struct aw_rows *rows)
{
	int64_t generation = 0, read_at = 0, need = 0;
	struct aw_wire_out out;
	char store[65] = "";
	int r;

	if ((r = aw_state_get_num(rows->state, "generation", &generation)) <
		0 ||
	    (r = aw_state_get_num(rows->state, "read_at", &read_at)) < 0 ||
	    (r = aw_state_get(rows->state, "store", store, sizeof(store))) <
		0 ||
	    (r = aw_state_number(rows->state, AW_Q_NEED_LIMITS, &need, "")) < 0)
		return r;
	begin(rows, &out, AW_MSG_SNAP_HEAD);
	aw_wire_put_text(&out, AW_TAG_STORE, store);
	aw_wire_put_num(&out, AW_TAG_GENERATION, (uint64_t)generation);
	aw_wire_put_num(&out, AW_TAG_TIME, (uint64_t)read_at);
	aw_wire_put_num(
	    &out, AW_TAG_LIMITS, need != 0 || rows->local.n_gids > 0);
	next_part(rows);
	return end(rows, &out);
}

/* A DisplayName as it may stand in a passwd line: what may not becomes a
 * blank, and it is cut between characters. */
static void make_gecos(const char *display, char buf[GECOS_MAX + 1])
{
	size_t len = 0;

	for (const char *p = display; *p && len < GECOS_MAX; p++)
		buf[len++] = *p == ':' || *p == '\n' ? ' ' : *p;
	buf[len] = '\0';
	while (len > 0 && !aw_text_is_clean(buf, len))
		buf[--len] = '\0';
}

/* What the PAM module goes by while awsssod is away. */
static bool may_batch(
    const struct aw_conf *conf, const struct aw_access_facts *facts)
{
	for (size_t i = 0; i < AW_ASK_BATCH_MAX; i++)
		if (aw_access_judge(conf, aw_ask_batch[i], facts, NULL) !=
		    AW_ACCESS_YES)
			return false;
	return true;
}

static uint64_t user_flags(struct aw_rows *rows, sqlite3_stmt *row)
{
	struct aw_person person = {
		.n = sqlite3_column_int64(row, 0),
		.name_taken = sqlite3_column_int(row, 8),
	};
	const bool disabled = sqlite3_column_int(row, 7);
	struct aw_access_facts facts;
	bool allowed, listed;

	if (aw_copy(person.principal, sizeof(person.principal),
		aw_state_text(row, 1)) < 0 ||
	    aw_copy(person.user_name, sizeof(person.user_name),
		aw_state_text(row, 2)) < 0 ||
	    aw_copy(person.name, sizeof(person.name), aw_state_text(row, 3)) <
		0 ||
	    aw_person_access(rows->state, rows->conf, &person, &facts) < 0)
		return AW_SNAP_DISABLED;
	allowed = !disabled && may_batch(rows->conf, &facts);
	listed = rows->conf->enumerate == AW_ENUMERATE_ALL ||
		 (rows->conf->enumerate == AW_ENUMERATE_ALLOWED && !disabled &&
		     aw_access_anywhere(rows->conf, &facts));
	return (disabled ? AW_SNAP_DISABLED : 0u) |
	       (allowed ? AW_SNAP_ALLOWED : 0u) | (listed ? AW_SNAP_ENUM : 0u);
}

static int add_user(struct aw_rows *rows, sqlite3_stmt *row)
{
	struct aw_wire_out out;
	char gecos[GECOS_MAX + 1];

	make_gecos(aw_state_text(row, 5), gecos);
	begin(rows, &out, AW_MSG_SNAP_USER);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, aw_state_text(row, 1));
	aw_wire_put_text(&out, AW_TAG_USER_NAME, aw_state_text(row, 2));
	aw_wire_put_text(&out, AW_TAG_USER, aw_state_text(row, 3));
	aw_wire_put_num(
	    &out, AW_TAG_POSIX_ID, (uint64_t)sqlite3_column_int64(row, 4));
	aw_wire_put_text(&out, AW_TAG_GECOS, gecos);
	aw_wire_put_text(&out, AW_TAG_HOME, aw_state_text(row, 6));
	aw_wire_put_text(&out, AW_TAG_SHELL, rows->conf->shell);
	aw_wire_put_num(&out, AW_TAG_FLAGS, user_flags(rows, row));
	rows->index[rows->last] = ++rows->n_users;
	return end(rows, &out);
}

static uint64_t group_flags(const struct aw_rows *rows, bool is_set)
{
	const uint64_t listed =
	    rows->conf->enumerate == AW_ENUMERATE_NO ? 0 : AW_SNAP_ENUM;

	if (!is_set)
		return listed;
	return listed | AW_SNAP_SET | (rows->sets_known ? 0u : AW_SNAP_LEARNED);
}

static int add_group(struct aw_rows *rows, sqlite3_stmt *row)
{
	const bool is_set = sqlite3_column_int(row, 5) == AW_KIND_SET;
	struct aw_wire_out out;

	begin(rows, &out, AW_MSG_SNAP_GROUP);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, aw_state_text(row, 1));
	aw_wire_put_text(&out, AW_TAG_DISPLAY_NAME, aw_state_text(row, 2));
	aw_wire_put_text(&out, AW_TAG_USER, aw_state_text(row, 3));
	aw_wire_put_num(
	    &out, AW_TAG_POSIX_ID, (uint64_t)sqlite3_column_int64(row, 4));
	aw_wire_put_num(&out, AW_TAG_FLAGS, group_flags(rows, is_set));
	rows->index[rows->last] = ++rows->n_groups;
	return end(rows, &out);
}

static int add_tomb(struct aw_rows *rows, sqlite3_stmt *row)
{
	struct aw_wire_out out;

	begin(rows, &out, AW_MSG_SNAP_TOMB);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, aw_state_text(row, 1));
	aw_wire_put_text(&out, AW_TAG_USER, aw_state_text(row, 2));
	aw_wire_put_num(
	    &out, AW_TAG_POSIX_ID, (uint64_t)sqlite3_column_int64(row, 3));
	aw_wire_put_num(&out, AW_TAG_FLAGS,
	    sqlite3_column_int(row, 4) == AW_KIND_USER ? 0 : AW_SNAP_GROUP);
	aw_wire_put_text(
	    &out, AW_TAG_HOME, (const char *)sqlite3_column_text(row, 5));
	return end(rows, &out);
}

/* @of: a principal id, or "" where @id says it. */
static int send_note(
    struct aw_rows *rows, uint64_t id, const char *text, const char *of)
{
	struct aw_wire_out out;

	begin(rows, &out, AW_MSG_SNAP_NOTE);
	aw_wire_put_num(&out, AW_TAG_POSIX_ID, id);
	aw_wire_put_text(&out, AW_TAG_TEXT, text);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, of);
	return end(rows, &out);
}

/* An old name or id of a principal. */
static int add_note(struct aw_rows *rows, sqlite3_stmt *row)
{
	rows->last_of = sqlite3_column_int64(row, 1);
	return send_note(rows, (uint64_t)sqlite3_column_int64(row, 2),
	    aw_state_text(row, 3), "");
}

static int add_fact(struct aw_rows *rows)
{
	struct aw_snap_note note;
	int r;

	r = aw_note_fact(rows->state, rows->conf, (size_t)rows->last++, &note);
	if (r == AW_END)
		next_part(rows);
	if (r != 0)
		return r < 0 ? r : 0;
	return send_note(rows, 0, note.text, note.principal_id);
}

/* Where row @n went in the snapshot, + 1; 0: nowhere. */
static uint32_t place_of(const struct aw_rows *rows, int64_t n)
{
	return n < rows->n_index ? rows->index[n] : 0;
}

/* Whoever is not in the snapshot is in no group of it either. */
static int add_edge(struct aw_rows *rows, uint16_t type, int64_t group,
    int64_t of, uint16_t group_tag, uint16_t of_tag)
{
	const uint32_t group_at = place_of(rows, group);
	const uint32_t of_at = place_of(rows, of);
	struct aw_wire_out out;

	if (!group_at || !of_at)
		return 0;
	begin(rows, &out, type);
	aw_wire_put_num(&out, group_tag, group_at - 1);
	aw_wire_put_num(&out, of_tag, of_at - 1);
	return end(rows, &out);
}

/* Memberships are in the order of people, what sets bring in that of sets. */
static int add_member(struct aw_rows *rows, sqlite3_stmt *row)
{
	rows->last_of = sqlite3_column_int64(row, 1);
	return add_edge(rows, AW_MSG_SNAP_MEMBER, rows->last_of, rows->last,
	    AW_TAG_GROUP_INDEX, AW_TAG_USER_INDEX);
}

static int add_holder(struct aw_rows *rows, sqlite3_stmt *row)
{
	rows->last_of = sqlite3_column_int64(row, 1);
	return add_edge(rows, AW_MSG_SNAP_MEMBER, rows->last, rows->last_of,
	    AW_TAG_GROUP_INDEX, AW_TAG_USER_INDEX);
}

static int add_grant(struct aw_rows *rows, sqlite3_stmt *row)
{
	if (sqlite3_column_int(row, 2) == AW_KIND_USER)
		return add_holder(rows, row);
	rows->last_of = sqlite3_column_int64(row, 1);
	return add_edge(rows, AW_MSG_SNAP_GRANT, rows->last, rows->last_of,
	    AW_TAG_SET_INDEX, AW_TAG_GROUP_INDEX);
}

typedef int add_fn(struct aw_rows *rows, sqlite3_stmt *row);

/* Step through @stmt while there is room.  The part is over when fewer rows
 * came than were asked for. */
static int add_rows(struct aw_rows *rows, sqlite3_stmt *stmt, add_fn *add)
{
	int n = 0, r = 0;

	while (r == 0 && has_room(rows)) {
		r = aw_state_next(rows->state, stmt);
		if (r != 0)
			break;
		n++;
		rows->last = sqlite3_column_int64(stmt, 0);
		/* Came after we began: the next snapshot has it. */
		if (rows->last < rows->n_index)
			r = add(rows, stmt);
	}
	aw_state_stop(stmt);
	if (r == AW_END && n < ROWS_A_TIME)
		next_part(rows);
	return r == AW_END ? 0 : r;
}

static int add_part(struct aw_rows *rows, enum aw_query query, add_fn *add)
{
	sqlite3_stmt *stmt;
	int r;

	if (query != AW_Q_SNAP_USERS && query != AW_Q_SNAP_GROUPS &&
	    query != AW_Q_SNAP_TOMBS)
		r = aw_state_start(rows->state, query, &stmt, "iii", rows->last,
		    rows->last_of, (int64_t)ROWS_A_TIME);
	else
		r = aw_state_start(rows->state, query, &stmt, "ii", rows->last,
		    (int64_t)ROWS_A_TIME);
	return r < 0 ? r : add_rows(rows, stmt, add);
}

/* One of the groups that the host owns; they follow the others. */
static int add_host(struct aw_rows *rows)
{
	struct aw_wire_out out;

	if (rows->last == (int64_t)rows->local.n_gids) {
		next_part(rows);
		return 0;
	}
	begin(rows, &out, AW_MSG_SNAP_HOST);
	aw_wire_put_num(&out, AW_TAG_POSIX_ID, rows->local.gid[rows->last++]);
	return end(rows, &out);
}

static int link_member(
    struct aw_rows *rows, const struct aw_local_link *link, int64_t usr)
{
	const uint32_t user_at = place_of(rows, usr);
	struct aw_wire_out out;

	rows->last_of = usr;
	if (!user_at)
		return 0;
	begin(rows, &out, AW_MSG_SNAP_MEMBER);
	aw_wire_put_num(
	    &out, AW_TAG_GROUP_INDEX, rows->n_groups + link->gid_index);
	aw_wire_put_num(&out, AW_TAG_USER_INDEX, user_at - 1);
	return end(rows, &out);
}

/* Of a group that has no name here its members are told one by one. */
static int link_members(struct aw_rows *rows, const struct aw_local_link *link)
{
	sqlite3_stmt *stmt;
	int r, n = 0;

	r = aw_state_start(rows->state, AW_Q_MEMBERS_OF, &stmt, "iii",
	    link->from, rows->last_of, (int64_t)ROWS_A_TIME);
	while (r == 0 && has_room(rows)) {
		r = aw_state_next(rows->state, stmt);
		if (r != 0)
			break;
		n++;
		r = link_member(rows, link, sqlite3_column_int64(stmt, 0));
	}
	aw_state_stop(stmt);
	if (r == AW_END && n < ROWS_A_TIME) {
		rows->last++;
		rows->last_of = 0;
	}
	return r == AW_END ? 0 : r;
}

/* From whom one of the host's groups has members. */
static int add_link(struct aw_rows *rows)
{
	const struct aw_local_link *link = &rows->local.link[rows->last];
	struct aw_wire_out out;

	if (rows->last == (int64_t)rows->local.n) {
		next_part(rows);
		return 0;
	}
	if (!place_of(rows, link->from))
		return link_members(rows, link);
	rows->last++;
	begin(rows, &out, AW_MSG_SNAP_GRANT);
	aw_wire_put_num(
	    &out, AW_TAG_SET_INDEX, rows->n_groups + link->gid_index);
	aw_wire_put_num(
	    &out, AW_TAG_GROUP_INDEX, place_of(rows, link->from) - 1);
	return end(rows, &out);
}

static int add_end(struct aw_rows *rows)
{
	struct aw_wire_out out;

	begin(rows, &out, AW_MSG_SNAP_END);
	next_part(rows);
	return end(rows, &out);
}

static int add_some(struct aw_rows *rows)
{
	switch (rows->part) {
	case AW_ROWS_HEAD:
		return add_head(rows);
	case AW_ROWS_USERS:
		return add_part(rows, AW_Q_SNAP_USERS, add_user);
	case AW_ROWS_GROUPS:
		return add_part(rows, AW_Q_SNAP_GROUPS, add_group);
	case AW_ROWS_HOSTS:
		return add_host(rows);
	case AW_ROWS_TOMBS:
		return add_part(rows, AW_Q_SNAP_TOMBS, add_tomb);
	case AW_ROWS_OLD_NAMES:
		return add_part(rows, AW_Q_SNAP_OLD_NAMES, add_note);
	case AW_ROWS_OLD_IDS:
		return add_part(rows, AW_Q_SNAP_OLD_IDS, add_note);
	case AW_ROWS_FACTS:
		return add_fact(rows);
	case AW_ROWS_MEMBERS:
		return add_part(rows, AW_Q_SNAP_MEMBERS, add_member);
	case AW_ROWS_GRANTS:
		return add_part(rows, AW_Q_SNAP_GRANTS, add_grant);
	case AW_ROWS_LEARNED:
		return add_part(rows, AW_Q_SNAP_LEARNED, add_holder);
	case AW_ROWS_LINKS:
		return add_link(rows);
	case AW_ROWS_END:
		return add_end(rows);
	case AW_ROWS_DONE:
		break;
	}
	return AW_END;
}

int aw_rows_next(
    struct aw_rows *rows, uint8_t *buf, size_t size, size_t *ret_len)
{
	int r = 0;

	if (rows->part == AW_ROWS_DONE)
		return AW_END;
	rows->out = buf;
	rows->out_len = 0;
	rows->out_size = size;
	while (r == 0 && has_room(rows) && rows->part != AW_ROWS_DONE)
		r = add_some(rows);
	if (r < 0)
		return r;
	*ret_len = rows->out_len;
	return 0;
}
