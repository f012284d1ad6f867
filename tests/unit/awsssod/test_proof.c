/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_reuse: another connection with the same public key, and nothing less:
 * awsssod/proof.c, auth.c.
 * covers: verdict.6, R8, R27
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

#define KEY   "publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAlice"
#define OTHER "publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOther"

static void the_table(void **state)
{
	static struct aw_proofs proofs;
	uint8_t key[32] = { 1 }, other[32] = { 2 };

	(void)state;
	aw_proofs_note(&proofs, 7, key, 1000);
	assert_true(aw_proofs_has(&proofs, 7, key, 500, 1500));
	assert_false(aw_proofs_has(&proofs, 7, key, 500, 1501));
	assert_false(aw_proofs_has(&proofs, 7, other, 500, 1500));
	assert_false(aw_proofs_has(&proofs, 8, key, 500, 1500));
	/* nobody is nobody */
	assert_false(aw_proofs_has(&proofs, 0, (uint8_t[32]){ 0 }, 500, 0));
	/* again: the newer time, no second row */
	aw_proofs_note(&proofs, 7, key, 2000);
	assert_true(aw_proofs_has(&proofs, 7, key, 0, 2000));
	aw_proofs_note(&proofs, 7, other, 2000);
	aw_proofs_drop(&proofs, 7);
	assert_false(aw_proofs_has(&proofs, 7, key, 500, 2000));
	assert_false(aw_proofs_has(&proofs, 7, other, 500, 2000));
	/* full: the oldest gives way, and no other */
	for (int i = 0; i < AW_PROOFS_MAX; i++)
		aw_proofs_note(&proofs, 100 + i, key, 5000 + (uint64_t)i);
	aw_proofs_note(&proofs, 50, key, 9000);
	assert_false(aw_proofs_has(&proofs, 100, key, 9000, 9000));
	assert_true(aw_proofs_has(&proofs, 101, key, 9000, 9000));
	assert_true(aw_proofs_has(&proofs, 50, key, 9000, 9000));
}

static void ask(
    struct fake *fake, int fd, const char *attempt, const char *info)
{
	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = attempt,
		.info = info });
}

/* alice approves a code in a connection that proved @info. */
static void approve(struct fake *fake, const char *attempt, const char *info)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	ask(fake, fd, attempt, info);
	fake_netd_wait(fake, AW_MSG_FLOW);
	send_end(fake, fake->in.request, &right);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
}

/* The next connection is let in without a code, by a live answer. */
static void comes_in(struct fake *fake, const char *attempt)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	ask(fake, fd, attempt, KEY);
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &right);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	assert_string_equal(fake_string(fake, "SELECT event FROM events"
					      " ORDER BY n DESC LIMIT 1"),
	    "reused");
}

/* A code is asked for. */
static void needs_code(struct fake *fake, const char *attempt, const char *info)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	ask(fake, fd, attempt, info);
	fake_netd_wait(fake, AW_MSG_FLOW);
	send_end(
	    fake, fake->in.request, &(struct end){ .net = AW_NET_EXPIRED });
	fake_verdict(fake, fd, AW_VERDICT_REFUSED, "");
}

static void same_key(void **state)
{
	struct fake *fake = *state;

	fake->daemon->conf.session_reuse = 600;
	approve(fake, "c1", KEY);
	comes_in(fake, "c2");
	comes_in(fake, "c3");
	needs_code(fake, "c4", OTHER);
	needs_code(fake, "c5", NULL);
	/* too old; reuse did not prolong it */
	fake->daemon->proofs.proof[0].approved_ms -= 601000;
	needs_code(fake, "c6", KEY);
}

static void off_by_default(void **state)
{
	struct fake *fake = *state;

	approve(fake, "c1", KEY);
	needs_code(fake, "c2", KEY);
}

/* Without a key an approval is no proof for later, from the same address or
 * not; nor is one of whoever may not say what was proved. */
static void an_address_is_nothing(void **state)
{
	struct fake *fake = *state;

	fake->daemon->conf.session_reuse = 600;
	approve(fake, "c1", NULL);
	needs_code(fake, "c2", NULL);
	needs_code(fake, "c3", KEY);
}

static void another_person_with_the_key(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake->daemon->conf.session_reuse = 600;
	approve(fake, "c1", KEY);
	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "bob",
		.attempt = "c2",
		.info = KEY });
	fake_netd_wait(fake, AW_MSG_FLOW);
}

/* Whoever is refused meanwhile has to be approved anew afterwards. */
static void a_no_ends_it(void **state)
{
	static const struct end off = { AW_NET_OK, NULL, ALICE,
		"alice@example.com", "DISABLED", "g-admins", NULL, 0 };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake->daemon->conf.session_reuse = 600;
	approve(fake, "c1", KEY);
	ask(fake, fd, "c2", KEY);
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &off);
	fake_verdict(fake, fd, AW_VERDICT_EXPIRED, "disabled");
	assert_true(fake->daemon->proofs.proof[0].person == 0);
}

/* Nothing can be said of permission sets without the session's own token. */
static void sets_need_a_code(void **state)
{
	struct fake *fake = *state;

	fake->daemon->conf.session_reuse = 600;
	approve(fake, "c1", KEY);
	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_SET, "Contractors");
	needs_code(fake, "c2", KEY);
}

/* It goes the way of every sign-in: the policy of the moment counts. */
static void the_policy_counts(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake->daemon->conf.session_reuse = 600;
	approve(fake, "c1", KEY);
	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_USER, "alice");
	ask(fake, fd, "c2", KEY);
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &right);
	fake_verdict(fake, fd, AW_VERDICT_POLICY, "not among");
}

#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table),
		T(same_key),
		T(off_by_default),
		T(an_address_is_nothing),
		T(another_person_with_the_key),
		T(a_no_ends_it),
		T(sets_need_a_code),
		T(the_policy_counts),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
