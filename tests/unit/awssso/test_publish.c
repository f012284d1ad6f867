/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso publish, from a new key to an object that its public key proves, and
 * what it refuses: awssso/publish.c, publish_key.c.
 * covers: dir.1, R12
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/command.h"
#include "common/published.h"
#include "common/snapshot.h"
#include "tests/unit/awssso/cli.h"

#define OBJECT_MAX (256 * 1024)
#define KEY_LINE   "published_key = "
#define KEY_CHARS  44

static const char fixture[] =
    "{\"identity_store_id\":\"d-9067000000\",\"users\":["
    "{\"UserId\":\"u1\",\"UserName\":\"alice@example.com\"}],\"groups\":[]}";

static struct cli_result result;

/* awssso publish WORD...; the words end with NULL. */
#define PUBLISH(...)                                                         \
	cli_run((const char *const[]){ "publish", __VA_ARGS__, NULL }, NULL, \
	    NULL, &result)

static size_t read_all(const char *name, uint8_t *buf)
{
	FILE *file = fopen(name, "re");
	size_t len;

	assert_non_null(file);
	len = fread(buf, 1, OBJECT_MAX, file);
	assert_true(len < OBJECT_MAX);
	assert_int_equal(fclose(file), 0);
	return len;
}

static struct stat status_of(const char *name)
{
	struct stat st;

	if (stat(name, &st) < 0)
		fail_msg("%s is not there", name);
	return st;
}

/* Change the @len bytes at @at. */
static void poke(const char *name, off_t at, const void *data, size_t len)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, data, len, at), len);
	assert_int_equal(close(fd), 0);
}

/* Files whose names begin with @prefix. */
static int count(const char *prefix)
{
	struct dirent *entry;
	DIR *dir = opendir(".");
	int n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		n += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	assert_int_equal(closedir(dir), 0);
	return n;
}

/* The snapshot "snap" and the key "key". */
static int make(void **state)
{
	static const char *const build[] = { "snapshot", "build", "f.json",
		"snap", NULL };

	if (cli_make(state) < 0)
		return -1;
	cli_write("f.json", fixture);
	cli_run(build, NULL, NULL, &result);
	if (result.status != AW_EXIT_OK)
		return -1;
	PUBLISH("--new-key", "key");
	return result.status == AW_EXIT_OK ? 0 : -1;
}

/* --- the key ----------------------------------------------------------- */

/* The public key that the command has just shown. */
static void shown_key(uint8_t ret[AW_PUBLISHED_KEY + 1])
{
	const char *line = strstr(result.out, KEY_LINE);

	assert_non_null(line);
	line += strlen(KEY_LINE);
	assert_int_equal(strcspn(line, "\n"), KEY_CHARS);
	assert_int_equal(EVP_DecodeBlock(ret, (const uint8_t *)line, KEY_CHARS),
	    AW_PUBLISHED_KEY + 1);
}

static void a_new_key_is_its_owners_and_never_the_old_one(void **state)
{
	static uint8_t before[OBJECT_MAX], after[OBJECT_MAX];
	uint8_t key[AW_PUBLISHED_KEY + 1], other[AW_PUBLISHED_KEY + 1];
	size_t len;

	(void)state;
	(void)umask(0);
	PUBLISH("--new-key", "key2");
	(void)umask(022);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(status_of("key2").st_mode & 07777, 0600);
	shown_key(key);
	len = read_all("key2", before);
	assert_int_equal(len, KEY_CHARS + 1);

	PUBLISH("--new-key", "key2");
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.err, "awssso: key2: File exists\n");
	assert_int_equal(read_all("key2", after), len);
	assert_memory_equal(before, after, len);

	PUBLISH("--key", "key2");
	shown_key(other);
	assert_memory_equal(key, other, AW_PUBLISHED_KEY);
	PUBLISH("--key", "key");
	shown_key(other);
	assert_memory_not_equal(key, other, AW_PUBLISHED_KEY);
	assert_null(strstr(result.out, (char *)before));
	assert_int_equal(unlink("key2"), 0);
}

/* --- the object -------------------------------------------------------- */

/* What a host checks, written down anew: the head, its signature by @key, and
 * the snapshot that it pins. */
static void expect_proven(const char *name, const uint8_t *key)
{
	static uint8_t object[OBJECT_MAX], snap[OBJECT_MAX];
	uint8_t message[AW_PUBLISHED_MESSAGE], digest[32];
	const size_t len = read_all(name, object);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, key, AW_PUBLISHED_KEY);
	struct aw_published head;

	assert_int_equal(aw_published_parse(object, len, &head, NULL), 0);
	assert_int_equal(head.length, read_all("snap", snap));
	assert_memory_equal(
	    object + AW_PUBLISHED_HEAD, snap, (size_t)head.length);
	assert_non_null(SHA256(snap, (size_t)head.length, digest));
	assert_memory_equal(head.sha256, digest, sizeof(digest));
	assert_non_null(SHA256(key, AW_PUBLISHED_KEY, digest));
	assert_memory_equal(head.key_id, digest, sizeof(head.key_id));
	aw_published_message(object, message);
	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey), 1);
	assert_int_equal(EVP_DigestVerify(ctx, head.signature,
			     sizeof(head.signature), message, sizeof(message)),
	    1);
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
}

static void an_object_that_its_key_proves(void **state)
{
	uint8_t key[AW_PUBLISHED_KEY + 1];
	struct stat first;

	(void)state;
	(void)umask(077);
	PUBLISH("--to", "out", "--key", "key", "--snapshot", "snap");
	(void)umask(022);
	assert_string_equal(result.err, "");
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_non_null(strstr(result.out, "1 users, 0 groups\n"));
	shown_key(key);
	first = status_of("out");
	assert_int_equal(first.st_mode & 07777, 0644);
	expect_proven("out", key);

	/* Nothing new: whoever has its ETag need not fetch it again. */
	PUBLISH("--to", "out", "--key", "key", "--snapshot", "snap");
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_non_null(strstr(result.out, "out is up to date: generation "));
	assert_int_equal(status_of("out").st_ino, first.st_ino);
	assert_int_equal(count("out"), 1);
}

/* What is there already is replaced when it is not what we would write; it is
 * replaced by a new file, never written into. */
static void another_object_is_replaced_whole(void **state)
{
	static const struct {
		const char *name;
		off_t at;
		const char *byte; /* NULL: signed by another key */
	} rows[] = {
		{ "no object", 0, "x" },
		{ "another generation", 24, "\x7e" },
		{ "another time", 32, "\x7e" },
		{ "one byte too many", -1, "x" },
		{ "another key", 0, NULL },
	};
	uint8_t key[AW_PUBLISHED_KEY + 1];
	struct stat before;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		PUBLISH("--to", "out", "--key", "key", "--snapshot", "snap");
		if (rows[i].byte) {
			poke("out",
			    rows[i].at < 0 ? status_of("out").st_size
					   : rows[i].at,
			    rows[i].byte, 1);
		} else {
			PUBLISH("--new-key", "key3", "--to", "out",
			    "--snapshot", "snap");
		}
		before = status_of("out");
		assert_int_equal(link("out", "kept"), 0);
		PUBLISH("--to", "out", "--key", "key", "--snapshot", "snap");
		if (result.status != AW_EXIT_OK ||
		    status_of("out").st_ino == before.st_ino)
			fail_msg("%s: %d, not replaced", rows[i].name,
			    result.status);
		shown_key(key);
		expect_proven("out", key);
		assert_int_equal(unlink("kept"), 0);
	}
	assert_int_equal(unlink("key3"), 0);
}

/* --- refusals ---------------------------------------------------------- */

static void refuse(const char *name, const char *err)
{
	const int files = count("");
	const bool is_there = access("out", F_OK) == 0;
	static uint8_t before[OBJECT_MAX], after[OBJECT_MAX];
	const size_t len = is_there ? read_all("out", before) : 0;

	PUBLISH("--to", "out", "--key", name, "--snapshot", "snap");
	if (result.status != AW_EXIT_FAILED || !strstr(result.err, err) ||
	    strstr(result.out, KEY_LINE))
		fail_msg(
		    "%s: %d %s%s", err, result.status, result.out, result.err);
	assert_int_equal(count(""), files);
	if (is_there) {
		assert_int_equal(read_all("out", after), len);
		assert_memory_equal(before, after, len);
	}
}

static void keys_that_are_refused(void **state)
{
	static const char one[] =
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
	static const char not_private[] =
	    ": must be a file that only its owner can read (chmod 600)\n";
	static const char no_key[] =
	    ": holds no key (awssso publish --new-key)\n";
	static const struct {
		const char *text;
		mode_t mode;
		const char *err;
	} rows[] = {
		{ one, 0640, not_private },
		{ one, 0604, not_private },
		{ one, 0620, not_private },
		{ "", 0600, no_key },
		{ "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 0600, no_key },
		{ "!AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 0600,
		    no_key },
	};

	(void)state;
	refuse("absent", "absent: No such file or directory\n");
	refuse(".", not_private);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cli_write("bad", rows[i].text);
		assert_int_equal(chmod("bad", rows[i].mode), 0);
		refuse("bad", rows[i].err);
	}
	/* The same text is a key where nobody else can read it. */
	cli_write("bad", one);
	assert_int_equal(chmod("bad", 0600), 0);
	PUBLISH("--key", "bad");
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_null(strstr(result.out, one));
	assert_int_equal(unlink("bad"), 0);
}

static void snapshots_that_are_refused(void **state)
{
	static const struct {
		off_t at;
		const char *byte, *err;
	} rows[] = {
		{ 0, "x", "the snapshot cannot be read: " },
		{ 4096 + 70, "\xff", "the snapshot is damaged\n" },
		{ 256, "\1",
		    "the directory changed meanwhile: run it again\n" },
	};
	static uint8_t good[OBJECT_MAX];
	const size_t len = read_all("snap", good);

	(void)state;
	/* With the same object there, there would be nothing to write. */
	assert_int_equal(unlink("out"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		poke("snap", rows[i].at, rows[i].byte, 1);
		refuse("key", rows[i].err);
		poke("snap", 0, good, len);
	}
	assert_int_equal(rename("snap", "away"), 0);
	refuse("key", "the snapshot cannot be read: there is none yet\n");
	assert_int_equal(rename("away", "snap"), 0);
}

static void places_that_are_refused(void **state)
{
	static const struct {
		const char *to, *err;
	} rows[] = {
		{ "nowhere/out", "nowhere/out: No such file or directory\n" },
		{ "snap/out", "snap/out: Not a directory\n" },
		{ ".", ".: " },
	};
	const int files = count("");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		PUBLISH(
		    "--to", rows[i].to, "--key", "key", "--snapshot", "snap");
		if (result.status != AW_EXIT_FAILED ||
		    !strstr(result.err, rows[i].err))
			fail_msg(
			    "%s: %d %s", rows[i].to, result.status, result.err);
		assert_int_equal(count(""), files);
	}
}

/* No file may grow beyond @bytes: what a full disk looks like to a writer. */
static void fill_disk(rlim_t bytes)
{
	const struct rlimit limit = { bytes, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_leaves_the_old_object(void **state)
{
	static const rlim_t rooms[] = { 200, 4096, 5000 };
	struct stat st;

	(void)state;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	PUBLISH("--to", "out", "--new-key", "key4", "--snapshot", "snap");
	assert_int_equal(result.status, AW_EXIT_OK);
	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		fill_disk(rooms[i]);
		refuse("key", "out: File too large\n");
		fill_disk(RLIM_INFINITY);
	}
	/* Half a key would be found and trusted by the next run. */
	fill_disk(KEY_CHARS - 4);
	PUBLISH("--new-key", "key5");
	fill_disk(RLIM_INFINITY);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_true(stat("key5", &st) < 0);
	assert_int_equal(unlink("key4"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_key_is_its_owners_and_never_the_old_one),
		cmocka_unit_test(an_object_that_its_key_proves),
		cmocka_unit_test(another_object_is_replaced_whole),
		cmocka_unit_test(keys_that_are_refused),
		cmocka_unit_test(snapshots_that_are_refused),
		cmocka_unit_test(places_that_are_refused),
		cmocka_unit_test(a_full_disk_leaves_the_old_object),
	};

	return cmocka_run_group_tests(tests, make, cli_remove);
}
