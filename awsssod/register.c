/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three passes over the newcomers: what each wants to be called, who loses
 * by collision, and registration of the rest.
 */
#include "awsssod/register.h"

#include <errno.h>
#include <string.h>

#include "awsssod/ledger.h"
#include "awsssod/log.h"
#include "awsssod/sets.h"
#include "common/proto.h"
#include "common/snapshot.h"

#define TOLD 20 /* who is skipped, one by one */

int aw_register_rules(struct aw_state *state, const struct aw_conf *conf,
    struct aw_name_rules *ret)
{
	char domain[128] = "";
	int r = 0;

	*ret = conf->names;
	if (conf->domains_auto)
		r = aw_state_get(state, "domain", domain, sizeof(domain));
	if (r != 0 || !domain[0])
		return r < 0 ? r : 0;
	return aw_name_rules_add(ret, domain, NULL);
}

/* Store the domain that most people have, known or staged: "" for none, or for
 * one that cannot be stripped. */
static int pin_domain(struct aw_naming *naming, char *domain, size_t size)
{
	struct aw_name_rules trial = { .n_domains = 0 };
	sqlite3_stmt *stmt;
	int r;

	r = aw_state_start(naming->state, AW_Q_MAJOR_DOMAIN, &stmt, "s",
	    naming->conf->identity_store_id);
	if (r == 0)
		r = aw_state_next(naming->state, stmt);
	if (r != 0)
		return r;
	if (aw_copy(domain, size, aw_state_text(stmt, 0)) < 0 ||
	    aw_name_rules_add(&trial, domain, NULL) < 0)
		domain[0] = '\0';
	aw_state_stop(stmt);
	return aw_state_set(naming->state, "domain", domain);
}

/* "auto" means the one domain that most had when the directory was first
 * read; from then on it is fixed. */
static int use_pinned_domain(struct aw_naming *naming)
{
	char domain[128] = "";
	int r;

	r = aw_state_get(naming->state, "domain", domain, sizeof(domain));
	if (r == AW_ABSENT)
		r = pin_domain(naming, domain, sizeof(domain));
	return r < 0 ? r
		     : aw_register_rules(
			   naming->state, naming->conf, &naming->rules);
}

int aw_naming_begin(struct aw_naming *ret, struct aw_state *state,
    const struct aw_conf *conf, aw_sha256_fn *sha256, enum aw_batch batch)
{
	int r;

	*ret = (struct aw_naming){ .state = state,
		.conf = conf,
		.sha256 = sha256,
		.batch = batch,
		.rules = conf->names };
	if (conf->domains_auto && (r = use_pinned_domain(ret)) < 0)
		return r;
	return aw_state_run(state, AW_Q_NEWCOMERS_CLEAR, "i", (int64_t)batch);
}

/* Whoever could take a set's name before it comes would have what sudoers gives
 * to the set: a user as well, by the group of that name. */
static int leave_to_sets(
    const struct aw_conf *conf, const char *name, struct aw_diag *why)
{
	if (!aw_sets_are_called(conf, name))
		return 0;
	aw_diag_set(why,
	    "\"%s\": reserved for the groups of permission sets "
	    "(permission_set_group = %s)",
	    name, conf->permission_set_group);
	return AW_DENIED;
}

int aw_naming_want(struct aw_naming *naming, int64_t n, int kind,
    const char *label, const char *principal_id)
{
	struct aw_diag why = { .text = "" };
	char name[AW_NAME_SIZE] = "", reason[640];
	bool is_denied;
	int r;

	if (kind == AW_KIND_USER)
		r = aw_name_of_user(&naming->rules, label, name, &why);
	else if (kind == AW_KIND_SET)
		r = aw_name_of_set(
		    naming->conf->permission_set_group, label, name, &why);
	else
		r = aw_name_of_group(label, name, &why);
	if (r == 0 && kind != AW_KIND_SET)
		r = leave_to_sets(naming->conf, name, &why);
	is_denied = r == AW_DENIED;
	if (is_denied)
		r = aw_fmt(reason, sizeof(reason),
		    "%s: give it a name (awssso ids rename %s NAME)", why.text,
		    principal_id);
	return r < 0 ? r
		     : aw_state_run(naming->state, AW_Q_NEWCOMER_ADD, "iiiss",
			   (int64_t)naming->batch, n, (int64_t)kind,
			   is_denied ? NULL : name, is_denied ? reason : NULL);
}

static int want_names(struct aw_naming *naming)
{
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(naming->state, AW_Q_NEWCOMERS, &row, "");
	while (r == 0) {
		r = aw_state_next(naming->state, row);
		if (r == 0)
			r = aw_naming_want(naming, sqlite3_column_int64(row, 0),
			    sqlite3_column_int(row, 1), aw_state_text(row, 2),
			    aw_state_text(row, 3));
	}
	return r == AW_END ? 0 : r;
}

int aw_register_home(
    const struct aw_conf *conf, const char *name, char *buf, size_t size)
{
	const char *mark = strstr(conf->home, "%u");

	if (!mark)
		return -EINVAL;
	if (aw_fmt(buf, size, "%.*s%s%s", (int)(mark - conf->home), conf->home,
		name, mark + 2) < 0 ||
	    !aw_name_is_path(buf, strlen(buf)))
		return -EINVAL;
	return 0;
}

/* @r is why it has no id, -ENOSPC, or no home. */
static int refuse(
    struct aw_naming *naming, int r, int64_t n, bool is_user, const char *name)
{
	struct aw_diag why = { .text = "" };

	if (r != -ENOSPC)
		aw_diag_set(&why,
		    "the setting home makes no usable path of the name %s: "
		    "correct home in [names]",
		    name);
	else if (is_user)
		aw_diag_set(&why,
		    "no free id near its candidate: give it one (awssso ids "
		    "adopt %s ID)",
		    name);
	else
		aw_diag_set(&why,
		    "no free id near its candidate: make the group anew in "
		    "the directory, where it gets another GroupId");
	return aw_state_run(naming->state, AW_Q_NEWCOMER_REFUSE, "iis",
	    (int64_t)naming->batch, n, why.text);
}

static int give_name(struct aw_naming *naming, int64_t n, bool is_user,
    const char *principal_id, const char *name)
{
	char home[AW_CONF_TEXT + AW_NAME_SIZE] = "";
	int r = 0;

	if (is_user)
		r = aw_register_home(naming->conf, name, home, sizeof(home));
	if (r == 0)
		r = aw_ledger_register(naming->state, naming->sha256, n,
		    principal_id, name, is_user ? home : NULL, NULL);
	if (r != -ENOSPC && r != -EINVAL)
		return r;
	r = refuse(naming, r, n, is_user, name);
	return r == 0 ? AW_DENIED : r;
}

static int give_names(
    struct aw_naming *naming, int64_t first, int64_t last, int64_t *changes)
{
	char principal[AW_PRINCIPAL_SIZE], name[AW_NAME_SIZE];
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(naming->state, AW_Q_NEWCOMERS_NAMED, &row, "iii",
	    (int64_t)naming->batch, first, last);
	while (r == 0) {
		r = aw_state_next(naming->state, row);
		if (r != 0)
			break;
		if (aw_copy(principal, sizeof(principal),
			aw_state_text(row, 2)) < 0 ||
		    aw_copy(name, sizeof(name), aw_state_text(row, 3)) < 0)
			return -EBADMSG;
		r = give_name(naming, sqlite3_column_int64(row, 0),
		    sqlite3_column_int(row, 1) == AW_KIND_USER, principal,
		    name);
		if (r == 0)
			(*changes)++;
		else if (r == AW_DENIED)
			r = 0;
	}
	return r == AW_END ? 0 : r;
}

int aw_naming_give(
    struct aw_naming *naming, int64_t first, int64_t last, int64_t *changes)
{
	static const enum aw_query checks[] = { AW_Q_NEWCOMERS_LOCAL,
		AW_Q_NEWCOMERS_TAKEN, AW_Q_NEWCOMERS_RESERVED,
		AW_Q_NEWCOMERS_TWICE };
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(checks) / sizeof(checks[0]);
	     i++)
		r = aw_state_run(naming->state, checks[i], "iii",
		    (int64_t)naming->batch, first, last);
	return r < 0 ? r : give_names(naming, first, last, changes);
}

/* Each reason once: somebody has to do something about it. */
static int tell_skipped(struct aw_naming *naming)
{
	sqlite3_stmt *row;
	int n = 0;
	int r;

	r = aw_state_start(
	    naming->state, AW_Q_NEWLY_SKIPPED, &row, "i", (int64_t)TOLD);
	while (r == 0) {
		char name[160], why[1024];

		r = aw_state_next(naming->state, row);
		if (r != 0)
			break;
		(void)aw_text_escape(name, sizeof(name), aw_state_text(row, 0));
		(void)aw_text_escape(why, sizeof(why), aw_state_text(row, 2));
		aw_log(LOG_NOTICE, "directory: \"%s\" (%s) is not shown: %s",
		    name, aw_state_text(row, 1), why);
		n++;
	}
	if (n == TOLD)
		aw_log(LOG_NOTICE, "directory: perhaps more are not shown: "
				   "awssso status --skipped lists them");
	return r == AW_END ? 0 : r;
}

static int count(struct aw_state *state, enum aw_query query, int64_t *changes)
{
	const int r = aw_state_run(state, query, "");

	if (r == 0)
		*changes += aw_state_changes(state);
	return r;
}

int aw_register_newcomers(struct aw_state *state, const struct aw_conf *conf,
    aw_sha256_fn *sha256, int64_t *changes)
{
	struct aw_naming naming;
	int r;

	if ((r = aw_naming_begin(
		 &naming, state, conf, sha256, AW_BATCH_PRESENT)) != 0 ||
	    (r = want_names(&naming)) != 0 ||
	    (r = aw_naming_give(&naming, 0, INT64_MAX, changes)) != 0 ||
	    (r = tell_skipped(&naming)) != 0 ||
	    (r = count(state, AW_Q_SKIP_NEWCOMERS, changes)) != 0)
		return r;
	return count(state, AW_Q_SKIP_LOCAL, changes);
}
