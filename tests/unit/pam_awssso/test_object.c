/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Test of the module as it is built: libpam can load it, it shows its six
 * functions and nothing else of ours, and root is not its business.
 * covers: spine.1, spine.6, R34
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"

static const char object[] = AW_BUILD "/pam_awssso.so";

static void shows_six_functions(void **state)
{
	static const char *const shown[] = { "pam_sm_authenticate",
		"pam_sm_setcred", "pam_sm_acct_mgmt", "pam_sm_open_session",
		"pam_sm_close_session", "pam_sm_chauthtok" };
	static const char *const hidden[] = { "aw_pam_who", "aw_pam_code_of",
		"aw_pam_paths", "aw_sock_connect", "aw_dir_get" };
	void *module = dlopen(object, RTLD_NOW | RTLD_LOCAL);

	(void)state;
	if (!module)
		fail_msg("%s", dlerror());
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (!dlsym(module, shown[i]))
			fail_msg("%s is missing", shown[i]);
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (dlsym(module, hidden[i]))
			fail_msg("%s is visible", hidden[i]);
	assert_int_equal(dlclose(module), 0);
}

static int no_conversation(int n, const struct pam_message **msg,
    struct pam_response **ret, void *user)
{
	(void)n;
	(void)msg;
	(void)ret;
	(void)user;
	return PAM_CONV_ERR;
}

/* Whatever is or is not installed where the test runs. */
static void leaves_root_alone(void **state)
{
	char dir[] = "/tmp/awssso-pam-XXXXXX";
	const struct pam_conv conv = { no_conversation, NULL };
	pam_handle_t *pamh;
	char path[64];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(aw_fmt(path, sizeof(path), "%s/login", dir), 0);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fprintf(file,
			"auth [default=die] %s\n"
			"account [ignore=ignore default=die] %s\n"
			"account required pam_permit.so\n"
			"session required %s\n",
			object, object, object) > 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(
	    pam_start_confdir("login", "root", &conv, dir, &pamh), PAM_SUCCESS);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_USER_UNKNOWN);
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_six_functions),
		cmocka_unit_test(leaves_root_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
