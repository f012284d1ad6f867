/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sweeps into a database.
 */
#include "tests/unit/awsssod/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "awsssod/ledger.h"
#include "awsssod/staging.h"
#include "common/own.h"

const struct fake_user world_two[2] = {
	{ "u-1", "alice@example.com", NULL },
	{ "u-2", "bob@example.com", NULL },
};
const struct fake_group world_dev[1] = { { "g-1", "Dev Team" } };
const struct fake_member world_both[2] = { { "g-1", "u-1" }, { "g-1", "u-2" } };

int world_set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct aw_diag why = { .text = "" };

	assert_non_null(world);
	world->fake = fake_new();
	if (aw_state_open(world->fake->state, &world->state, &why) < 0)
		fail_msg("%s", why.text);
	world->apply = (struct aw_apply){ .conf = &world->fake->conf,
		.local = &world->fake->settings.local,
		.sha256 = aw_ledger_sha256,
		.now = 1000 };
	*state = world;
	return 0;
}

int world_tear_down(void **state)
{
	struct world *world = *state;

	aw_state_close(&world->state);
	world->fake->daemon = NULL;
	fake_free(world->fake);
	free(world);
	return 0;
}

static void show_everything(struct world *world)
{
	static const char *const keys[] = { "shown_users", "shown_groups",
		"shown_members", "shown_sets", "shown_grants" };

	world->apply.accept_loss = true;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_int_equal(
		    aw_state_set_num(&world->state, keys[i], INT64_MAX), 0);
}

int world_sweep(
    struct world *world, const struct fake_directory *d, struct aw_applied *ret)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(256 << 20);
	struct aw_staging staging = { .store = FAKE_STORE };
	struct aw_diag why = { .text = "" };
	int r;

	fake_page(&page, d);
	fake_set_page(&page, world->fake->sets);
	assert_int_equal(aw_buf_error(&page), 0);
	assert_int_equal(aw_staging_clear(&world->state), 0);
	r = aw_staging_add(&world->state, &staging, page.data, page.len, &why);
	if (r < 0)
		fail_msg("staging: %s", strerror(-r));
	if (r != 0)
		return r;
	assert_int_equal(staging.users, d->n_users);
	assert_int_equal(staging.groups, d->n_groups);
	assert_int_equal(staging.members, d->n_members);
	memset(ret, 0, sizeof(*ret));
	if (world->all_is_meant)
		show_everything(world);
	world->apply.sets_known = world->fake->sets && world->fake->sets->known;
	return aw_apply_sweep(&world->state, &world->apply, ret, &why);
}

static sqlite3_stmt *row_of(
    struct world *world, const char *sql, const char *value)
{
	sqlite3_stmt *stmt;

	assert_int_equal(
	    sqlite3_prepare_v2(world->state.db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	if (value)
		(void)sqlite3_bind_text(stmt, 1, value, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) != SQLITE_ROW)
		fail_msg("no row: %s (%s)", sql, value ? value : "");
	return stmt;
}

int64_t world_number(struct world *world, const char *sql, const char *value)
{
	sqlite3_stmt *stmt = row_of(world, sql, value);
	const int64_t n = sqlite3_column_int64(stmt, 0);

	(void)sqlite3_finalize(stmt);
	return n;
}

static const char *text_of(
    struct world *world, const char *sql, const char *principal)
{
	static char text[512];
	sqlite3_stmt *stmt = row_of(world, sql, principal);

	assert_int_equal(
	    aw_copy(text, sizeof(text), aw_state_text(stmt, 0)), 0);
	(void)sqlite3_finalize(stmt);
	return text;
}

const char *world_name(struct world *world, const char *principal)
{
	return text_of(world,
	    "SELECT name FROM principals WHERE principal = ?1", principal);
}

const char *world_skip(struct world *world, const char *principal)
{
	return text_of(world,
	    "SELECT skip FROM principals WHERE principal = ?1", principal);
}

int64_t world_id(struct world *world, const char *principal)
{
	return world_number(world,
	    "SELECT posix_id FROM principals WHERE principal = ?1", principal);
}
