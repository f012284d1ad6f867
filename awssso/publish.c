/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso publish: this host's directory, signed, as one object that other
 * hosts fetch (common/published.h).  The file is there as a whole or not at
 * all, and stays as it is when there is nothing new.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/publish_key.h"
#include "awssso/replace.h"
#include "awssso/talk.h"
#include "common/file.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/snapshot.h"

#define DEFAULT_KEY "/etc/awssso/publish.key"
#define CHUNK       (64 * 1024)
#define STATUS_S    10

enum {
	TO,
	KEY,
	NEW_KEY,
	SNAPSHOT,
	RUN_DIR,
};

static void key_done(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void digest_done(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

/* --- what is published ------------------------------------------------- */

/* Ours, or of whoever runs it all as themselves. */
static int open_snapshot(const char *named, struct aw_snap *ret)
{
	int r;

	if (named)
		return aw_snap_open_named(named, ret);
	r = aw_snap_open(AW_PATH_SNAPSHOT, 0, ret);
	return r == -EPERM ? aw_snap_open(AW_PATH_SNAPSHOT, geteuid(), ret) : r;
}

/*
 * When the directory was read last: the snapshot is not written anew when
 * nothing has changed, but awsssod knows.  It counts for this very generation
 * only.
 */
static uint64_t read_at(const struct aw_args *args, const struct aw_snap *snap)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;
	const uint64_t now = (uint64_t)time(NULL);
	uint64_t age;

	if (args->option[SNAPSHOT] ||
	    aw_talk_begin(
		&talk, args->option[RUN_DIR], "ctl.sock", AW_MSG_STATUS) < 0 ||
	    aw_talk_ask(&talk) < 0 || aw_talk_next(&talk, STATUS_S) < 0 ||
	    talk.in.type != AW_MSG_STATUS_IS ||
	    aw_wire_num(&talk.in, AW_TAG_GENERATION, 0) != snap->generation)
		return snap->created;
	age = aw_wire_num(&talk.in, AW_TAG_DIRECTORY_AGE, UINT64_MAX);
	return age < now && now - age > snap->created ? now - age
						      : snap->created;
}

/* --- the object -------------------------------------------------------- */

struct object {
	const struct aw_snap *snap;
	EVP_PKEY *key;
	struct aw_published head;
};

/* The object at @path says what we would. */
static bool is_there(const char *path, const struct object *object)
{
	aw_own_fd int fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const struct aw_published *mine = &object->head;
	uint8_t head[AW_PUBLISHED_HEAD];
	struct aw_published there;
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
	       aw_published_parse(head, (uint64_t)st.st_size, &there, NULL) ==
		   0 &&
	       there.length == mine->length &&
	       there.generation == mine->generation &&
	       there.created == mine->created &&
	       memcmp(there.key_id, mine->key_id, sizeof(mine->key_id)) == 0;
}

/* Copy the snapshot, chunk by chunk, and hash what is written. */
static int put_snapshot(int fd, struct object *object)
{
	aw_own(digest_done) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	aw_own_free uint8_t *chunk = malloc(CHUNK);
	const struct aw_snap *snap = object->snap;
	unsigned len = sizeof(object->head.sha256);
	int r = 0;

	if (!ctx || !chunk || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		return -ENOMEM;
	for (size_t at = 0; r == 0 && at < snap->size; at += CHUNK) {
		const size_t n =
		    snap->size - at < CHUNK ? snap->size - at : CHUNK;

		memcpy(chunk, snap->base + at, n);
		if (at == 0)
			aw_snap_clear_mark(chunk, n);
		if (EVP_DigestUpdate(ctx, chunk, n) != 1)
			return -EIO;
		r = aw_file_write(fd, chunk, n);
	}
	if (r == 0 && EVP_DigestFinal_ex(ctx, object->head.sha256, &len) != 1)
		r = -EIO;
	/* Once superseded its body may be given back under our hands. */
	return r == 0 && aw_snap_superseded(snap) ? -ESTALE : r;
}

static int put_head(int fd, struct object *object)
{
	uint8_t head[AW_PUBLISHED_HEAD], message[AW_PUBLISHED_MESSAGE];
	int r;

	aw_published_pack(&object->head, head);
	aw_published_message(head, message);
	r = aw_publish_key_sign(
	    object->key, message, sizeof(message), object->head.signature);
	if (r < 0)
		return r;
	aw_published_pack(&object->head, head);
	return pwrite(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head)
		   ? 0
		   : -EIO;
}

static int fill(int fd, void *user)
{
	struct object *object = user;
	int r;

	if (lseek(fd, AW_PUBLISHED_HEAD, SEEK_SET) < 0)
		return -errno;
	if ((r = put_snapshot(fd, object)) < 0 ||
	    (r = put_head(fd, object)) < 0)
		return r;
	return fchmod(fd, 0644) < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* --- the command ------------------------------------------------------- */

static int publish(const struct aw_args *args, struct object *object)
{
	const struct aw_snap *snap = object->snap;
	const char *to = args->option[TO];
	int r;

	object->head.length = snap->size;
	object->head.generation = snap->generation;
	object->head.created = read_at(args, snap);
	if (is_there(to, object)) {
		printf("%s is up to date: generation %llu\n", to,
		    (unsigned long long)snap->generation);
		return AW_EXIT_OK;
	}
	/* A name that was not fsynced may be the old one after a power cut: no
	 * harm, the next run writes it again. */
	r = aw_replace(to, fill, object);
	if (r == -ESTALE)
		return aw_complain(
		    "the directory changed meanwhile", "run it again");
	if (r < 0)
		return aw_complain(to, strerrordesc_np(-r));
	printf("%s: generation %llu, %u users, %u groups\n", to,
	    (unsigned long long)snap->generation, snap->n_users,
	    snap->n_groups);
	return AW_EXIT_OK;
}

static int run_to(const struct aw_args *args, EVP_PKEY *key)
{
	struct object object = { .key = key };
	struct aw_snap snap;
	char text[AW_PUBLISH_KEY_TEXT];
	int r;

	if (aw_publish_key_public(key, text, object.head.key_id) < 0)
		return aw_complain("the key cannot be used", NULL);
	r = open_snapshot(args->option[SNAPSHOT], &snap);
	if (r != 0)
		return aw_complain("the snapshot cannot be read",
		    r < 0 ? strerrordesc_np(-r) : "there is none yet");
	object.snap = &snap;
	r = aw_snap_verify(&snap) < 0
		? aw_complain("the snapshot is damaged", NULL)
		: publish(args, &object);
	aw_snap_close(&snap);
	return r;
}

static int show_key(EVP_PKEY *key)
{
	char text[AW_PUBLISH_KEY_TEXT];
	uint8_t id[8];

	if (aw_publish_key_public(key, text, id) < 0)
		return aw_complain("the key cannot be used", NULL);
	printf("published_key = %s\n", text);
	return AW_EXIT_OK;
}

static int run(const struct aw_args *args)
{
	const char *made = args->option[NEW_KEY];
	const char *path = args->option[KEY] ? args->option[KEY] : made;
	aw_own(key_done) EVP_PKEY *key = NULL;
	struct aw_diag why = { .text = "" };
	int r;

	if (made && aw_publish_key_new(made, &why) < 0)
		return aw_complain(why.text, NULL);
	if (aw_publish_key_read(path ? path : DEFAULT_KEY, &key, &why) < 0)
		return aw_complain(why.text, NULL);
	r = args->option[TO] ? run_to(args, key) : AW_EXIT_OK;
	return r == AW_EXIT_OK ? show_key(key) : r;
}

const struct aw_command aw_command_publish = {
	.name = "publish",
	.operands = "",
	.help = "Sign this host's directory for others to fetch.\n\n"
		"Writes one object to a file, which a web server, S3 or a "
		"shared folder can hand on; hosts with source = published "
		"take it from there. Leaves the file alone when there is "
		"nothing new; run it from a timer. Shows the public key "
		"that those hosts need as published_key.",
	.options = {
		[TO] = { "--to", "FILE", "Write the object there." },
		[KEY] = { "--key", "FILE",
		    "The key to sign with (default " DEFAULT_KEY ")." },
		[NEW_KEY] = { "--new-key", "FILE",
		    "Make a new key in that file first." },
		[SNAPSHOT] = { "--snapshot", "FILE",
		    "Publish that snapshot instead of this host's." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
