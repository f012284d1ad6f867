/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of aw_decide_with_set() of awsssod/decide.c, in both phases.
 * covers: verdict.2, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

/* The set of the PAM line comes behind the policy, in both phases: of two
 * reasons the policy's is told.  An outage hides no known no. */
static void policy_before_the_set(void **state)
{
	static const struct {
		const char *name;
		bool deny;
		enum aw_rule_kind kind;
		const char *rule;
		uint64_t net;
		const char *role, *event;
	} rows[] = {
		{ "neither", true, AW_RULE_USER, "alice", AW_NET_OK, "Other",
		    "policy" },
		{ "the set", true, AW_RULE_USER, "bob", AW_NET_OK, "Other",
		    "no-permission-set" },
		{ "no, and an outage", true, AW_RULE_USER, "alice",
		    AW_NET_UNAVAIL, NULL, "policy" },
		{ "an outage", true, AW_RULE_USER, "bob", AW_NET_UNAVAIL, NULL,
		    "network" },
		{ "what the outage keeps", true, AW_RULE_SET, "Bad",
		    AW_NET_UNAVAIL, NULL, "network" },
		{ "what the portal told", true, AW_RULE_SET, "Other", AW_NET_OK,
		    "Other", "policy" },
	};
	struct fake *fake = *state;
	struct aw_conf_access *access = &fake->daemon->conf.access;
	struct aw_attempts *attempts = &fake->daemon->attempts;
	static struct aw_conf_access before;

	before = *access;
	log_in(fake);
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fake_ask sudo = { .type = i % 2 ? AW_MSG_ACCOUNT
							     : AW_MSG_AUTH,
			.user = "alice",
			.service = "sudo",
			.set = "Admin",
			.ksession = 9,
			.reuse = 900 };
		aw_own_fd int fd = fake_connect(fake, "auth.sock");
		const char *event;

		*access = before;
		/* one that was denied is not judged again */
		for (size_t k = 0; k < attempts->n_used; k++)
			attempts->slot[k].until_ms = 0;
		fake_rule(&fake->daemon->conf, NULL, rows[i / 2].deny,
		    rows[i / 2].kind, rows[i / 2].rule);
		fake_ask(fake, fd, &sudo);
		fake_netd_wait(fake, AW_MSG_PERSON);
		send_person(fake, &right);
		fake_netd_wait(fake, AW_MSG_ROLES);
		send_roles(fake, rows[i / 2].net, rows[i / 2].role);
		fake_wait(fake, fd, AW_MSG_VERDICT);
		event = fake_string(
		    fake, "SELECT event FROM events ORDER BY n DESC LIMIT 1");
		if (strcmp(event, rows[i / 2].event) != 0)
			fail_msg("%s, type %u: %s", rows[i / 2].name, sudo.type,
			    event);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { T(policy_before_the_set) };

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
