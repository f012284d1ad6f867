/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/settings.c.
 * covers: spine.5, R3
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsssod/settings.h"
#include "common/own.h"
#include "tests/unit/awsssod/fake.h"

static void command_lines(void **state)
{
	static const struct {
		const char *argv[4];
		int want;
		enum aw_settings_mode mode;
		const char *diag;
	} rows[] = {
		{ { "--foreground" }, 0, AW_MODE_DAEMON, "" },
		{ { "--foreground", "--user", "x" }, 0, AW_MODE_DAEMON, "" },
		{ { "--foreground", "--state=/s" }, 0, AW_MODE_DAEMON, "" },
		{ { "--snapshot-worker" }, 0, AW_MODE_WORKER, "" },
		{ { "--help" }, 0, AW_MODE_HELP, "" },
		{ { "--version" }, 0, AW_MODE_VERSION, "" },
		{ { NULL }, -EINVAL, 0, "--foreground" },
		{ { "--foreground", "--what" }, -EINVAL, 0, "--what" },
		{ { "--foreground", "-x" }, -EINVAL, 0, "-x" },
		{ { "--foreground", "more" }, -EINVAL, 0, "more" },
		{ { "--foreground", "--config" }, -EINVAL, 0, "--config" },
		{ { "--foreground=yes" }, -EINVAL, 0, "--foreground" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *argv[6] = { (char *)(uintptr_t) "awsssod" };
		enum aw_settings_mode mode = 0;
		struct aw_settings settings;
		struct aw_diag why = { .text = "" };
		int argc = 1;

		for (; argc < 5 && rows[i].argv[argc - 1]; argc++)
			argv[argc] = (char *)(uintptr_t)rows[i].argv[argc - 1];
		aw_settings_init(&settings);
		if (aw_settings_parse(&settings, argc, argv, &mode, &why) !=
			rows[i].want ||
		    mode != rows[i].mode || !strstr(why.text, rows[i].diag))
			fail_msg("row %zu: \"%s\"", i, why.text);
	}
}

static void values(void **state)
{
	char *const argv[] = { (char *)(uintptr_t) "awsssod",
		(char *)(uintptr_t) "--foreground",
		(char *)(uintptr_t) "--config=/c",
		(char *)(uintptr_t) "--run-dir=/r",
		(char *)(uintptr_t) "--state=/s",
		(char *)(uintptr_t) "--public-dir=/p",
		(char *)(uintptr_t) "--user=u", NULL };
	char *copy[8];
	enum aw_settings_mode mode;
	struct aw_settings settings;

	(void)state;
	memcpy(copy, argv, sizeof(copy));
	aw_settings_init(&settings);
	assert_int_equal(aw_settings_parse(&settings, 7, copy, &mode, NULL), 0);
	assert_string_equal(settings.config, "/c");
	assert_string_equal(settings.run_dir, "/r");
	assert_string_equal(settings.state, "/s");
	assert_string_equal(settings.public_dir, "/p");
	assert_string_equal(settings.user, "u");
}

#define NEEDED                                                 \
	"[identity-center]\n"                                  \
	"start_url = https://d-0123456789.awsapps.com/start\n" \
	"region = us-east-1\n"                                 \
	"identity_store_id = d-0123456789\n"

/* Without any one of what a sign-in needs there is no daemon. */
static void configurations(void **state)
{
	static const struct {
		const char *text; /* NULL: no file */
		mode_t mode;
		int want;
		const char *diag;
	} rows[] = {
		{ NEEDED, 0644, 0, "" },
		{ NULL, 0, -ENOENT, "no such file" },
		{ NEEDED, 0664, -EPERM, "" },
		{ NEEDED, 0646, -EPERM, "" },
		{ NEEDED "unknown = 1\n", 0644, -EINVAL, ":5: unknown" },
		{ "[identity-center]\nregion = us-east-1\n"
		  "identity_store_id = d-0123456789\n",
		    0644, -EINVAL, "start_url" },
		{ "[identity-center]\n"
		  "start_url = https://d-0123456789.awsapps.com/start\n"
		  "identity_store_id = d-0123456789\n",
		    0644, -EINVAL, "region" },
		{ "[identity-center]\n"
		  "start_url = https://d-0123456789.awsapps.com/start\n"
		  "region = us-east-1\n",
		    0644, -EINVAL, "identity_store_id" },
		{ "", 0644, -EINVAL, "" },
	};
	struct fake *fake = fake_new();
	aw_own_free struct aw_conf *conf = calloc(1, sizeof(*conf));
	char path[128];

	(void)state;
	assert_non_null(conf);
	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/awssso.conf", fake->dir), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_diag why = { .text = "" };
		int r;

		(void)unlink(path);
		if (rows[i].text) {
			fake_file(path, rows[i].text);
			assert_int_equal(chmod(path, rows[i].mode), 0);
		}
		memset(conf, 0, sizeof(*conf));
		r = aw_settings_load(path, geteuid(), conf, &why);
		if (r != rows[i].want || !strstr(why.text, rows[i].diag))
			fail_msg("row %zu: %d, \"%s\"", i, r, why.text);
		assert_int_equal(r == 0, conf->start_url[0] != '\0');
		assert_int_equal(r == 0, why.text[0] == '\0');
	}
	/* Of somebody else. */
	fake_file(path, NEEDED);
	assert_int_equal(
	    aw_settings_load(path, geteuid() + 1, conf, NULL), -EPERM);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(values),
		cmocka_unit_test(configurations),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
