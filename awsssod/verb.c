/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of rights.
 */
#include "awsssod/verb.h"

#include <stddef.h>

#include "common/proto.h"

static const struct aw_verb verbs[] = {
	{ AW_MSG_AUTH, AW_VERB_AUTH, AW_VERB_OWN },
	{ AW_MSG_ACCOUNT, AW_VERB_AUTH, AW_VERB_OWN },
	{ AW_MSG_OPEN, AW_VERB_AUTH, AW_VERB_ROOT },
	{ AW_MSG_CLOSE, AW_VERB_AUTH, AW_VERB_ROOT },
	{ AW_MSG_HINT, AW_VERB_AUTH, AW_VERB_ROOT },
	{ AW_MSG_STATUS, AW_VERB_CTL, AW_VERB_ANYONE },
	{ AW_MSG_SYNC, AW_VERB_CTL, AW_VERB_ROOT },
	{ AW_MSG_WHY, AW_VERB_CTL, AW_VERB_OWN },
	{ AW_MSG_SKIPPED, AW_VERB_CTL, AW_VERB_ANYONE },
	{ AW_MSG_EXPLAIN, AW_VERB_CTL, AW_VERB_OWN },
	{ AW_MSG_EXPLAIN_CODE, AW_VERB_CTL, AW_VERB_ROOT },
	{ AW_MSG_REVOKE, AW_VERB_CTL, AW_VERB_ROOT },
	{ AW_MSG_IDS, AW_VERB_CTL, AW_VERB_ROOT },
	{ AW_MSG_IDS_ADOPT, AW_VERB_CTL, AW_VERB_ROOT },
	{ AW_MSG_IDS_RENAME, AW_VERB_CTL, AW_VERB_ROOT },
	{ AW_MSG_IDS_IMPORT, AW_VERB_CTL, AW_VERB_ROOT },
};

static const struct aw_verb *find(enum aw_verb_socket socket, uint16_t type)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (verbs[i].type == type && verbs[i].socket == socket)
			return &verbs[i];
	return NULL;
}

int aw_verb_may(enum aw_verb_socket socket, uint16_t type, uid_t root,
    uid_t uid, uid_t about)
{
	const struct aw_verb *verb = find(socket, type);

	if (!verb)
		return AW_UNKNOWN;
	if (uid == root || verb->who == AW_VERB_ANYONE)
		return 0;
	if (verb->who == AW_VERB_OWN && about != (uid_t)-1 && uid == about)
		return 0;
	return AW_DENIED;
}
