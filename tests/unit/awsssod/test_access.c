/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/access.c.
 * covers: spine.5, R4, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "awsssod/access.h"
#include "common/own.h"

#define NO      AW_ACCESS_NO
#define YES     AW_ACCESS_YES
#define UNKNOWN AW_ACCESS_UNKNOWN

static struct aw_conf *conf_of(bool users, bool groups, bool sets)
{
	struct aw_conf *conf = calloc(1, sizeof(*conf));

	assert_non_null(conf);
	if (users)
		conf->allow_users = (struct aw_conf_list){ 3,
			{ "alice", "u-bob", "carol@example.com" } };
	if (groups)
		conf->allow_groups =
		    (struct aw_conf_list){ 2, { "admins", "g-1" } };
	if (sets)
		conf->allow_permission_sets =
		    (struct aw_conf_list){ 1, { "Admin" } };
	return conf;
}

static void judge(void **state)
{
	static const struct {
		bool by_group, by_set; /* the lists that are configured */
		struct aw_access_facts facts;
		enum aw_access want;
	} rows[] = {
		/* nothing configured: nobody, whatever is unknown */
		{ false, false, { false, YES, YES }, NO },
		{ false, false, { false, UNKNOWN, UNKNOWN }, NO },
		{ false, false, { true, NO, NO }, YES },
		{ true, false, { false, NO, YES }, NO },
		{ true, false, { false, NO, UNKNOWN }, NO },
		{ true, false, { false, YES, NO }, YES },
		{ true, false, { false, UNKNOWN, NO }, UNKNOWN },
		{ true, false, { true, UNKNOWN, UNKNOWN }, YES },
		{ false, true, { false, YES, NO }, NO },
		{ false, true, { false, UNKNOWN, NO }, NO },
		{ false, true, { false, NO, YES }, YES },
		{ false, true, { false, NO, UNKNOWN }, UNKNOWN },
		{ true, true, { false, NO, NO }, NO },
		{ true, true, { false, NO, UNKNOWN }, UNKNOWN },
		{ true, true, { false, UNKNOWN, NO }, UNKNOWN },
		{ true, true, { false, YES, UNKNOWN }, YES },
		{ true, true, { false, UNKNOWN, YES }, YES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_free struct aw_conf *conf =
		    conf_of(false, rows[i].by_group, rows[i].by_set);
		const enum aw_access got =
		    aw_access_judge(conf, &rows[i].facts);

		if (got != rows[i].want)
			fail_msg("row %zu: %d", i, got);
	}
}

static void users(void **state)
{
	static const struct {
		const char *name, *user_name, *id;
		bool taken, want;
	} rows[] = {
		{ "alice", "x@example.com", "u-1", false, true },
		{ "Alice", "x@example.com", "u-1", false, false },
		{ "alic", "x@example.com", "u-1", false, false },
		{ "alice2", "x@example.com", "u-1", false, false },
		{ "bob", "bob@example.com", "u-bob", false, true },
		{ "bob", "bob@example.com", "u-bo", false, false },
		{ "carol", "carol@example.com", "u-2", false, true },
		{ "carol", "Carol@example.com", "u-2", false, false },
		/* somebody else's Linux name is no name of mine */
		{ "al2", "alice", "u-3", true, false },
		{ "al2", "alice", "u-3", false, true },
		{ "", "", "", false, false },
	};
	aw_own_free struct aw_conf *conf = conf_of(true, false, false);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_access_user(conf, rows[i].name, rows[i].user_name,
			rows[i].id, rows[i].taken) != rows[i].want)
			fail_msg("row %zu", i);
}

/* A name that fits two groups allows nobody; an id is never ambiguous. */
static void groups(void **state)
{
	static const struct {
		const char *id, *name;
		unsigned claims;
		bool want;
	} rows[] = {
		{ "g-2", "admins", 1, true },
		{ "g-2", "admins", 2, false },
		{ "g-2", "admins", 0, false },
		{ "g-2", "Admins", 1, false },
		{ "g-2", "admin", 1, false },
		{ "g-1", "whatever", 1, true },
		{ "g-1", "whatever", 7, true },
		{ "g-11", "whatever", 1, false },
		{ "g-9", "", 1, false },
	};
	aw_own_free struct aw_conf *conf = conf_of(false, true, false);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_access_group(conf, rows[i].id, rows[i].name,
			rows[i].claims) != rows[i].want)
			fail_msg("row %zu", i);
}

static void sets(void **state)
{
	aw_own_free struct aw_conf *conf = conf_of(false, false, true);

	(void)state;
	assert_true(aw_access_set(conf, "Admin"));
	assert_false(aw_access_set(conf, "admin"));
	assert_false(aw_access_set(conf, "Admi"));
	assert_false(aw_access_set(conf, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge),
		cmocka_unit_test(users),
		cmocka_unit_test(groups),
		cmocka_unit_test(sets),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
