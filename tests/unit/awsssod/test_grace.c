/* SPDX-License-Identifier: Apache-2.0 */
/*
 * offline_grace: what goes on during an outage, and what does not:
 * awsssod/grace.c.
 * covers: verdict.7, R8, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

#define HOUR 3600000

static void set_grace(struct fake *fake, const char *span)
{
	fake_rule(&fake->daemon->conf, "sudo", true, AW_RULE_GRACE, span);
	fake_rule(&fake->daemon->conf, "sudo", false, AW_RULE_USER, "alice");
}

/* sudo's account phase in @ksession; the portal answers @net with @role. */
static void gate(struct fake *fake, uint32_t ksession, const char *set,
    uint64_t net, const char *role, enum aw_verdict want)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.service = "sudo",
		.set = set,
		.ksession = ksession });
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(
	    fake, net == AW_NET_OK ? &right : &(struct end){ .net = net });
	fake_netd_wait(fake, AW_MSG_ROLES);
	send_roles(fake, net, role);
	fake_verdict(fake, fd, want, "");
}

static struct aw_session *session(struct fake *fake)
{
	return fake->daemon->sessions.first;
}

static void the_last_yes_counts(void **state)
{
	struct fake *fake = *state;

	set_grace(fake, "4h");
	log_in(fake);
	/* none was seen yet */
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL);
	gate(fake, 9, "Admin", AW_NET_OK, "Admin", AW_VERDICT_ALLOW);
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_ALLOW);
	assert_string_equal(fake_string(fake, "SELECT event FROM events"
					      " ORDER BY n DESC LIMIT 1"),
	    "offline-grace");
	gate(fake, 9, "Admin", AW_NET_THROTTLED, NULL, AW_VERDICT_ALLOW);
	/* for that set, and for outages */
	gate(fake, 9, "Other", AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL);
	gate(fake, 9, "Admin", AW_NET_BAD_ANSWER, NULL, AW_VERDICT_UNAVAIL);
	gate(fake, 9, "Admin", AW_NET_REFUSED, NULL, AW_VERDICT_FAILED);
	/* a no ends it */
	gate(fake, 9, "Admin", AW_NET_OK, "Other", AW_VERDICT_POLICY);
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL);
}

static void off_by_default(void **state)
{
	struct fake *fake = *state;

	log_in(fake);
	gate(fake, 9, "Admin", AW_NET_OK, "Admin", AW_VERDICT_ALLOW);
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL);
	set_grace(fake, "0");
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL);
}

/* Each of the two has its own age; neither is prolonged by grace. */
static void it_ends(void **state)
{
	struct fake *fake = *state;

	set_grace(fake, "4h");
	log_in(fake);
	gate(fake, 9, "Admin", AW_NET_OK, "Admin", AW_VERDICT_ALLOW);
	session(fake)->held_ms -= 4 * HOUR - 5000;
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_ALLOW);
	session(fake)->held_ms -= 10000;
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL);
	session(fake)->held_ms = aw_sock_now_ms();
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_ALLOW);
	session(fake)->approved_ms -= 4 * HOUR + 5000;
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL);
}

static void a_dead_token_ends_it(void **state)
{
	struct fake *fake = *state;

	set_grace(fake, "4h");
	log_in(fake);
	gate(fake, 9, "Admin", AW_NET_OK, "Admin", AW_VERDICT_ALLOW);
	session(fake)->token_until_ms = UINT64_MAX;
	gate(fake, 9, "Admin", AW_NET_TOKEN_DEAD, NULL, AW_VERDICT_POLICY);
	assert_true(session(fake)->approved_ms == 0);
	assert_true(session(fake)->held_ms == 0);
}

/* Known to be disabled by now: no grace, then or later. */
static void the_directory_counts(void **state)
{
	static const struct end off = { AW_NET_OK, NULL, ALICE,
		"alice@example.com", "DISABLED", "g-admins", NULL, 0 };
	struct fake *fake = *state;
	aw_own_fd int fd = -1;

	set_grace(fake, "4h");
	log_in(fake);
	gate(fake, 9, "Admin", AW_NET_OK, "Admin", AW_VERDICT_ALLOW);
	fd = fake_connect(fake, "auth.sock");
	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.service = "sudo",
		.set = "Admin",
		.ksession = 9 });
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &off);
	fake_netd_wait(fake, AW_MSG_ROLES);
	send_roles(fake, AW_NET_UNAVAIL, NULL);
	fake_verdict(fake, fd, AW_VERDICT_EXPIRED, "disabled");
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_EXPIRED);
}

/* As old as the account phase takes, and no older. */
static void an_old_directory(void **state)
{
	struct fake *fake = *state;

	set_grace(fake, "4h");
	log_in(fake);
	gate(fake, 9, "Admin", AW_NET_OK, "Admin", AW_VERDICT_ALLOW);
	assert_int_equal(aw_state_set_num(&fake->daemon->state, "read_at",
			     time(NULL) - 86400 - 10),
	    0);
	gate(fake, 9, "Admin", AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL);
}

/* awssso-netd is gone, and the token with it. */
static void without_netd(void **state)
{
	struct fake *fake = *state;
	const struct fake_ask sudo = { .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.service = "sudo",
		.set = "Admin",
		.ksession = 9 };
	aw_own_fd int fd = -1, auth_fd = -1;

	log_in(fake);
	gate(fake, 9, "Admin", AW_NET_OK, "Admin", AW_VERDICT_ALLOW);
	fake_netd_hang_up(fake);
	fd = fake_connect(fake, "auth.sock");
	/* that is what is wrong, and no new code would help */
	fake_ask(fake, fd, &sudo);
	fake_verdict(fake, fd, AW_VERDICT_UNAVAIL, "");
	set_grace(fake, "4h");
	fake_ask(fake, fd, &sudo);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	/* nor can a code be made: the proof of the session counts */
	auth_fd = fake_connect(fake, "auth.sock");
	fake_ask(fake, auth_fd,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "alice",
		.service = "sudo",
		.ksession = 9 });
	fake_verdict(fake, auth_fd, AW_VERDICT_ALLOW, "");
	/* R8: a token that has ended would be a no, with awssso-netd too */
	session(fake)->token_until_ms = aw_sock_now_ms();
	fake_ask(fake, fd, &sudo);
	fake_verdict(fake, fd, AW_VERDICT_POLICY, "");
}

/* A new connection has no session, and so no grace. */
static void no_sign_in_by_grace(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = -1;

	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_GRACE, "24h");
	log_in(fake);
	fake_netd_hang_up(fake);
	fd = fake_connect(fake, "auth.sock");
	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c2",
		.ksession = 9 });
	fake_verdict(fake, fd, AW_VERDICT_UNAVAIL, "");
}

#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(the_last_yes_counts),
		T(off_by_default),
		T(it_ends),
		T(a_dead_token_ends_it),
		T(the_directory_counts),
		T(an_old_directory),
		T(without_netd),
		T(no_sign_in_by_grace),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
