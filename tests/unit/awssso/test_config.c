/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config --check and --dump, and the settings file that is shipped.
 * covers: spine.7, spine.8
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/command.h"
#include "awssso/conf_paths.h"
#include "common/conf.h"
#include "common/text.h"
#include "tests/unit/awssso/cli.h"

#define NEEDED                                                     \
	"[identity-center]\nstart_url = https://x.example/start\n" \
	"region = us-east-1\nidentity_store_id = d-9067000000\n"

static const char *const check[] = { "config", "--check", "c", NULL };
static const char *const dump[] = { "config", "--dump", "c", NULL };
static const char *const dump_json[] = { "config", "--dump", "--json", "c",
	NULL };
static const char shipped[] = AW_SOURCE "/conf/awssso.conf";

static struct cli_result result;

static void checks(void **state)
{
	static const struct {
		const char *text, *out, *err;
	} rows[] = {
		{ NEEDED "[access]\nallow_users = alice\n", "c: good\n", "" },
		{ NEEDED,
		    "c: good, but nobody may log in: no line of "
		    "[access] allows anybody\n",
		    "" },
		{ "", "",
		    "awssso: c: start_url is not set in [identity-center]\n" },
		{ NEEDED "nonsense = 1\n", "",
		    "awssso: c:5: nonsense: no such setting in section "
		    "[identity-center]\n" },
		{ NEEDED "[session]\n\nreuse = 9h\n", "",
		    "awssso: c:7: reuse: \"9h\": not a time from 0 to 28800 "
		    "seconds (units: s, m, h, d)\n" },
		{ NEEDED "start_url = https://y.example/start\n", "",
		    "awssso: c:5: start_url: set twice\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cli_write("c", rows[i].text);
		cli_run(check, NULL, NULL, &result);
		if (strcmp(result.out, rows[i].out) != 0 ||
		    strcmp(result.err, rows[i].err) != 0 ||
		    result.status !=
			(rows[i].err[0] ? AW_EXIT_FAILED : AW_EXIT_OK))
			fail_msg("row %zu: %d %s%s", i, result.status,
			    result.out, result.err);
	}
	assert_int_equal(unlink("c"), 0);
	cli_run(check, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.err, "awssso: c: no such file\n");
}

/* The daemon starts without its files, and says at each use that they are not
 * there: a warning, with file and line. */
static void warns_of_files(void **state)
{
	static const char text[] =
	    NEEDED "[names]\nshell = /nowhere/sh\n"
		   "[directory]\nscim_token_file = /nowhere/token\n"
		   "[network]\n# ca_bundle\n\nca_bundle=/etc\n"
		   "[credentials]\nsource = file\nfile = /etc/passwd\n"
		   "[access]\nallow_users = alice\n";

	(void)state;
	cli_write("c", text);
	cli_run(check, NULL, NULL, &result);
	assert_string_equal(result.out, "c: good\n");
	assert_string_equal(result.err,
	    "awssso: c:8: scim_token_file: /nowhere/token: No such file or "
	    "directory\n"
	    "awssso: c:12: ca_bundle: /etc: not a regular file\n");
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(unlink("c"), 0);
}

/* As the daemon's user would find them, whoever asks. */
static void files_for_somebody_else(void **state)
{
	static const struct {
		mode_t dir, file;
		bool mine, ours; /* the uid, the gid is that of the file */
		bool want;
	} rows[] = {
		{ 0755, 0644, false, false, true },
		{ 0755, 0640, false, false, false },
		{ 0755, 0640, false, true, true },
		{ 0755, 0604, false, true, false },
		{ 0755, 0600, true, false, true },
		{ 0755, 0200, true, false, false },
		{ 0750, 0644, false, false, false },
		{ 0751, 0644, false, false, true },
		{ 0700, 0644, true, false, true },
	};
	char dir[256], path[300];
	struct stat st;

	(void)state;
	cli_write("c", "x");
	assert_non_null(getcwd(dir, sizeof(dir)));
	assert_int_equal(aw_fmt(path, sizeof(path), "%s/c", dir), 0);
	assert_int_equal(chown(dir, 4711, 4712) | chown(path, 4711, 4712),
	    geteuid() == 0 ? 0 : -1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(chmod(path, rows[i].file), 0);
		assert_int_equal(chmod(dir, rows[i].dir), 0);
		assert_int_equal(stat(path, &st), 0);
		if (!aw_conf_paths_why_not(path, st.st_uid + !rows[i].mine,
			st.st_gid + !rows[i].ours) != rows[i].want)
			fail_msg("row %zu", i);
	}
	assert_null(aw_conf_paths_why_not(path, 0, 0));
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(unlink("c"), 0);
}

static void dumps_what_is_in_force(void **state)
{
	(void)state;
	cli_write("c", NEEDED "region = eu-west-1\n[session]\nreuse = 5m\n"
			      "keep_token = 8h\n");
	cli_run(dump, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_non_null(
	    strstr(result.out, "\nregion = us-east-1\nregion = eu-west-1\n"));
	assert_non_null(strstr(result.out, "\nreuse = 300s\n"));
	/* what is written but equals the default is the default */
	assert_non_null(strstr(result.out, "\n#keep_token = 28800s\n"));
	assert_non_null(strstr(result.out, "\n#domains = auto\n"));
	assert_non_null(strstr(result.out, "\n#proxy =\n"));
	for (size_t i = 0; i < aw_conf_n_keywords; i++)
		if (!strstr(result.out, aw_conf_keywords[i].keyword))
			fail_msg("%s is missing", aw_conf_keywords[i].keyword);
	/* a dump is a settings file */
	cli_write("c", result.out);
	cli_run(check, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
}

static struct json_object *setting(struct json_object *root,
    const char *section, const char *keyword, const char *key)
{
	struct json_object *value = root;

	if (!json_object_object_get_ex(value, section, &value) ||
	    !json_object_object_get_ex(value, keyword, &value) ||
	    !json_object_object_get_ex(value, key, &value))
		fail_msg("[%s] %s: %s is missing", section, keyword, key);
	return value;
}

static void dumps_to_programs(void **state)
{
	struct json_object *root;

	(void)state;
	cli_write("c", NEEDED "[session]\nreuse = 5m\n");
	cli_run(dump_json, NULL, NULL, &result);
	root = json_tokener_parse(result.out);
	assert_non_null(root);
	for (size_t i = 0; i < aw_conf_n_keywords; i++)
		(void)setting(root, aw_conf_keywords[i].section,
		    aw_conf_keywords[i].keyword, "value");
	assert_string_equal(
	    json_object_get_string(setting(root, "session", "reuse", "value")),
	    "300s");
	assert_false(json_object_get_boolean(
	    setting(root, "session", "reuse", "default")));
	assert_true(
	    json_object_get_boolean(setting(root, "session", "qr", "default")));
	assert_int_equal(json_object_array_length(setting(
			     root, "identity-center", "region", "value")),
	    1);
	json_object_put(root);
}

static char *read_shipped(void)
{
	char *text = calloc(1, AW_CONF_FILE_MAX + 1);
	FILE *file = fopen(shipped, "re");

	assert_non_null(text);
	assert_non_null(file);
	assert_true(fread(text, 1, AW_CONF_FILE_MAX, file) > 0);
	assert_int_equal(fclose(file), 0);
	return text;
}

/* The words of @help are in the comment above @line, however it is wrapped. */
static bool is_explained(const char *text, const char *line, const char *help)
{
	const char *start = line;
	char *words, *end;
	bool found;

	while (start > text && !(start[-1] == '\n' && start[0] == '\n'))
		start--;
	words = strndup(start, (size_t)(line - start));
	assert_non_null(words);
	for (end = words; (end = strstr(end, "\n# "));)
		memmove(end, end + 2, strlen(end + 2) + 1);
	for (char *p = words; *p; p++)
		if (*p == '\n')
			*p = ' ';
	found = strstr(words, help) != NULL;
	free(words);
	return found;
}

/* Every keyword, with its default and its sentence, and none that is not. */
static void ships_every_setting(void **state)
{
	char *text = read_shipped();
	size_t settings = 0;

	(void)state;
	for (size_t i = 0; i < aw_conf_n_keywords; i++) {
		const struct aw_conf_keyword *key = &aw_conf_keywords[i];
		char line[256];
		const char *at;

		assert_int_equal(aw_fmt(line, sizeof(line), "\n#%s =%s%s\n",
				     key->keyword, key->fallback ? " " : "",
				     key->fallback ? key->fallback : ""),
		    0);
		at = strstr(text, line);
		if (!at)
			fail_msg("%s is missing", key->keyword);
		if (!is_explained(text, at, key->help))
			fail_msg("%s is not explained", key->keyword);
	}
	for (const char *p = text; (p = strstr(p, "\n#")); p++)
		settings += p[2] != ' ' && p[2] != '\n';
	assert_int_equal(settings, aw_conf_n_keywords);
	free(text);
}

/* As shipped it parses, and says what is still to be set. */
static void ships_a_file_that_parses(void **state)
{
	static const char *const words[] = { "config", "--check", shipped,
		NULL };

	(void)state;
	cli_run(words, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_non_null(strstr(result.err, "start_url is not set"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks),
		cmocka_unit_test(warns_of_files),
		cmocka_unit_test(files_for_somebody_else),
		cmocka_unit_test(dumps_what_is_in_force),
		cmocka_unit_test(dumps_to_programs),
		cmocka_unit_test(ships_every_setting),
		cmocka_unit_test(ships_a_file_that_parses),
	};

	return cmocka_run_group_tests(tests, cli_make, cli_remove);
}
