/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database and what becomes of sweeps in it, without a daemon.
 */
#ifndef AW_TESTS_UNIT_AWSSSOD_WORLD_H
#define AW_TESTS_UNIT_AWSSSOD_WORLD_H

#include "awsssod/directory_apply.h"
#include "tests/unit/awsssod/fake.h"

struct world {
	struct fake *fake; /* for its files; the daemon does not run */
	struct aw_state state;
	struct aw_apply apply;
	bool all_is_meant; /* whatever a sweep loses was shown and accepted */
};

/* alice (u-1) and bob (u-2), both in "Dev Team" (g-1). */
extern const struct fake_user world_two[2];
extern const struct fake_group world_dev[1];
extern const struct fake_member world_both[2];

int world_set_up(void **state);
int world_tear_down(void **state);

/* Stage @d and apply it.  Returns what aw_apply_sweep() does. */
int world_sweep(struct world *world, const struct fake_directory *d,
    struct aw_applied *ret);

/* The first number that @sql yields, with @value bound unless it is NULL. */
int64_t world_number(struct world *world, const char *sql, const char *value);
/* The Linux name, id and skip reason of @principal; "" when it has none.
 * Static storage. */
const char *world_name(struct world *world, const char *principal);
int64_t world_id(struct world *world, const char *principal);
const char *world_skip(struct world *world, const char *principal);

#endif
