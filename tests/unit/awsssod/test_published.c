/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published directory, from the object to a sign-in: awsssod/published*.c,
 * common/published.c, and what sweep.c, decide.c and judge.c make of it.
 * covers: dir.1, R5, R11, R16, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "awsssod/person.h"
#include "common/id.h"
#include "common/own.h"
#include "common/published.h"
#include "common/snapshot_write.h"
#include "tests/unit/awsssod/admin.h"
#include "tests/unit/awsssod/object.h"

static void names_and_ids_are_the_publishers(void **state)
{
	struct fake *fake = *state;
	struct object o = object_good(7, 60);
	struct aw_person person;

	object_start(fake, &o);
	assert_int_equal(
	    aw_person_by_name(&fake->daemon->state, "al", &person), 0);
	assert_string_equal(person.principal, ALICE);
	assert_string_equal(person.user_name, "alice@example.com");
	assert_string_equal(person.home, "/home/al");
	assert_int_equal(person.posix_id, ID(1));
	assert_string_equal(
	    fake_string(fake,
		"SELECT group_concat(principal || ' ' || kind || ' ' || present"
		" || ' ' || name, ', ') FROM (SELECT * FROM principals"
		" ORDER BY principal)"),
	    "g-admins 2 1 admins, ps:ReadOnly 3 0 aws-ReadOnly, "
	    "u-alice 1 1 al, u-bob 1 1 bob, u-gone 1 0 gone");
	assert_string_equal(
	    fake_string(fake, "SELECT count(*) FROM members"), "2");
	assert_true(aw_daemon_directory_age(fake->daemon) >= 60);
	assert_true(aw_daemon_directory_age(fake->daemon) < 70);
}

static void what_is_known_is_not_taken_again(void **state)
{
	struct fake *fake = *state;
	struct object o = object_good(7, 60);
	uint8_t text[512];
	struct aw_wire_out out;

	object_start(fake, &o);
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_netd_wait(fake, AW_MSG_FETCH);
	assert_string_equal(fake_text(fake, AW_TAG_ETAG), "\"one\"");
	aw_wire_begin(
	    &out, text, sizeof(text), AW_MSG_OBJECT, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_UNCHANGED, 1);
	fake_netd_send(fake, &out, -1);
	object_wait(fake);
	assert_int_equal(fake->daemon->sweep.net, AW_NET_OK);
	assert_string_equal(
	    fake_string(fake, "SELECT count(*) FROM sweeps"), "1");
	assert_true(aw_daemon_directory_age(fake->daemon) >= 60);
}

/* What was held is told at each fetch of the same object, and is taken from it
 * when root accepts it. */
static void what_is_held_can_be_accepted(void **state)
{
	struct fake *fake = *state;
	struct aw_sweep *sweep = &fake->daemon->sweep;
	struct object o = object_good(7, 60), again = object_good(7, 60);

	object_start(fake, &o);
	again.ago = time(NULL) - fake_number(fake, "SELECT value FROM meta"
						   " WHERE key ="
						   " 'published_created'");
	object_make(&again);
	assert_int_equal(aw_state_set(&fake->daemon->state, "held",
			     "held: the directory would lose everybody"),
	    0);
	aw_sweep_start(sweep, false);
	fake_netd_wait(fake, AW_MSG_FETCH);
	assert_string_equal(fake_text(fake, AW_TAG_ETAG), "\"one\"");
	object_serve(fake, again.data, again.len);
	assert_int_equal(sweep->net, AW_NET_OK);
	assert_non_null(strstr(sweep->text, "lose everybody"));
	aw_sweep_start(sweep, true);
	fake_netd_wait(fake, AW_MSG_FETCH);
	assert_string_equal(fake_text(fake, AW_TAG_ETAG), "");
	object_serve(fake, again.data, again.len);
	assert_int_equal(sweep->net, AW_NET_OK);
	assert_string_equal(sweep->text, "");
	assert_string_equal(
	    fake_string(fake, "SELECT coalesce((SELECT value FROM meta WHERE"
			      " key = 'held'), '')"),
	    "");
	/* it was taken: a sweep more */
	assert_string_equal(
	    fake_string(fake, "SELECT count(*) FROM sweeps"), "2");
	free(again.data);
}

/* An error of before is not told again once the object is there. */
static void an_old_error_is_over(void **state)
{
	struct fake *fake = *state;
	struct aw_sweep *sweep = &fake->daemon->sweep;
	struct object o = object_good(7, 60);
	uint8_t text[512];
	struct aw_wire_out out;

	object_start(fake, &o);
	for (int i = 0; i < 2; i++) {
		aw_sweep_start(sweep, false);
		fake_netd_wait(fake, AW_MSG_FETCH);
		aw_wire_begin(
		    &out, text, sizeof(text), AW_MSG_OBJECT, fake->in.request);
		aw_wire_put_num(
		    &out, AW_TAG_NET, i ? AW_NET_OK : AW_NET_UNAVAIL);
		if (i)
			aw_wire_put_num(&out, AW_TAG_UNCHANGED, 1);
		else
			aw_wire_put_text(&out, AW_TAG_TEXT, "no such file");
		fake_netd_send(fake, &out, -1);
		object_wait(fake);
		assert_string_equal(sweep->text, i ? "" : "no such file");
	}
}

/* Every byte of the head, and some of the rest, turned around. */
static void no_byte_can_be_changed(void **state)
{
	struct fake *fake = *state;
	struct object first = object_good(7, 60), o = object_good(8, 30);
	char before[512];

	object_start(fake, &first);
	assert_int_equal(
	    aw_copy(before, sizeof(before),
		fake_string(fake, "SELECT group_concat(value) FROM meta"
				  " WHERE key != 'published'")),
	    0);
	object_make(&o);
	for (size_t i = 0; i < o.len;
	     i += i < AW_PUBLISHED_HEAD ? 1 : o.len / 40) {
		o.data[i] ^= 0x41;
		aw_sweep_start(&fake->daemon->sweep, false);
		fake_netd_wait(fake, AW_MSG_FETCH);
		object_serve(fake, o.data, o.len);
		if (fake->daemon->sweep.net != AW_NET_BAD_ANSWER ||
		    !fake->daemon->sweep.text[0])
			fail_msg("byte %zu: %s", i,
			    aw_net_word(fake->daemon->sweep.net));
		o.data[i] ^= 0x41;
	}
	assert_string_equal(
	    fake_string(fake, "SELECT group_concat(value) FROM meta"
			      " WHERE key != 'published'"),
	    before);
	object_fetch(fake, &o, AW_NET_OK, "", "unchanged again");
}

/* S + L: the other number that a lax verifier takes for the same signature. */
static void malleate(uint8_t *signature)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
		0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
		0x14, [31] = 0x10 };
	unsigned carry = 0;

	for (size_t i = 0; i < sizeof(order); i++) {
		carry += (unsigned)signature[32 + i] + order[i];
		signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
}

/* By the right key, of the same bytes, as something else than this format. */
static void sign_without_domain(const struct object *o, uint8_t *signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = 64;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, o->key), 1);
	assert_int_equal(
	    EVP_DigestSign(ctx, signature, &size, o->data, AW_PUBLISHED_SIGNED),
	    1);
	EVP_MD_CTX_free(ctx);
}

/* R5: the one algorithm, over the bytes that are read, and nothing near it.
 * No object says by what it is to be verified. */
static void r5_nothing_but_the_publishers_signature(void **state)
{
	enum { NONE, ANOTHERS, MALLEATED, NO_DOMAIN, HOW_MANY };
	static const char *const names[] = { "none", "another object's",
		"malleated", "without the domain" };
	struct fake *fake = *state;
	struct object first = object_good(7, 60), o = object_good(8, 30);
	uint8_t anothers[64];
	uint8_t *signature;

	object_make(&first);
	memcpy(anothers, first.data + AW_PUBLISHED_SIGNED, sizeof(anothers));
	free(first.data);
	object_start(fake, &first);
	for (int how = NONE; how < HOW_MANY; how++) {
		object_make(&o);
		signature = o.data + AW_PUBLISHED_SIGNED;
		if (how == NONE)
			memset(signature, 0, 64);
		else if (how == ANOTHERS)
			memcpy(signature, anothers, 64);
		else if (how == MALLEATED)
			malleate(signature);
		else
			sign_without_domain(&o, signature);
		object_fetch(fake, &o, AW_NET_BAD_ANSWER,
		    "is not what its publisher signed", names[how]);
	}
	object_make(&o);
	object_fetch(fake, &o, AW_NET_OK, "", "as it was signed");
}

/* The head is known, the bytes are not its own any more: said at once, and
 * over when they are again.  Nothing is taken either way. */
static void a_known_one_that_rots(void **state)
{
	struct fake *fake = *state;
	struct aw_sweep *sweep = &fake->daemon->sweep;
	struct object o = object_good(7, 60);

	object_make(&o);
	fake_netd_wait(fake, AW_MSG_FETCH);
	object_serve(fake, o.data, o.len);
	assert_int_equal(sweep->net, AW_NET_OK);
	for (size_t i = 0; i < 3; i++) {
		const size_t at[] = { AW_PUBLISHED_HEAD, o.len / 2, o.len - 1 };

		o.data[at[i]] ^= 1;
		sweep->etag[0] = '\0';
		aw_sweep_start(sweep, false);
		fake_netd_wait(fake, AW_MSG_FETCH);
		object_serve(fake, o.data, o.len);
		assert_int_equal(sweep->net, AW_NET_BAD_ANSWER);
		assert_non_null(strstr(sweep->text, "publisher signed"));
		assert_string_equal(sweep->etag, "");
		o.data[at[i]] ^= 1;
	}
	aw_sweep_start(sweep, false);
	fake_netd_wait(fake, AW_MSG_FETCH);
	object_serve(fake, o.data, o.len);
	assert_int_equal(sweep->net, AW_NET_OK);
	assert_int_equal(sweep->failures, 0);
	assert_string_equal(sweep->etag, "\"one\"");
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM sweeps WHERE net = 1"), 1);
	free(o.data);
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *name;
		uint64_t generation;
		int64_t ago;
		const char *store;
		bool other_key;
		uint64_t head_generation;
		int cut; /* bytes less, or more */
		const char *says;
	} rows[] = {
		{ "an older generation", 6, 50, FAKE_STORE, false, 0, 0,
		    "older one: generation 6, and 7" },
		{ "read earlier", 8, 3600, FAKE_STORE, false, 0, 0,
		    "an older one" },
		{ "of the future", 8, -3600, FAKE_STORE, false, 0, 0,
		    "of the future" },
		{ "another key", 8, 50, FAKE_STORE, true, 0, 0, "another key" },
		{ "another store", 8, 50, "d-9999999999", false, 0, 0,
		    "another identity store" },
		{ "another generation within", 8, 50, FAKE_STORE, false, 9, 0,
		    "names another generation" },
		{ "cut", 8, 50, FAKE_STORE, false, 0, 1, "cut off" },
		{ "longer", 8, 50, FAKE_STORE, false, 0, -1, "behind it" },
		{ "cut within its head", 8, 50, FAKE_STORE, false, 0, 100000,
		    "is none" },
	};
	struct fake *fake = *state;
	struct object first = object_good(7, 60);

	object_start(fake, &first);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct object o = object_good(rows[i].generation, rows[i].ago);

		o.store = rows[i].store;
		o.key = rows[i].other_key ? object_other : object_key;
		o.head_generation = rows[i].head_generation;
		object_make(&o);
		if (rows[i].cut > (int)o.len)
			o.len = 100;
		else
			o.len -= (size_t)rows[i].cut;
		if (rows[i].cut < 0) {
			o.data = realloc(o.data, o.len);
			assert_non_null(o.data);
			o.data[o.len - 1] = 0;
		}
		object_fetch(
		    fake, &o, AW_NET_BAD_ANSWER, rows[i].says, rows[i].name);
	}
	assert_string_equal(
	    fake_string(fake,
		"SELECT value FROM meta WHERE key = 'published_generation'"),
	    "7");
}

/* A signed snapshot that is damaged, or none. */
static void what_is_signed_may_be_wrong(void **state)
{
	struct fake *fake = *state;
	struct object first = object_good(7, 60), o = object_good(8, 50);

	object_start(fake, &first);
	object_make(&o);
	o.data[o.len - 100] ^= 1;
	object_sign(&o);
	object_fetch(
	    fake, &o, AW_NET_BAD_ANSWER, "damaged snapshot", "damaged");
	object_make(&o);
	o.data[AW_PUBLISHED_HEAD] ^= 1;
	object_sign(&o);
	object_fetch(
	    fake, &o, AW_NET_BAD_ANSWER, "no whole snapshot", "no snapshot");
}

/* --- signing in -------------------------------------------------------- */

static uint64_t ask_for_al(struct fake *fake, int fd, const char *attempt)
{
	const struct fake_ask ask = { AW_MSG_AUTH, "al", .rhost = "10.0.0.9",
		.attempt = attempt, .enter = 1 };
	uint64_t flow;

	fake_ask(fake, fd, &ask);
	fake_netd_wait(fake, AW_MSG_FLOW);
	flow = fake->in.request;
	send_code(fake, flow);
	fake_wait(fake, fd, AW_MSG_PROMPT);
	return flow;
}

static void judged_by_the_generation(void **state)
{
	static const struct {
		const char *name, *session;
		uint64_t want;
		const char *says;
	} rows[] = {
		{ "alice", "alice@example.com", AW_VERDICT_ALLOW, "" },
		{ "bob", "bob@example.com", AW_VERDICT_REFUSED,
		    "somebody else" },
		{ "almost", "Alice@example.com", AW_VERDICT_REFUSED,
		    "somebody else" },
	};
	struct fake *fake = *state;
	struct object o = object_good(7, 60);

	object_start(fake, &o);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* What netd says of the person does not count. */
		const struct end end = { AW_NET_OK, rows[i].session, BOB,
			"bob@example.com", NULL, NULL, "ReadOnly", 0 };
		const int fd = fake_connect(fake, "auth.sock");

		send_end(fake, ask_for_al(fake, fd, rows[i].name), &end);
		fake_verdict(
		    fake, fd, (enum aw_verdict)rows[i].want, rows[i].says);
		assert_int_equal(close(fd), 0);
	}
}

static void an_old_one_lets_nobody_in(void **state)
{
	struct fake *fake = *state;
	struct object o = object_good(7, 3600);
	const struct fake_ask ask = { AW_MSG_AUTH, "al", .rhost = "10.0.0.9",
		.attempt = "c1", .enter = 1 };
	const struct fake_ask account = { AW_MSG_ACCOUNT, "al",
		.rhost = "10.0.0.9", .attempt = "c2" };
	int fd;

	object_start(fake, &o);
	fd = fake_connect(fake, "auth.sock");
	fake_ask(fake, fd, &ask);
	fake_verdict(fake, fd, AW_VERDICT_UNAVAIL, "60 minutes");
	assert_int_equal(close(fd), 0);
	/* Young enough for a key login, without anybody being asked. */
	fd = fake_connect(fake, "auth.sock");
	fake_ask(fake, fd, &account);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	assert_int_equal(close(fd), 0);
	fake_netd_silent(fake, 50);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, object_set_up, object_tear_down)

/* What the publisher's own policy stands for is nobody else's. */
static void pins_are_each_hosts_own(void **state)
{
	struct fake *fake = *state;
	struct object o = object_good(7, 60);

	fake_stop(fake);
	fake->conf.access.n_rules = 0;
	fake_rule(&fake->conf, NULL, false, AW_RULE_GROUP, "Ops");
	fake_rule(&fake->conf, NULL, false, AW_RULE_GROUP, "admins");
	fake_run(fake);
	o.pin = ":policy_group Ops";
	object_start(fake, &o);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(
		    fake_string(fake, "SELECT group_concat(text || principal)"
				      " FROM pins"),
		    "adminsg-admins");
		settle(fake);
		fake_stop(fake);
		assert_int_equal(unlink(fake->state), 0);
		fake_run(fake);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(names_and_ids_are_the_publishers),
		TEST(what_is_known_is_not_taken_again),
		TEST(what_is_held_can_be_accepted),
		TEST(an_old_error_is_over),
		TEST(no_byte_can_be_changed),
		TEST(r5_nothing_but_the_publishers_signature),
		TEST(a_known_one_that_rots),
		TEST(what_is_refused),
		TEST(what_is_signed_may_be_wrong),
		TEST(judged_by_the_generation),
		TEST(an_old_one_lets_nobody_in),
		TEST(pins_are_each_hosts_own),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
