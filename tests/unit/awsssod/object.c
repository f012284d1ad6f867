/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects, made and signed with keys of their own, and fetched.
 */
#include "tests/unit/awsssod/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <openssl/sha.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/own.h"
#include "common/published.h"
#include "common/snapshot_write.h"

EVP_PKEY *object_key, *object_other;
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
		    .id = o->bobs,
		    .gecos = "",
		    .home = "/home/bob",
		    .shell = "/bin/false" },
	};
	const struct aw_snapw_group groups[] = {
		{ "g-admins", "admins", ID(3), 0, "admins" },
		{ "ps:ReadOnly", "aws-ReadOnly", ID(4), AW_SNAP_SET, NULL },
	};
	const struct aw_snap_tomb tomb = { "u-gone", "gone", ID(5), 0,
		"/srv/gone" };

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    aw_snapw_add_user(writer, &users[i], NULL, NULL), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    aw_snapw_add_group(writer, &groups[i], NULL, NULL), 0);
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), 0);
	for (size_t i = 0; i < 2 && o->notes[i]; i++) {
		struct aw_snap_note note = { .id = o->alice };

		assert_int_equal(
		    aw_copy(note.text, sizeof(note.text), o->notes[i]), 0);
		assert_int_equal(aw_snapw_add_note(writer, &note), 0);
	}
	if (o->pin) {
		struct aw_snap_note note = { .principal_id = "g-admins" };

		assert_int_equal(
		    aw_copy(note.text, sizeof(note.text), o->pin), 0);
		assert_int_equal(aw_snapw_add_note(writer, &note), 0);
	}
	assert_int_equal(aw_snapw_add_member(writer, 0, 0), 0);
	assert_int_equal(aw_snapw_add_member(writer, 0, 1), 0);
	assert_int_equal(aw_snapw_add_member(writer, 1, 0), 0);
}

void object_sign(struct object *o)
{
	struct aw_published head = { .length = o->len - AW_PUBLISHED_HEAD,
		.generation =
		    o->head_generation ? o->head_generation : o->generation,
		.created = (uint64_t)(time(NULL) - o->ago) };
	uint8_t message[AW_PUBLISHED_MESSAGE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = sizeof(head.signature);

	memcpy(head.key_id, key_id[o->key == object_other], 8);
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

void object_make(struct object *o)
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
	object_sign(o);
}

struct object object_good(uint64_t generation, int64_t ago)
{
	return (struct object){ .store = FAKE_STORE,
		.generation = generation,
		.ago = ago,
		.alice = ID(1),
		.bobs = ID(2),
		.key = object_key };
}

void object_wait(struct fake *fake)
{
	for (int i = 0; i < 500 && aw_sweep_is_running(&fake->daemon->sweep);
	     i++)
		fake_turn(fake, 10);
	assert_false(aw_sweep_is_running(&fake->daemon->sweep));
}

/* Answer the FETCH that was waited for. */
void object_serve(struct fake *fake, const uint8_t *data, size_t len)
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
	object_wait(fake);
}

/* Fetch @o and expect the outcome. */
void object_fetch(struct fake *fake, struct object *o, uint64_t net,
    const char *says, const char *name)
{
	struct aw_sweep *sweep = &fake->daemon->sweep;

	if (!o->data)
		object_make(o);
	aw_sweep_start(sweep, false);
	fake_netd_wait(fake, AW_MSG_FETCH);
	object_serve(fake, o->data, o->len);
	if (sweep->net != net || !strstr(sweep->text, says))
		fail_msg(
		    "%s: %s: %s", name, aw_net_word(sweep->net), sweep->text);
	free(o->data);
	o->data = NULL;
}

/* The first FETCH comes by itself. */
void object_start(struct fake *fake, struct object *o)
{
	object_make(o);
	fake_netd_wait(fake, AW_MSG_FETCH);
	object_serve(fake, o->data, o->len);
	free(o->data);
	o->data = NULL;
	assert_int_equal(fake->daemon->sweep.net, AW_NET_OK);
}

int object_set_up(void **state)
{
	struct fake *fake = fake_new();

	*state = fake;
	object_key = new_key(1, key_id[0], key_text);
	fake->conf.source = AW_SOURCE_PUBLISHED;
	fake->conf.published_interval = 60;
	assert_int_equal(aw_copy(fake->conf.published_key,
			     sizeof(fake->conf.published_key), key_text),
	    0);
	object_other = new_key(2, key_id[1], key_text);
	fake_run(fake);
	return 0;
}

int object_tear_down(void **state)
{
	EVP_PKEY_free(object_key);
	EVP_PKEY_free(object_other);
	fake_free(*state);
	return 0;
}
