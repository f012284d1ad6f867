/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published directory, from the object to a sign-in: awsssod/published*.c,
 * common/published.c, and what sweep.c, decide.c and judge.c make of it.
 * covers: dir.1, R11, R16, R24
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
#include "tests/unit/awsssod/people.h"

#define ID(n) (AW_ID_MIN + 4711 + (n))

static EVP_PKEY *key, *other;
static uint8_t key_id[2][8];
static char key_text[48];

static EVP_PKEY *new_key(uint8_t fill, uint8_t id[8], char text[48])
{
	uint8_t seed[32], public[32], digest[32];
	size_t len = sizeof(public);
	EVP_PKEY *made;

	memset(seed, fill, sizeof(seed));
	made = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
	assert_non_null(made);
	assert_int_equal(EVP_PKEY_get_raw_public_key(made, public, &len), 1);
	assert_non_null(SHA256(public, sizeof(public), digest));
	memcpy(id, digest, 8);
	(void)EVP_EncodeBlock((uint8_t *)text, public, 32);
	return made;
}

/* --- what a publisher makes -------------------------------------------- */

struct object {
	const char *store;
	uint64_t generation;
	int64_t ago; /* seconds since the publisher read */
	bool off;    /* alice is disabled */
	uint32_t alice;
	const char *name, *bob; /* what they are called, NULL: al, bob */
	EVP_PKEY *key;
	uint64_t head_generation; /* 0: as the snapshot's */
	uint8_t *data;
	size_t len;
};

static void add_people(struct aw_snapw *writer, const struct object *o)
{
	const struct aw_snapw_user users[] = {
		{ .principal_id = ALICE,
		    .user_name = "alice@example.com",
		    .name = o->name ? o->name : "al",
		    .id = o->alice,
		    .gecos = "Alice",
		    .home = o->name ? "/home/new" : "/home/al",
		    .shell = "/bin/false",
		    .flags = o->off ? AW_SNAP_DISABLED : 0 },
		{ .principal_id = BOB,
		    .user_name = "bob@example.com",
		    .name = o->bob ? o->bob : "bob",
		    .id = ID(2),
		    .gecos = "",
		    .home = "/home/bob",
		    .shell = "/bin/false" },
	};
	const struct aw_snapw_group groups[] = {
		{ "g-admins", "admins", ID(3), 0, "admins" },
		{ "ps:ReadOnly", "aws-ReadOnly", ID(4), AW_SNAP_SET, NULL },
	};
	const struct aw_snap_tomb tomb = { "u-gone", "gone", ID(5), 0, "" };

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    aw_snapw_add_user(writer, &users[i], NULL, NULL), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    aw_snapw_add_group(writer, &groups[i], NULL, NULL), 0);
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), 0);
	assert_int_equal(aw_snapw_add_member(writer, 0, 0), 0);
	assert_int_equal(aw_snapw_add_member(writer, 0, 1), 0);
	assert_int_equal(aw_snapw_add_member(writer, 1, 0), 0);
}

static void sign(struct object *o)
{
	struct aw_published head = { .length = o->len - AW_PUBLISHED_HEAD,
		.generation =
		    o->head_generation ? o->head_generation : o->generation,
		.created = (uint64_t)(time(NULL) - o->ago) };
	uint8_t message[AW_PUBLISHED_MESSAGE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = sizeof(head.signature);

	memcpy(head.key_id, key_id[o->key == other], 8);
	assert_non_null(SHA256(
	    o->data + AW_PUBLISHED_HEAD, (size_t)head.length, head.sha256));
	aw_published_pack(&head, o->data);
	aw_published_message(o->data, message);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, o->key), 1);
	assert_int_equal(EVP_DigestSign(ctx, head.signature, &size, message,
			     sizeof(message)),
	    1);
	EVP_MD_CTX_free(ctx);
	aw_published_pack(&head, o->data);
}

static void make(struct object *o)
{
	const struct aw_snapw_head head = { .store_id = o->store,
		.generation = o->generation,
		.created = (uint64_t)(time(NULL) - o->ago) };
	const int fd = open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	struct aw_snapw *writer;

	assert_true(fd >= 0);
	assert_int_equal(aw_snapw_new(&head, &writer), 0);
	add_people(writer, o);
	assert_int_equal(aw_snapw_write(writer, fd, NULL), 0);
	aw_snapw_free(writer);
	o->len = AW_PUBLISHED_HEAD + (size_t)lseek(fd, 0, SEEK_END);
	o->data = malloc(o->len);
	assert_non_null(o->data);
	assert_int_equal(pread(fd, o->data + AW_PUBLISHED_HEAD,
			     o->len - AW_PUBLISHED_HEAD, 0),
	    (ssize_t)(o->len - AW_PUBLISHED_HEAD));
	assert_int_equal(close(fd), 0);
	sign(o);
}

static struct object good(uint64_t generation, int64_t ago)
{
	return (struct object){ .store = FAKE_STORE,
		.generation = generation,
		.ago = ago,
		.alice = ID(1),
		.key = key };
}

/* --- the host ---------------------------------------------------------- */

static void wait_until_over(struct fake *fake)
{
	for (int i = 0; i < 500 && aw_sweep_is_running(&fake->daemon->sweep);
	     i++)
		fake_turn(fake, 10);
	assert_false(aw_sweep_is_running(&fake->daemon->sweep));
}

/* Answer the FETCH that was waited for. */
static void serve(struct fake *fake, const uint8_t *data, size_t len)
{
	uint8_t text[512];
	struct aw_wire_out out;
	int fd;

	assert_int_equal(aw_sock_memfd("object", data, len, &fd), 0);
	aw_wire_begin(
	    &out, text, sizeof(text), AW_MSG_OBJECT, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_text(&out, AW_TAG_ETAG, "\"one\"");
	fake_netd_send(fake, &out, fd);
	assert_int_equal(close(fd), 0);
	wait_until_over(fake);
}

/* Fetch @o and expect the outcome. */
static void fetch(struct fake *fake, struct object *o, uint64_t net,
    const char *says, const char *name)
{
	struct aw_sweep *sweep = &fake->daemon->sweep;

	if (!o->data)
		make(o);
	aw_sweep_start(sweep, false);
	fake_netd_wait(fake, AW_MSG_FETCH);
	serve(fake, o->data, o->len);
	if (sweep->net != net || !strstr(sweep->text, says))
		fail_msg(
		    "%s: %s: %s", name, aw_net_word(sweep->net), sweep->text);
	free(o->data);
	o->data = NULL;
}

static int set_up(void **state)
{
	struct fake *fake = fake_new();

	*state = fake;
	key = new_key(1, key_id[0], key_text);
	fake->conf.source = AW_SOURCE_PUBLISHED;
	fake->conf.published_interval = 60;
	assert_int_equal(aw_copy(fake->conf.published_key,
			     sizeof(fake->conf.published_key), key_text),
	    0);
	other = new_key(2, key_id[1], key_text);
	fake_run(fake);
	return 0;
}

static int tear_down(void **state)
{
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	fake_free(*state);
	return 0;
}

/* The first FETCH comes by itself. */
static void start_with(struct fake *fake, struct object *o)
{
	make(o);
	fake_netd_wait(fake, AW_MSG_FETCH);
	serve(fake, o->data, o->len);
	free(o->data);
	o->data = NULL;
	assert_int_equal(fake->daemon->sweep.net, AW_NET_OK);
}

static void names_and_ids_are_the_publishers(void **state)
{
	struct fake *fake = *state;
	struct object o = good(7, 60);
	struct aw_person person;

	start_with(fake, &o);
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
	struct object o = good(7, 60);
	uint8_t text[512];
	struct aw_wire_out out;

	start_with(fake, &o);
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_netd_wait(fake, AW_MSG_FETCH);
	assert_string_equal(fake_text(fake, AW_TAG_ETAG), "\"one\"");
	aw_wire_begin(
	    &out, text, sizeof(text), AW_MSG_OBJECT, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_UNCHANGED, 1);
	fake_netd_send(fake, &out, -1);
	wait_until_over(fake);
	assert_int_equal(fake->daemon->sweep.net, AW_NET_OK);
	assert_string_equal(
	    fake_string(fake, "SELECT count(*) FROM sweeps"), "1");
	assert_true(aw_daemon_directory_age(fake->daemon) >= 60);
}

/* Every byte of the head, and some of the rest, turned around. */
static void no_byte_can_be_changed(void **state)
{
	struct fake *fake = *state;
	struct object first = good(7, 60), o = good(8, 30);
	char before[512];

	start_with(fake, &first);
	assert_int_equal(
	    aw_copy(before, sizeof(before),
		fake_string(fake, "SELECT group_concat(value) FROM meta"
				  " WHERE key != 'published'")),
	    0);
	make(&o);
	for (size_t i = 0; i < o.len;
	     i += i < AW_PUBLISHED_HEAD ? 1 : o.len / 40) {
		o.data[i] ^= 0x41;
		aw_sweep_start(&fake->daemon->sweep, false);
		fake_netd_wait(fake, AW_MSG_FETCH);
		serve(fake, o.data, o.len);
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
	fetch(fake, &o, AW_NET_OK, "", "unchanged again");
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
	struct object first = good(7, 60);

	start_with(fake, &first);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct object o = good(rows[i].generation, rows[i].ago);

		o.store = rows[i].store;
		o.key = rows[i].other_key ? other : key;
		o.head_generation = rows[i].head_generation;
		make(&o);
		if (rows[i].cut > (int)o.len)
			o.len = 100;
		else
			o.len -= (size_t)rows[i].cut;
		if (rows[i].cut < 0) {
			o.data = realloc(o.data, o.len);
			assert_non_null(o.data);
			o.data[o.len - 1] = 0;
		}
		fetch(fake, &o, AW_NET_BAD_ANSWER, rows[i].says, rows[i].name);
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
	struct object first = good(7, 60), o = good(8, 50);

	start_with(fake, &first);
	make(&o);
	o.data[o.len - 100] ^= 1;
	sign(&o);
	fetch(fake, &o, AW_NET_BAD_ANSWER, "damaged snapshot", "damaged");
	make(&o);
	o.data[AW_PUBLISHED_HEAD] ^= 1;
	sign(&o);
	fetch(fake, &o, AW_NET_BAD_ANSWER, "no whole snapshot", "no snapshot");
}

/* R16: what this host knows is never re-numbered. */
static void another_id_holds_it(void **state)
{
	struct fake *fake = *state;
	struct object first = good(7, 60), o = good(8, 50);
	struct aw_person person;

	start_with(fake, &first);
	o.alice = ID(9);
	o.off = true;
	fetch(fake, &o, AW_NET_BAD_ANSWER, "awssso ids import", "another id");
	assert_int_equal(
	    aw_person_by_name(&fake->daemon->state, "al", &person), 0);
	assert_int_equal(person.posix_id, ID(1));
	assert_false(person.disabled);
	o = good(8, 50);
	o.off = true;
	fetch(fake, &o, AW_NET_OK, "", "the same id");
	assert_int_equal(
	    aw_person_by_name(&fake->daemon->state, "al", &person), 0);
	assert_true(person.disabled);
}

/* awssso ids rename at the publisher: every host follows, with the same id. */
static void renamed_at_the_publisher(void **state)
{
	static const struct {
		const char *alice, *bob;
		uint64_t net;
	} rows[] = {
		{ "alicia", NULL, AW_NET_OK },
		/* bob's name is free when alice takes it */
		{ "bob", "robert", AW_NET_OK },
		{ "robert", "bob", AW_NET_BAD_ANSWER },
		{ "alice", "bob", AW_NET_OK },
	};
	struct fake *fake = *state;
	struct object first = good(7, 60);
	struct aw_person person;

	start_with(fake, &first);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct object o = good(8 + i, 50 - (int64_t)i);

		o.name = rows[i].alice;
		o.bob = rows[i].bob;
		o.off = i == 0;
		fetch(fake, &o, rows[i].net,
		    rows[i].net == AW_NET_OK ? "" : "exchanged", "renamed");
		if (rows[i].net != AW_NET_OK)
			continue;
		assert_int_equal(aw_person_by_name(&fake->daemon->state,
				     rows[i].alice, &person),
		    0);
		assert_int_equal(person.posix_id, ID(1));
		assert_string_equal(person.home, "/home/new");
		assert_int_equal(person.disabled, i == 0);
		assert_int_equal(
		    aw_person_by_name(&fake->daemon->state,
			rows[i].bob ? rows[i].bob : "bob", &person),
		    0);
		assert_int_equal(person.posix_id, ID(2));
	}
}

/* What awssso ids import --theirs sends: alice as the publisher has her. */
static void import_alice(struct fake *fake, uint32_t id)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	aw_own_fd int memfd = -1;
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_ID_REC, 0);
	aw_wire_put_text(&out, AW_TAG_STORE, FAKE_STORE);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, ALICE);
	aw_wire_put_num(&out, AW_TAG_KIND, AW_KIND_USER);
	aw_wire_put_num(&out, AW_TAG_POSIX_ID, id);
	aw_wire_put_text(&out, AW_TAG_USER, "al");
	aw_wire_put_text(&out, AW_TAG_HOME, "/home/al");
	assert_int_equal(aw_wire_end(&out), 0);
	assert_int_equal(aw_sock_memfd("t", data, out.len, &memfd), 0);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_IDS_IMPORT, 7);
	aw_wire_put_num(&out, AW_TAG_ACCEPT_LOSS, 1);
	assert_int_equal(aw_wire_end(&out), 0);
	assert_int_equal(aw_sock_send(fd, data, out.len, memfd, 0), 0);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(aw_wire_num(&fake->in, AW_TAG_NET, 0) == AW_NET_OK);
}

/* The way out that the message names is one. */
static void an_import_lets_it_in(void **state)
{
	struct fake *fake = *state;
	struct object first = good(7, 60), o = good(8, 50);
	struct aw_person person;

	start_with(fake, &first);
	o.alice = ID(9);
	fetch(fake, &o, AW_NET_BAD_ANSWER, "awssso ids import --theirs",
	    "another id");
	import_alice(fake, ID(9));
	o = good(8, 50);
	o.alice = ID(9);
	o.off = true;
	fetch(fake, &o, AW_NET_OK, "", "after the import");
	assert_int_equal(
	    aw_person_by_name(&fake->daemon->state, "al", &person), 0);
	assert_int_equal(person.posix_id, ID(9));
	assert_true(person.disabled);
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
	struct object o = good(7, 60);

	start_with(fake, &o);
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
	struct object o = good(7, 3600);
	const struct fake_ask ask = { AW_MSG_AUTH, "al", .rhost = "10.0.0.9",
		.attempt = "c1", .enter = 1 };
	const struct fake_ask account = { AW_MSG_ACCOUNT, "al",
		.rhost = "10.0.0.9", .attempt = "c2" };
	int fd;

	start_with(fake, &o);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(names_and_ids_are_the_publishers),
		TEST(what_is_known_is_not_taken_again),
		TEST(no_byte_can_be_changed),
		TEST(what_is_refused),
		TEST(what_is_signed_may_be_wrong),
		TEST(another_id_holds_it),
		TEST(renamed_at_the_publisher),
		TEST(an_import_lets_it_in),
		TEST(judged_by_the_generation),
		TEST(an_old_one_lets_nobody_in),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
