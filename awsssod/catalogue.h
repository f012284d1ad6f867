/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything awsssod ever says to a person: one table of outcomes, each with
 * its verdict for PAM, its word in the audit log and its sentence.  A sentence
 * says what happened and what to do next; it never tells who approved.
 */
#ifndef AW_AWSSSOD_CATALOGUE_H
#define AW_AWSSSOD_CATALOGUE_H

#include <stddef.h>

#include "common/outcome.h"
#include "common/proto.h"

#define AW_SAY_SIZE 512

enum aw_say {
	AW_SAY_INTERNAL, /* zero: a forgotten outcome is a failure */
	AW_SAY_ALLOWED,
	AW_SAY_REUSED,
	AW_SAY_GRACE,
	/* the policy says no */
	AW_SAY_NOT_ALLOWED,
	AW_SAY_NO_SET,
	AW_SAY_NO_TOKEN,
	AW_SAY_TOKEN_ENDED,
	AW_SAY_NOT_YOURS,
	AW_SAY_HOME,
	AW_SAY_KEY_FIRST,
	/* refused: this attempt is over */
	AW_SAY_BROWSER_DENIED,
	AW_SAY_CODE_EXPIRED,
	AW_SAY_WRONG_APPROVER,
	AW_SAY_UNPROVEN,
	AW_SAY_NO_ROLE,
	AW_SAY_REPLACED,
	AW_SAY_TOO_MANY,
	AW_SAY_HUNG_UP,
	AW_SAY_REVOKED,
	AW_SAY_FETCHED,
	/* disabled or absent */
	AW_SAY_DISABLED,
	AW_SAY_ABSENT,
	/* cannot know */
	AW_SAY_NETD_GONE,
	AW_SAY_NET_UNAVAIL,
	AW_SAY_THROTTLED,
	AW_SAY_BAD_ANSWER,
	AW_SAY_NO_DIRECTORY,
	AW_SAY_TOO_OLD,
	/* this host is not set up right */
	AW_SAY_SHELL,
	AW_SAY_USER_NAME,
	AW_SAY_HOST_RIGHTS,
	AW_SAY_CONFIG,
	AW_SAY_NO_ACCOUNT,
	AW_SAY_STATE_BROKEN,
	AW_SAY_COUNT_
};

enum aw_verdict aw_say_verdict(enum aw_say what);

/* The event's word in the audit log. */
const char *aw_say_event(enum aw_say what);

/* What an administrator can do about what @event says, "" for nothing; @event
 * may also be a fault's id. */
const char *aw_say_action(const char *event);

/* The sentence, with @detail (NULL: nothing) at its place, cut off at @size.
 * Returns @buf. */
const char *aw_say_text(
    enum aw_say what, const char *detail, char *buf, size_t size);

/* What an enum aw_net other than AW_NET_OK means for a sign-in. */
enum aw_say aw_say_of_net(uint64_t net);

#endif
