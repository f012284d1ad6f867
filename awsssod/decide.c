/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules, in the order in which a person should hear of them.
 */
#include "awsssod/decide.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsssod/arn.h"
#include "awsssod/daemon.h"

enum aw_say aw_decide_who(
    struct aw_daemon *daemon, const char *user, struct aw_person *ret)
{
	int r;

	if (daemon->state.broken)
		return AW_SAY_STATE_BROKEN;
	r = aw_person_by_name(&daemon->state, user, ret);
	if (r < 0)
		return daemon->state.broken ? AW_SAY_STATE_BROKEN
					    : AW_SAY_INTERNAL;
	if (r == 0)
		return AW_SAY_ALLOWED;
	return aw_daemon_directory_age(daemon) == UINT64_MAX
		   ? AW_SAY_NO_DIRECTORY
		   : AW_SAY_ABSENT;
}

/* sshd cuts a person off after the approval when the shell is not there. */
static bool is_shell(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
}

/* A home that is there belongs to its person.  One that cannot be examined is
 * no home to let somebody into. */
static bool is_home(const struct aw_person *person)
{
	struct stat st;

	if (stat(person->home, &st) < 0)
		return errno == ENOENT;
	return S_ISDIR(st.st_mode) && st.st_uid == person->posix_id;
}

static bool is_absent(const struct aw_person *person, enum aw_stage stage)
{
	/* What a held sweep lacked still counts where the last good directory
	 * does, but starts no sign-in. */
	const bool last_good =
	    stage == AW_STAGE_ACCOUNT || stage == AW_STAGE_SESSION;

	return !person->present || person->hidden ||
	       (person->missing && !last_good);
}

static bool is_allowed(enum aw_access access, enum aw_stage stage)
{
	if (access != AW_ACCESS_UNKNOWN)
		return access == AW_ACCESS_YES;
	return stage == AW_STAGE_BEFORE_CODE || stage == AW_STAGE_SESSION;
}

enum aw_say aw_decide(struct aw_daemon *daemon, const struct aw_person *person,
    const char *service, const struct aw_access_facts *sets,
    enum aw_stage stage, const struct aw_conf_rule **ret_rule)
{
	static const struct aw_access_facts nothing;
	const bool sign_in =
	    stage == AW_STAGE_BEFORE_CODE || stage == AW_STAGE_SIGN_IN;
	struct aw_access_facts facts;

	/* What is published is the only word about a person, so it must be a
	 * fresh one. */
	if (sign_in && daemon->conf.source == AW_SOURCE_PUBLISHED &&
	    aw_daemon_directory_age(daemon) > daemon->conf.max_directory_age)
		return AW_SAY_TOO_OLD;
	if (person->disabled)
		return AW_SAY_DISABLED;
	if (is_absent(person, stage))
		return AW_SAY_ABSENT;
	if (aw_person_access(&daemon->state, &daemon->conf, person, &facts) !=
	    0)
		return daemon->state.broken ? AW_SAY_STATE_BROKEN
					    : AW_SAY_INTERNAL;
	/* What the portal says of the person counts before what a sweep knew;
	 * after an approval nothing else does. */
	aw_access_use_sets(&daemon->conf, &facts, sets ? sets : &nothing,
	    stage == AW_STAGE_SIGN_IN);
	if (!is_allowed(
		aw_access_judge(&daemon->conf, service, &facts, ret_rule),
		stage))
		return AW_SAY_NOT_ALLOWED;
	if (sign_in && !aw_arn_is_session_name(person->user_name))
		return AW_SAY_USER_NAME;
	if (sign_in && !is_shell(daemon->conf.shell))
		return AW_SAY_SHELL;
	if (!is_home(person))
		return AW_SAY_HOME;
	return AW_SAY_ALLOWED;
}

/* Where unknown is no: the one where it is not. */
static enum aw_stage lenient(enum aw_stage stage)
{
	return stage == AW_STAGE_SIGN_IN ? AW_STAGE_BEFORE_CODE
					 : AW_STAGE_SESSION;
}

enum aw_say aw_decide_with_set(struct aw_daemon *daemon,
    const struct aw_person *person, const char *service,
    const struct aw_access_facts *sets, enum aw_stage stage, enum aw_say set,
    const struct aw_conf_rule **ret_rule)
{
	const enum aw_say say =
	    aw_decide(daemon, person, service, sets, stage, ret_rule);

	if (say == AW_SAY_ALLOWED)
		return set;
	if (say == AW_SAY_NOT_ALLOWED &&
	    aw_say_verdict(set) == AW_VERDICT_UNAVAIL &&
	    aw_decide(daemon, person, service, sets, lenient(stage), NULL) ==
		AW_SAY_ALLOWED)
		return set;
	return say;
}

bool aw_decide_is_proved(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person)
{
	return ask->has_key ||
	       (!ask->key_is_connection &&
		   aw_sessions_find(&daemon->sessions, ask, person));
}

enum aw_say aw_decide_key_first(struct aw_daemon *daemon,
    const struct aw_ask *ask, const struct aw_person *person)
{
	return aw_conf_access_key_first(&daemon->conf.access, ask->service) &&
		       !aw_decide_is_proved(daemon, ask, person)
		   ? AW_SAY_KEY_FIRST
		   : AW_SAY_ALLOWED;
}

enum aw_say aw_decide_roles(
    const struct aw_ask *ask, const struct aw_live_result *result)
{
	if (!ask->permission_set[0])
		return AW_SAY_ALLOWED;
	if (result->roles == AW_NET_OK)
		return result->holds_set ? AW_SAY_ALLOWED : AW_SAY_NO_SET;
	if (result->roles == AW_NET_TOKEN_DEAD)
		return AW_SAY_TOKEN_ENDED;
	return result->roles == 0 ? AW_SAY_NETD_GONE
				  : aw_say_of_net(result->roles);
}

const char *aw_decide_account(
    const struct aw_daemon *daemon, const struct aw_ask *ask)
{
	return ask->account[0] ? ask->account : daemon->account;
}
