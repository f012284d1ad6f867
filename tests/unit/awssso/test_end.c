/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits to run for a person is moved aside, and nobody else's is:
 * awssso/end.c, end_process.c.
 * covers: verdict.6, R19, R20, R30
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awssso/end.h"
#include "common/own.h"
#include "common/text.h"

struct host {
	char root[64];
	struct aw_end_report report;
};

static const char *const dirs[] = { "/etc", "/var", "/var/lib",
	"/var/lib/systemd", "/var/lib/systemd/linger", "/var/spool",
	"/var/spool/cron", "/var/spool/cron/crontabs", "/var/spool/cron/atjobs",
	"/home", "/home/alice", "/tmp" };

static const char *place(const struct host *host, const char *path)
{
	static char full[256];

	assert_int_equal(
	    aw_fmt(full, sizeof(full), "%s%s", host->root, path), 0);
	return full;
}

static void make(const struct host *host, const char *path)
{
	aw_own_fd int fd =
	    open(place(host, path), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, path, strlen(path)), strlen(path));
}

static bool is_there(const struct host *host, const char *path)
{
	return access(place(host, path), F_OK) == 0;
}

static int set_up(void **state)
{
	struct host *host = calloc(1, sizeof(*host));

	assert_non_null(host);
	memcpy(host->root, "/tmp/awssso-end-XXXXXX", 23);
	assert_non_null(mkdtemp(host->root));
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		assert_int_equal(mkdir(place(host, dirs[i]), 0755), 0);
	*state = host;
	return 0;
}

static int remove_all(const char *path)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0) {
		execl("/bin/rm", "rm", "-rf", "--", path, (char *)NULL);
		_exit(1);
	}
	return waitpid(child, &status, 0) == child ? status : -1;
}

static int tear_down(void **state)
{
	struct host *host = *state;
	const int r = remove_all(host->root);

	free(host);
	return r;
}

static struct aw_end_who alice(void)
{
	return (struct aw_end_who){ "alice", geteuid(), "/home/alice" };
}

static void jobs_are_moved(void **state)
{
	struct host *host = *state;
	const struct aw_end_who who = alice();
	char saved[160];

	make(host, "/var/spool/cron/crontabs/alice");
	make(host, "/var/spool/cron/crontabs/bob");
	make(host, "/var/spool/cron/atjobs/a0000101c0ffee");
	make(host, "/var/spool/cron/atjobs/.SEQ");
	make(host, "/var/lib/systemd/linger/alice");
	make(host, "/home/alice/file");
	assert_true(aw_end_waits(host->root, &who));
	aw_end_person(host->root, &who, &host->report);
	assert_true(host->report.crontab && host->report.linger);
	assert_int_equal(host->report.at_jobs, 1);
	assert_int_equal(host->report.failures, 0);
	assert_false(aw_end_waits(host->root, &who));
	assert_true(is_there(host, "/var/spool/cron/crontabs/bob"));
	assert_true(is_there(host, "/var/spool/cron/atjobs/.SEQ"));
	assert_int_equal(host->report.files, 1);
	assert_true(is_there(host, "/home/alice/file"));
	assert_int_equal(
	    aw_fmt(saved, sizeof(saved), "%s/crontab", host->report.saved), 0);
	assert_true(is_there(host, saved));
	assert_int_equal(aw_fmt(saved, sizeof(saved), "%s/a0000101c0ffee",
			     host->report.saved),
	    0);
	assert_true(is_there(host, saved));
}

static void others_are_left_alone(void **state)
{
	struct host *host = *state;
	const struct aw_end_who who = { "alice", geteuid() + 1, "" };

	make(host, "/var/spool/cron/atjobs/a0000101c0ffee");
	assert_int_equal(symlink("/etc/passwd",
			     place(host, "/var/spool/cron/crontabs/alice")),
	    0);
	assert_int_equal(
	    mkdir(place(host, "/var/spool/cron/atjobs/d"), 0700), 0);
	assert_false(aw_end_waits(host->root, &who));
	aw_end_person(host->root, &who, &host->report);
	assert_false(host->report.crontab);
	assert_int_equal(host->report.at_jobs, 0);
	assert_string_equal(host->report.saved, "");
	assert_true(is_there(host, "/var/spool/cron/atjobs/a0000101c0ffee"));
	assert_int_equal(host->report.files, 0);
}

/* R17: a name that a local account has by now is that account's. */
static void a_local_accounts_are_left(void **state)
{
	struct host *host = *state;
	const struct aw_end_who who = alice();
	aw_own_fd int fd = -1;
	char line[128];

	make(host, "/var/spool/cron/crontabs/alice");
	make(host, "/var/lib/systemd/linger/alice");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(aw_fmt(line, sizeof(line),
				     "root:x:0:0::/:/bin/sh\n"
				     "alice:x:%u:1::/home/alice:/bin/sh\n",
				     who.uid + (i == 0)),
		    0);
		fd = open(place(host, "/etc/passwd"),
		    O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, line, strlen(line)), strlen(line));
		aw_own_fd_done(&fd);
		assert_int_equal(aw_end_waits(host->root, &who), i);
		aw_end_person(host->root, &who, &host->report);
		assert_int_equal(host->report.crontab, i);
		assert_int_equal(host->report.linger, i);
	}
}

/* A place for jobs that somebody else prepared is not used, and said. */
static void a_prepared_place_is_refused(void **state)
{
	struct host *host = *state;
	const struct aw_end_who who = alice();

	make(host, "/var/spool/cron/crontabs/alice");
	make(host, "/var/lib/awssso-ended");
	aw_end_person(host->root, &who, &host->report);
	assert_int_equal(host->report.failures, 1);
	/* Nothing was moved, so there is no place to look for it. */
	assert_string_equal(host->report.saved, "");
	assert_true(is_there(host, "/var/spool/cron/crontabs/alice"));
}

static void owners_of_jobs(void **state)
{
	struct host *host = *state;
	aw_own(aw_uids_done) struct aw_uids uids = { 0 };

	assert_int_equal(aw_uids_of_at_jobs(host->root, &uids), 0);
	assert_int_equal(uids.n, 0);
	make(host, "/var/spool/cron/atjobs/a1");
	make(host, "/var/spool/cron/atjobs/a2");
	assert_int_equal(aw_uids_of_at_jobs(host->root, &uids), 0);
	assert_int_equal(uids.n, 1);
	assert_true(aw_uids_has(&uids, geteuid()));
	assert_false(aw_uids_has(&uids, geteuid() + 1));
}

static void owners_of_processes(void **state)
{
	aw_own(aw_uids_done) struct aw_uids uids = { 0 };
	unsigned left = 7;

	(void)state;
	assert_int_equal(aw_uids_of_processes(&uids), 0);
	for (uint32_t i = 0; i < 200; i++)
		assert_int_equal(aw_uids_add(&uids, 4000000000u + i % 150), 0);
	assert_true(aw_uids_has(&uids, 4000000149u));
	assert_false(aw_uids_has(&uids, 4000000150u));
	/* nobody has that uid: nothing is ended, at once */
	assert_int_equal(aw_end_processes(4000000000u, &left), 0);
	assert_int_equal(left, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(jobs_are_moved),
		T(others_are_left_alone),
		T(a_local_accounts_are_left),
		T(a_prepared_place_is_refused),
		T(owners_of_jobs),
		cmocka_unit_test(owners_of_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
