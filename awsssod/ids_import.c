/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another host's ledger into ours, in one transaction: each record is applied
 * to what those before it have made, so that a file which contradicts itself
 * is found the same way as one that contradicts us.  What it changed is told
 * when it has been committed.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "awsssod/daemon.h"
#include "awsssod/ids.h"
#include "awsssod/ids_entry.h"
#include "awsssod/ids_yield.h"
#include "awsssod/log.h"
#include "awsssod/sets.h"
#include "awsssod/status.h"
#include "common/buf.h"
#include "common/id.h"

#define FILE_MAX (256u << 20)
#define TOLD     200 /* conflicts, one by one */
#define ROOM     4096

struct import {
	struct aw_conn *conn;
	struct aw_state *state;
	bool theirs;        /* what differs here becomes as it is there */
	struct aw_buf told; /* messages about what has changed */
	int64_t given, conflicts, changed, reserved;
};

struct record {
	struct aw_entry is; /* as the file has it; n and present are not set */
	bool given_up;      /* .is has a name or an id that it had */
	struct aw_diag why;
};

static bool is_user(const struct record *record)
{
	return record->is.kind == AW_KIND_USER;
}

/* NULL where none belongs. */
static const char *home_of(const struct record *record)
{
	return is_user(record) ? record->is.home : NULL;
}

static int read_record(const struct aw_wire_in *in, struct record *ret)
{
	struct aw_entry *is = &ret->is;
	const uint64_t id = aw_wire_num(in, AW_TAG_POSIX_ID, 0);

	*ret = (struct record){ .is = { .n = 0 } };
	ret->given_up = aw_wire_num(in, AW_TAG_FLAGS, 0) & AW_ID_GIVEN_UP;
	is->kind = (enum aw_kind)aw_wire_num(in, AW_TAG_KIND, 0);
	is->id = id > UINT32_MAX ? 0 : (uint32_t)id;
	is->adopted = !aw_id_in_range(is->id);
	if (in->type != AW_MSG_ID_REC ||
	    aw_wire_text(in, AW_TAG_STORE, is->store, sizeof(is->store)) != 0 ||
	    aw_wire_text(in, AW_TAG_PRINCIPAL_ID, is->principal,
		sizeof(is->principal)) != 0 ||
	    aw_wire_text(in, AW_TAG_USER, is->name, sizeof(is->name)) < 0 ||
	    aw_wire_text(in, AW_TAG_HOME, is->home, sizeof(is->home)) < 0 ||
	    !is->store[0] || !is->principal[0])
		return -EBADMSG;
	if (ret->given_up)
		return (is->id == 0) == (is->name[0] == '\0') ? -EBADMSG : 0;
	return is->kind < AW_KIND_USER || is->kind > AW_KIND_SET ||
		       !is->name[0] ||
		       (is->kind == AW_KIND_SET) !=
			   aw_sets_is_principal(is->principal)
		   ? -EBADMSG
		   : 0;
}

static int begin_record(const struct import *import,
    const struct record *record, struct aw_wire_out *out, uint8_t data[ROOM])
{
	aw_conn_begin(import->conn, out, data, ROOM, AW_MSG_ID_REC);
	aw_wire_put_text(out, AW_TAG_PRINCIPAL_ID, record->is.principal);
	aw_wire_put_num(out, AW_TAG_KIND, record->is.kind);
	aw_wire_put_text(out, AW_TAG_USER, record->is.name);
	aw_wire_put_num(out, AW_TAG_POSIX_ID, record->is.id);
	aw_wire_put_num(out, AW_TAG_FLAGS, 0);
	aw_wire_put_text(out, AW_TAG_TEXT, record->why.text);
	return aw_wire_end(out);
}

/* Tell about one record that is in conflict. */
static void tell(struct import *import, const struct record *record)
{
	uint8_t data[ROOM];
	struct aw_wire_out out;

	if (begin_record(import, record, &out, data) == 0)
		aw_conn_pass(import->conn, out.data, out.len);
}

/* Tell what has become of one, if it comes to that. */
static int tell_later(struct import *import, const struct record *record)
{
	uint8_t data[ROOM];
	struct aw_wire_out out;
	const int r = begin_record(import, record, &out, data);

	if (r < 0)
		return r;
	aw_buf_add(&import->told, out.data, out.len);
	return aw_buf_error(&import->told);
}

static void tell_now(struct import *import)
{
	const uint8_t *data = (const uint8_t *)aw_buf_text(&import->told);
	size_t len = import->told.len, used = 0;
	struct aw_wire_in in;

	for (; len > 0 && aw_wire_open_first(data, len, &in, &used) == 0;
	     data += used, len -= used)
		aw_conn_pass(import->conn, data, used);
}

/* --- one record ------------------------------------------------------------
 */

/* Nothing of ours, and no rule, is against it. */
static int check(
    struct import *import, const struct aw_entry *mine, struct record *record)
{
	struct aw_entry entry = *mine;
	int r;

	entry.kind = record->is.kind;
	if (is_user(record) &&
	    !aw_name_is_path(record->is.home, strlen(record->is.home))) {
		aw_diag_set(&record->why, "its home is no usable path");
		return AW_DENIED;
	}
	r = aw_entry_may_be_called(
	    import->state, &entry, record->is.name, &record->why);
	if (r == 0)
		r = aw_entry_may_have(
		    import->state, &entry, record->is.id, &record->why);
	return r;
}

static int renumber(
    struct import *import, struct aw_entry *mine, struct record *record)
{
	int r;

	if (mine->id == record->is.id)
		return 0;
	r = aw_entry_renumber(import->state, mine, record->is.id,
	    record->is.adopted, &record->why);
	return r == 0 ? tell_later(import, record) : r;
}

/* The old name is given up: it may be another's there. */
static int rename_as(
    struct import *import, const struct aw_entry *mine, struct record *record)
{
	const char *home = home_of(record);
	const bool moved = home && strcmp(home, mine->home) != 0;
	int r;

	if (!strcmp(mine->name, record->is.name))
		return 0;
	r = aw_entry_rename(import->state, mine, record->is.name, home, false);
	if (r < 0)
		return r;
	aw_diag_set(&record->why, "had another name%s%.120s%s%.120s",
	    moved ? "; its home is to be moved: mv " : "",
	    moved ? mine->home : "", moved ? " " : "", moved ? home : "");
	aw_log(
	    LOG_NOTICE, "ids: %s is %s now", mine->principal, record->is.name);
	return tell_later(import, record);
}

/* We gave it something else. */
static int change(
    struct import *import, struct aw_entry *mine, struct record *record)
{
	int r;

	if (!import->theirs) {
		aw_diag_set(&record->why, "is %s with the id %u here",
		    mine->name, mine->id);
		return AW_DENIED;
	}
	r = check(import, mine, record);
	if (r == 0)
		r = renumber(import, mine, record);
	if (r == 0)
		r = rename_as(import, mine, record);
	if (r == 0)
		import->changed++;
	return r;
}

/* What it had there nobody else may have here either. */
static int reserve(struct import *import, struct record *record)
{
	const struct aw_entry *is = &record->is;
	struct aw_entry mine = { .n = 0 };
	int r;

	r = aw_entry_of(import->state, is->store, is->principal, &mine);
	if (r < 0)
		return r;
	if (r != 0 || !mine.name[0]) {
		aw_diag_set(&record->why, "gave it up, and has no entry");
		return AW_DENIED;
	}
	/* Such a name is nobody's anyhow. */
	if (is->name[0] &&
	    aw_name_judge(is->name, mine.kind != AW_KIND_USER) == 0)
		return 0;
	r = aw_entry_reserve(
	    import->state, &mine, is->name, is->id, &record->why);
	if (r == 0)
		import->reserved += aw_state_changes(import->state);
	return r;
}

static int merge(struct import *import, struct record *record)
{
	const struct aw_entry *is = &record->is;
	struct aw_entry mine = { .n = 0 };
	int r;

	r = aw_entry_of(import->state, is->store, is->principal, &mine);
	if (r < 0)
		return r;
	if (r == 0 && mine.kind != is->kind) {
		aw_diag_set(&record->why, "is of another kind here");
		return AW_DENIED;
	}
	if (r == 0 && mine.name[0])
		return mine.id == is->id && !strcmp(mine.name, is->name)
			   ? 0
			   : change(import, &mine, record);
	if (r == AW_UNKNOWN)
		mine.n = 0;
	r = check(import, &mine, record);
	if (r != 0)
		return r;
	import->given++;
	if (mine.n)
		return aw_state_run(import->state, AW_Q_GIVE, "isisi", mine.n,
		    is->name, (int64_t)is->id, home_of(record),
		    (int64_t)is->adopted);
	return aw_state_run(import->state, AW_Q_IMPORT, "ssisisi", is->store,
	    is->principal, (int64_t)is->kind, is->name, (int64_t)is->id,
	    home_of(record), (int64_t)is->adopted);
}

static bool has_changed(const struct import *import)
{
	return import->given + import->changed + import->reserved > 0;
}

/* --- all of them -----------------------------------------------------------
 */

/* 0, AW_DENIED with why in the record, or a negative errno. */
typedef int record_fn(struct import *import, struct record *record);

static int apply(struct import *import, struct record *record)
{
	return record->given_up ? reserve(import, record)
				: merge(import, record);
}

static int note(struct import *import, struct record *record)
{
	const int r =
	    aw_ids_yield_note(import->state, &record->is, record->given_up);

	if (r == AW_DENIED)
		aw_diag_set(&record->why,
		    "stands in the file twice, and not with the same name and "
		    "id");
	return r;
}

static int do_next(struct import *import, record_fn *fn, const uint8_t *data,
    size_t len, size_t *used)
{
	struct record record;
	struct aw_wire_in in;
	int r;

	r = aw_wire_open_first(data, len, &in, used);
	if (r == 0)
		r = read_record(&in, &record);
	if (r == 0)
		r = fn(import, &record);
	if (r != AW_DENIED)
		return r;
	if (import->conflicts++ < TOLD)
		tell(import, &record);
	return 0;
}

static int do_all(
    struct import *import, record_fn *fn, const uint8_t *data, size_t len)
{
	size_t used = 0;
	int r = 0;

	while (r == 0 && len > 0) {
		r = do_next(import, fn, data, len, &used);
		data += used;
		len -= used;
	}
	return r;
}

static int on_yielded(
    void *user, const struct aw_entry *entry, const struct aw_diag *what)
{
	const struct record record = { .is = *entry, .why = *what };

	return tell_later(user, &record);
}

/* What is ours makes way for all of theirs. */
static int make_way(struct import *import, const uint8_t *data, size_t len)
{
	int r;

	r = aw_ids_yield_clear(import->state);
	if (r == 0)
		r = do_all(import, note, data, len);
	if (r == 0 && import->conflicts > 0)
		return AW_DENIED;
	if (r == 0)
		r = aw_ids_yield(
		    import->state, on_yielded, import, &import->changed);
	return r;
}

static int merge_all(struct import *import, const uint8_t *data, size_t len)
{
	struct aw_state *state = import->state;
	int r;

	r = aw_local_read(state, &import->conn->daemon->settings.local);
	if (r == 0 && import->theirs)
		r = make_way(import, data, len);
	if (r == 0)
		r = do_all(import, apply, data, len);
	if (r == 0 && import->conflicts > 0)
		return AW_DENIED;
	if (r == 0)
		r = aw_ids_yield_clear(state);
	if (r == 0)
		r = aw_state_run(state, AW_Q_SKIP_LOCAL, "");
	if (r == 0 && has_changed(import))
		r = aw_state_run(state, AW_Q_GENERATION_NEXT, "");
	return r;
}

static int in_transaction(struct import *import)
{
	const void *data;
	size_t len;
	int r;

	r = aw_sock_memfd_map(import->conn->with, FILE_MAX, &data, &len);
	if (r < 0)
		return r;
	r = aw_state_begin(import->state);
	if (r == 0)
		r = merge_all(import, data, len);
	if (r == 0)
		r = aw_state_commit(import->state);
	if (r != 0)
		aw_state_rollback(import->state);
	if (len > 0)
		(void)munmap((void *)(uintptr_t)data, len);
	return r;
}

static void answer(struct import *import, int r)
{
	char text[320] = "", more[64] = "";

	if (import->reserved > 0)
		aw_ignore(aw_fmt(more, sizeof(more),
		    "; %lld old names and ids are reserved",
		    (long long)import->reserved));
	if (r == 0)
		r = aw_fmt(text, sizeof(text),
		    "%lld entries are new, %lld have been changed%s",
		    (long long)import->given, (long long)import->changed, more);
	else if (r == AW_DENIED)
		aw_ignore(aw_fmt(text, sizeof(text),
		    "nothing has been imported: %lld entries are in conflict",
		    (long long)import->conflicts));
	else
		aw_ignore(aw_fmt(text, sizeof(text),
		    "nothing has been imported: %s", strerror(-r)));
	aw_log(LOG_NOTICE, "ids: uid %u: import: %s", import->conn->peer.uid,
	    text);
	aw_status_done(import->conn,
	    r == 0  ? AW_NET_OK
	    : r < 0 ? AW_NET_CONFIG
		    : AW_NET_REFUSED,
	    text);
}

void aw_ids_import(struct aw_conn *conn, const struct aw_wire_in *in)
{
	struct import import = { .conn = conn,
		.state = &conn->daemon->state,
		.theirs = aw_wire_num(in, AW_TAG_ACCEPT_LOSS, 0) == 1,
		.told = AW_BUF_INIT(FILE_MAX) };
	int r;

	/* It has looked already who is known, and as whom. */
	if (aw_sweep_is_running(&conn->daemon->sweep)) {
		aw_status_done(conn, AW_NET_UNAVAIL,
		    "the directory is being read: try again when that is over "
		    "(awssso status)");
		return;
	}
	r = in_transaction(&import);
	if (r == 0 && has_changed(&import))
		aw_publish_anew(&conn->daemon->publish);
	if (r == 0)
		tell_now(&import);
	aw_buf_done(&import.told);
	answer(&import, r);
}
