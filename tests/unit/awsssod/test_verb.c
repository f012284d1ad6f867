/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/verb.c: every message, every kind of caller, both
 * sockets.
 * covers: spine.5, R7
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "awsssod/verb.h"
#include "common/proto.h"

#define ROOT   0
#define ALICE  1879048200u
#define BOB    1879048201u
#define NOBODY ((uid_t)-1)

struct row {
	uint16_t type;
	enum aw_verb_socket socket;
	int root, own, other; /* root; alice about herself; bob about alice */
};
static const struct row rows[] = {
	{ AW_MSG_AUTH, AW_VERB_AUTH, 0, 0, AW_DENIED },
	{ AW_MSG_ACCOUNT, AW_VERB_AUTH, 0, 0, AW_DENIED },
	{ AW_MSG_OPEN, AW_VERB_AUTH, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_CLOSE, AW_VERB_AUTH, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_HINT, AW_VERB_AUTH, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_STATUS, AW_VERB_CTL, 0, 0, 0 },
	{ AW_MSG_SYNC, AW_VERB_CTL, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_WHY, AW_VERB_CTL, 0, 0, AW_DENIED },
	{ AW_MSG_SKIPPED, AW_VERB_CTL, 0, 0, 0 },
	{ AW_MSG_EXPLAIN, AW_VERB_CTL, 0, 0, AW_DENIED },
	{ AW_MSG_EXPLAIN_CODE, AW_VERB_CTL, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_REVOKE, AW_VERB_CTL, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_IDS, AW_VERB_CTL, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_IDS_ADOPT, AW_VERB_CTL, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_IDS_RENAME, AW_VERB_CTL, 0, AW_DENIED, AW_DENIED },
	{ AW_MSG_IDS_IMPORT, AW_VERB_CTL, 0, AW_DENIED, AW_DENIED },
};

static const struct row *find(uint16_t type, enum aw_verb_socket socket)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type && rows[i].socket == socket)
			return &rows[i];
	return NULL;
}

static int may(const struct row *row, uid_t uid, uid_t about)
{
	return aw_verb_may(row->socket, row->type, ROOT, uid, about);
}

static void rights(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		/* nobody of ours asks about somebody we do not know */
		const int stranger = may(row, NOBODY, NOBODY);

		if (may(row, ROOT, ALICE) != row->root ||
		    may(row, ROOT, NOBODY) != row->root ||
		    may(row, ALICE, ALICE) != row->own ||
		    may(row, BOB, ALICE) != row->other ||
		    may(row, BOB, NOBODY) != row->other ||
		    stranger != row->other)
			fail_msg("message %u", row->type);
	}
}

/* Every other number is unknown, to root as well. */
static void the_rest_is_unknown(void **state)
{
	(void)state;
	for (int socket = AW_VERB_AUTH; socket <= AW_VERB_CTL; socket++)
		for (unsigned type = 0; type <= UINT16_MAX; type++)
			if (!find((uint16_t)type, (enum aw_verb_socket)socket))
				assert_int_equal(
				    aw_verb_may((enum aw_verb_socket)socket,
					(uint16_t)type, ROOT, ROOT, ROOT),
				    AW_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights),
		cmocka_unit_test(the_rest_is_unknown),
	};

	return cmocka_run_group_tests_name("verb", tests, NULL, NULL);
}
