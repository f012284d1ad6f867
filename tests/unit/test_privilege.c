/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/privilege.c.  Who is not root stays who they are; what
 * root becomes is seen from a child.
 * covers: spine.2, spine.5
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/privilege.h"

static void refused(void **state)
{
	struct aw_diag why = { .text = "" };

	(void)state;
	if (geteuid() != 0) {
		assert_int_equal(aw_privilege_drop("no-such-user", &why), 0);
		assert_string_equal(why.text, "");
		return;
	}
	assert_int_equal(aw_privilege_drop("no-such-user", &why), -ENOENT);
	assert_non_null(strstr(why.text, "systemd-sysusers"));
	assert_int_equal(aw_privilege_drop("root", &why), -EPERM);
	assert_non_null(strstr(why.text, "root"));
	assert_int_equal(geteuid(), 0);
}

static void files(void **state)
{
	struct rlimit before, low, after;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = before;
	low.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	aw_privilege_files();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
	assert_int_equal(after.rlim_cur, before.rlim_max);
	assert_int_equal(after.rlim_max, before.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* For good: there is no way back, and no group left. */
static int become_nobody(void)
{
	struct aw_diag why = { .text = "" };
	const bool root = geteuid() == 0;

	if (aw_privilege_drop("nobody", &why) != 0)
		return 1;
	if (!root)
		return 0;
	if (geteuid() == 0 || getuid() == 0 || getegid() == 0)
		return 2;
	if (setuid(0) == 0 || setgid(0) == 0)
		return 3;
	return getgroups(0, NULL) != 0 ? 4 : 0;
}

static void dropped(void **state)
{
	const pid_t child = fork();
	int status = 0;

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(become_nobody());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void hidden(void **state)
{
	(void)state;
	aw_privilege_hide();
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(files),
		cmocka_unit_test(dropped),
		cmocka_unit_test(hidden),
	};

	return cmocka_run_group_tests_name("privilege", tests, NULL, NULL);
}
