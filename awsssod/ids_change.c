/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator changes in the ledger: an id that somebody had before,
 * a name.  Each is one transaction with everything that follows from it, and a
 * line in the log.
 */
#include <errno.h>
#include <string.h>

#include "awsssod/daemon.h"
#include "awsssod/ids.h"
#include "awsssod/ids_entry.h"
#include "awsssod/ledger.h"
#include "awsssod/log.h"
#include "awsssod/register.h"
#include "awsssod/status.h"

struct change {
	struct aw_daemon *daemon;
	struct aw_state *state;
	const struct aw_wire_in *in;
	struct aw_diag text; /* what has been done, or why not */
	bool same;           /* it is so already */
};

/* 0, AW_UNKNOWN and AW_DENIED with .text, or a negative errno. */
typedef int change_fn(struct change *change);

static int deny(struct change *change, const char *why)
{
	aw_diag_set(&change->text, "%s", why);
	return AW_DENIED;
}

static int read_home(
    struct change *change, const char *name, char home[AW_PERSON_HOME_SIZE])
{
	int r;

	r = aw_wire_text(change->in, AW_TAG_HOME, home, AW_PERSON_HOME_SIZE);
	if (r == AW_ABSENT)
		r = aw_register_home(
		    &change->daemon->conf, name, home, AW_PERSON_HOME_SIZE);
	if (r < 0 || !aw_name_is_path(home, strlen(home)))
		return deny(change, "that home is no usable path");
	return 0;
}

/* --- adopt -----------------------------------------------------------------
 */

/* The host's own accounts: only the one that becomes theirs may have it. */
static int check_local(struct change *change, const char *name, uint32_t id)
{
	const struct aw_local_files *files = &change->daemon->settings.local;
	char holder[AW_LOCAL_HOLDER_SIZE];
	struct aw_local_account account;
	int64_t taken;
	int r;

	r = aw_local_find(files->passwd, name, 0, &account);
	if (r == 0 && account.uid != id) {
		aw_diag_set(&change->text,
		    "the account %s of this host has the id %u", name,
		    account.uid);
		return AW_DENIED;
	}
	if (r >= 0)
		r = aw_local_other(files, id, name, holder);
	if (r == 0) {
		aw_diag_set(&change->text,
		    "%s of this host's passwd or group has the id %u", holder,
		    id);
		return AW_DENIED;
	}
	if (r == AW_ABSENT)
		r = aw_state_number(change->state, AW_Q_IS_IN_LOCAL_RANGE,
		    &taken, "i", (int64_t)id);
	if (r == 0)
		return deny(change, "that id lies in a range of this host's "
				    "/etc/subuid or /etc/subgid");
	return r == AW_ABSENT ? 0 : r;
}

/* Who has an id keeps it. */
static int refuse_known(
    struct change *change, const struct aw_entry *entry, uint64_t id)
{
	change->same = entry->id == id && entry->adopted;
	aw_diag_set(&change->text,
	    change->same ? "%s (%s) has adopted the id %u already"
			 : "%s (%s) has the id %u, and keeps it for life",
	    entry->name, entry->principal, entry->id);
	return change->same ? 0 : AW_DENIED;
}

static int adopt(struct change *change)
{
	const struct aw_conf *conf = &change->daemon->conf;
	const uint64_t id = aw_wire_num(change->in, AW_TAG_POSIX_ID, 0);
	char who[AW_USER_NAME_MAX + 1], home[AW_PERSON_HOME_SIZE];
	struct aw_entry entry;
	int r;

	if (aw_wire_text(change->in, AW_TAG_USER, who, sizeof(who)) != 0)
		return deny(change, "who?");
	r = aw_entry_find(change->state, conf->identity_store_id, who, &entry);
	if (r == 0 && entry.name[0])
		return refuse_known(change, &entry, id);
	if (r >= 0)
		r = aw_entry_newcomer(
		    change->state, conf, who, &entry, &change->text);
	if (r == AW_UNKNOWN)
		aw_diag_set(&change->text, "the directory has nobody without "
					   "an id who would be called that");
	if (r != 0 ||
	    (r = aw_entry_may_be_called(
		 change->state, &entry, entry.name, &change->text)) != 0 ||
	    (r = aw_entry_may_have(change->state, &entry, id, &change->text)) !=
		0 ||
	    (r = check_local(change, entry.name, (uint32_t)id)) != 0 ||
	    (r = read_home(change, entry.name, home)) != 0 ||
	    (r = aw_state_run(change->state, AW_Q_GIVE, "isisi", entry.n,
		 entry.name, (int64_t)id, home, (int64_t)1)) != 0)
		return r;
	aw_diag_set(&change->text, "%s (%s) has the id %u for life, home %s",
	    entry.name, entry.principal, (unsigned)id, home);
	return 0;
}

/* --- rename ----------------------------------------------------------------
 */

static int check_new_name(
    struct change *change, const struct aw_entry *entry, const char *name)
{
	int64_t taken;
	int r;

	r = aw_entry_may_be_called(change->state, entry, name, &change->text);
	if (r != 0)
		return r;
	r = aw_state_number(
	    change->state, AW_Q_IS_LOCAL_NAME, &taken, "s", name);
	if (r == 0)
		aw_diag_set(&change->text,
		    "this host has an account or group named %s", name);
	return r == 0 ? AW_DENIED : r == AW_ABSENT ? 0 : r;
}

/* Whoever has no name yet gets this one, and an id. */
static int name_newcomer(struct change *change, const struct aw_entry *entry,
    const char *name, const char *home)
{
	uint32_t id;
	int r;

	r = aw_ledger_register(change->state, aw_ledger_sha256, entry->n,
	    entry->principal, name, home, &id);
	if (r == -ENOSPC)
		return deny(change, "no free id near its candidate");
	if (r == 0)
		aw_diag_set(&change->text, "%s is %s, id %u", entry->principal,
		    name, id);
	return r;
}

/* Who is there may come back to the old name; who has left gives it up. */
static int give_new_name(struct change *change, const struct aw_entry *entry,
    const char *name, const char *home)
{
	const bool moved = home && strcmp(home, entry->home) != 0;
	int r;

	r = aw_entry_rename(change->state, entry, name, home, entry->present);
	if (r < 0)
		return r;
	aw_diag_set(&change->text,
	    "%s (%s) is %s now, with the id %u%s%.100s%s%.100s", entry->name,
	    entry->principal, name, entry->id,
	    moved ? "; its home is to be moved: mv " : "",
	    moved ? entry->home : "", moved ? " " : "", moved ? home : "");
	return 0;
}

static int rename_entry(struct change *change)
{
	char who[AW_USER_NAME_MAX + 1], name[AW_NAME_SIZE];
	char home[AW_PERSON_HOME_SIZE] = "";
	struct aw_entry entry;
	bool is_user;
	int r;

	if (aw_wire_text(change->in, AW_TAG_USER, who, sizeof(who)) != 0 ||
	    aw_wire_text(change->in, AW_TAG_NEW_USER, name, sizeof(name)) != 0)
		return deny(change, "who, and to what?");
	r = aw_entry_find(
	    change->state, change->daemon->conf.identity_store_id, who, &entry);
	if (r == AW_UNKNOWN)
		aw_diag_set(&change->text,
		    "there is neither such a name nor such a principal");
	if (r != 0)
		return r;
	is_user = entry.kind == AW_KIND_USER;
	r = check_new_name(change, &entry, name);
	if (r == 0 && is_user)
		r = read_home(change, name, home);
	if (r != 0)
		return r;
	if (!entry.name[0])
		return name_newcomer(
		    change, &entry, name, is_user ? home : NULL);
	if (!strcmp(name, entry.name) && !strcmp(home, entry.home)) {
		change->same = true;
		aw_diag_set(&change->text, "%s is called that already",
		    entry.principal);
		return 0;
	}
	return give_new_name(change, &entry, name, is_user ? home : NULL);
}

/* --- both ------------------------------------------------------------------
 */

static int in_transaction(struct change *change, change_fn *work)
{
	struct aw_state *state = change->state;
	int r;

	r = aw_state_begin(state);
	if (r == 0)
		r = aw_local_read(state, &change->daemon->settings.local);
	if (r == 0)
		r = work(change);
	if (r == 0)
		r = aw_state_run(state, AW_Q_SKIP_LOCAL, "");
	if (r == 0 && !change->same)
		r = aw_state_run(state, AW_Q_GENERATION_NEXT, "");
	if (r == 0)
		r = aw_state_commit(state);
	if (r != 0)
		aw_state_rollback(state);
	return r;
}

static enum aw_net outcome(int r)
{
	if (r == 0)
		return AW_NET_OK;
	if (r == AW_UNKNOWN)
		return AW_NET_NOT_FOUND;
	return r < 0 ? AW_NET_CONFIG : AW_NET_REFUSED;
}

static void answer(
    struct aw_conn *conn, const struct aw_wire_in *in, change_fn *work)
{
	struct change change = {
		.daemon = conn->daemon, .state = &conn->daemon->state, .in = in
	};
	char text[sizeof(change.text.text) * 4];
	int r;

	/* What a publisher gave out, only it can change. */
	if (conn->daemon->conf.source == AW_SOURCE_PUBLISHED)
		r = deny(&change, "names and ids are the publisher's: change "
				  "them on the host that publishes");
	else
		r = in_transaction(&change, work);
	if (r < 0)
		aw_diag_set(&change.text,
		    "state.db, or a file of this host's "
		    "accounts: %s",
		    strerror(-r));
	/* A path may have been cut within a character. */
	(void)aw_text_escape(text, sizeof(text), change.text.text);
	if (r == 0 && !change.same) {
		aw_log(LOG_NOTICE, "ids: uid %u: %s", conn->peer.uid, text);
		aw_publish_anew(&conn->daemon->publish);
	}
	aw_status_done(conn, outcome(r), text);
}

void aw_ids_adopt(struct aw_conn *conn, const struct aw_wire_in *in)
{
	answer(conn, in, adopt);
}

void aw_ids_rename(struct aw_conn *conn, const struct aw_wire_in *in)
{
	answer(conn, in, rename_entry);
}
