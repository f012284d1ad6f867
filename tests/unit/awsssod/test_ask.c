/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/ask.c and process.c: what a request says, and what of
 * it is believed.
 * covers: spine.5, R7, R27, R38
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awsssod/ask.h"
#include "awsssod/process.h"
#include "common/proto.h"

#define ROOT 0

static const struct aw_conf conf = { .reuse = 900 };

struct fields {
	const char *user, *service, *tty, *rhost, *attempt, *account;
	const char *info;
	uint32_t ksession; /* 0: not there */
};

static int read_ask(
    const struct fields *f, uid_t uid, pid_t pid, struct aw_ask *ret)
{
	const struct aw_peer peer = { .pid = pid, .uid = uid };
	uint8_t data[8192];
	struct aw_wire_out out;
	struct aw_wire_in in;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_AUTH, 1);
	aw_wire_put_text(&out, AW_TAG_USER, f->user);
	aw_wire_put_text(&out, AW_TAG_SERVICE, f->service);
	aw_wire_put_text(&out, AW_TAG_TTY, f->tty);
	aw_wire_put_text(&out, AW_TAG_RHOST, f->rhost);
	aw_wire_put_text(&out, AW_TAG_ATTEMPT, f->attempt);
	aw_wire_put_text(&out, AW_TAG_ACCOUNT, f->account);
	aw_wire_put_text(&out, AW_TAG_AUTH_INFO, f->info);
	if (f->ksession)
		aw_wire_put_num(&out, AW_TAG_KSESSION, f->ksession);
	assert_int_equal(aw_wire_end(&out), 0);
	assert_int_equal(aw_wire_open(data, out.len, &in), 0);
	return aw_ask_read(&in, &peer, ROOT, &conf, ret);
}

static void refused(void **state)
{
	static const struct fields rows[] = {
		{ .service = "sshd" },
		{ .user = "", .service = "sshd" },
		{ .user = "Alice", .service = "sshd" },
		{ .user = "-x", .service = "sshd" },
		{ .user = "123", .service = "sshd" },
		{ .user = "a/b", .service = "sshd" },
		{ .user = "alice" },
		{ .user = "alice", .service = "" },
		{ .user = "alice", .service = "ss\nhd" },
		{ .user = "alice", .service = "sshd", .rhost = "a\nb" },
		{ .user = "alice", .service = "sshd", .attempt = "a\nb" },
		{ .user = "alice", .service = "sshd", .account = "12" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_ask ask = { .user = "untouched" };

		if (read_ask(&rows[i], ROOT, getpid(), &ask) != AW_DENIED)
			fail_msg("row %zu was taken", i);
		assert_string_equal(ask.user, "untouched");
	}
}

/* One key for one connection; only root may name it. */
static void keys(void **state)
{
	const struct fields ssh = { .user = "alice",
		.service = "sshd",
		.rhost = "10.0.0.9",
		.attempt = "10.0.0.9 1 10.0.0.1 22",
		.ksession = 5 };
	struct fields other = ssh;
	struct aw_ask one, two;

	(void)state;
	assert_int_equal(read_ask(&ssh, ROOT, getpid(), &one), 0);
	assert_true(one.key_is_connection);
	assert_int_equal(one.ksession, 5);
	assert_int_equal(read_ask(&ssh, ROOT, 1, &two), 0);
	assert_string_equal(one.key, two.key);
	other.attempt = "10.0.0.9 2 10.0.0.1 22";
	assert_int_equal(read_ask(&other, ROOT, getpid(), &two), 0);
	assert_string_not_equal(one.key, two.key);
	other = ssh;
	other.user = "bob";
	assert_int_equal(read_ask(&other, ROOT, getpid(), &two), 0);
	assert_string_not_equal(one.key, two.key);
	other = ssh;
	other.service = "login";
	assert_int_equal(read_ask(&other, ROOT, getpid(), &two), 0);
	assert_string_not_equal(one.key, two.key);
	/* whoever is not root is known by the process alone */
	assert_int_equal(read_ask(&ssh, 1000, getpid(), &two), 0);
	assert_false(two.key_is_connection);
	assert_string_not_equal(one.key, two.key);
	assert_int_equal(two.ksession, aw_process_ksession(getpid()));
}

static void keys_of_processes(void **state)
{
	const struct fields sudo = { .user = "alice", .service = "sudo" };
	const struct fields far = {
		.user = "alice", .service = "sudo", .rhost = "10.0.0.9"
	};
	struct aw_ask one, two;
	pid_t child;

	(void)state;
	assert_int_equal(read_ask(&sudo, ROOT, getpid(), &one), 0);
	assert_false(one.key_is_connection);
	assert_int_equal(one.ksession, AW_KSESSION_UNSET);
	assert_int_equal(read_ask(&sudo, ROOT, getpid(), &two), 0);
	assert_string_equal(one.key, two.key);
	assert_int_equal(read_ask(&sudo, ROOT, getppid(), &two), 0);
	assert_string_not_equal(one.key, two.key);
	/* one process that serves many */
	assert_int_equal(read_ask(&far, ROOT, getpid(), &two), 0);
	assert_string_not_equal(one.key, two.key);
	/* gone already: never the same twice */
	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(read_ask(&sudo, ROOT, child, &one), 0);
	assert_int_equal(read_ask(&sudo, ROOT, child, &two), 0);
	assert_string_not_equal(one.key, two.key);
}

/* What counts as a key that was proved, and that only root's word for its own
 * connection does. */
static void proofs(void **state)
{
	static const struct {
		const char *name, *info, *attempt;
		uid_t uid;
		bool want;
	} rows[] = {
		{ "key", "publickey ssh-ed25519 AAAA", "c", ROOT, true },
		{ "none", NULL, "c", ROOT, false },
		{ "not root", "publickey ssh-ed25519 AAAA", "c", 1000, false },
		{ "no connection", "publickey ssh-ed25519 AAAA", NULL, ROOT,
		    false },
		{ "other method", "hostbased ssh-ed25519 AAAA", "c", ROOT,
		    false },
		{ "no blob", "publickey ssh-ed25519", "c", ROOT, false },
		{ "empty blob", "publickey ssh-ed25519 ", "c", ROOT, false },
		{ "no type", "publickey  AAAA", "c", ROOT, false },
		{ "more", "publickey ssh-ed25519 AAAA x", "c", ROOT, false },
		{ "no word", "publickey", "c", ROOT, false },
		{ "prefix", "publickeys ssh-ed25519 AAAA", "c", ROOT, false },
	};
	static const uint8_t nothing[32] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fields fields = { .user = "alice",
			.service = "sshd",
			.attempt = rows[i].attempt,
			.info = rows[i].info };
		struct aw_ask ask;

		assert_int_equal(
		    read_ask(&fields, rows[i].uid, getpid(), &ask), 0);
		if (ask.has_key != rows[i].want ||
		    (memcmp(ask.key_hash, nothing, 32) != 0) != rows[i].want)
			fail_msg("%s", rows[i].name);
	}
}

/* The hash is of type and blob, both whole. */
static void keys_differ(void **state)
{
	static const char *const infos[] = { "publickey ssh-rsa AAAA",
		"publickey ssh-rsa AAAB", "publickey rsa-sha2-256 AAAA" };
	struct fields fields = {
		.user = "alice", .service = "sshd", .attempt = "c"
	};
	static const uint8_t want[4] = { 0x06, 0xee, 0xcf, 0xb8 };
	struct aw_ask asks[3], again;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fields.info = infos[i];
		assert_int_equal(
		    read_ask(&fields, ROOT, getpid(), &asks[i]), 0);
	}
	assert_memory_equal(asks[0].key_hash, want, sizeof(want));
	assert_memory_not_equal(asks[0].key_hash, asks[1].key_hash, 32);
	assert_memory_not_equal(asks[0].key_hash, asks[2].key_hash, 32);
	fields.info = infos[0];
	fields.attempt = "another";
	fields.user = "bob";
	assert_int_equal(read_ask(&fields, ROOT, getpid(), &again), 0);
	assert_memory_equal(asks[0].key_hash, again.key_hash, 32);
}

static void sources(void **state)
{
	static const struct {
		struct fields fields;
		const char *want;
	} rows[] = {
		{ { .user = "a", .service = "s", .rhost = "h", .tty = "t" },
		    "host h" },
		{ { .user = "a", .service = "s", .tty = "pts/1" },
		    "tty pts/1" },
		{ { .user = "a", .service = "s" }, "uid 0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_ask ask;

		assert_int_equal(
		    read_ask(&rows[i].fields, ROOT, getpid(), &ask), 0);
		assert_string_equal(ask.source, rows[i].want);
		assert_int_equal(ask.reuse, 900);
	}
}

static void services(void **state)
{
	static const struct {
		const char *service;
		unsigned patience;
		bool batch;
	} rows[] = {
		{ "sshd", 110, false },
		{ "login", 50, false },
		{ "sudo", 120, false },
		{ "cron", 120, true },
		{ "systemd-user", 120, true },
		{ "cronx", 120, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_ask ask = { .type = AW_MSG_AUTH };

		assert_int_equal(
		    aw_copy(ask.service, sizeof(ask.service), rows[i].service),
		    0);
		assert_int_equal(aw_ask_patience(&ask), rows[i].patience);
		assert_int_equal(aw_ask_is_batch(&ask), rows[i].batch);
	}
}

static void processes(void **state)
{
	struct aw_process me, again, parent = { .parent = 77 };
	pid_t child;

	(void)state;
	assert_int_equal(aw_process_read(getpid(), &me), 0);
	assert_int_equal(me.parent, getppid());
	assert_int_equal(aw_process_read(getpid(), &again), 0);
	assert_true(me.start == again.start && me.start > 0);
	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(aw_process_read(child, &parent), -ESRCH);
	assert_int_equal(parent.parent, 77);
	assert_int_equal(aw_process_ksession(child), AW_KSESSION_UNSET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(keys),
		cmocka_unit_test(keys_of_processes),
		cmocka_unit_test(proofs),
		cmocka_unit_test(keys_differ),
		cmocka_unit_test(sources),
		cmocka_unit_test(services),
		cmocka_unit_test(processes),
	};

	return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
