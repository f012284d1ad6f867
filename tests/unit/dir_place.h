/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory at the place of the tests, and time for it.
 */
#ifndef AW_TESTS_UNIT_DIR_PLACE_H
#define AW_TESTS_UNIT_DIR_PLACE_H

#include <sys/wait.h>

#include "common/directory.h"
#include "tests/unit/snap_place.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct aw_dir dir = AW_DIR_INIT(place_path, place_limits, 0);

static AW_UNUSED int setup(void **state)
{
	dir.root = geteuid();
	return place_make(state);
}

/* As if a second had gone by. */
static AW_UNUSED void let_time_pass(void)
{
	dir.look_at = 0;
	dir.limits_at = 0;
}

static AW_UNUSED void put(uint64_t generation)
{
	char gecos[32];
	const struct person alice = {
		.name = "alice", .id = 1, .gecos = gecos, .flags = AW_SNAP_ENUM
	};

	assert_int_equal(aw_fmt(gecos, sizeof(gecos), "generation %lu",
			     (unsigned long)generation),
	    0);
	place_put(&alice, 1, 1, generation, false);
}

/* Maps of files at the place, also of deleted ones. */
static AW_UNUSED unsigned count_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned n = 0;

	while (maps && fgets(line, sizeof(line), maps))
		n += strstr(line, place_dir) != NULL;
	if (maps)
		(void)fclose(maps);
	return n;
}

static AW_UNUSED void begin(void)
{
	aw_dir_done(&dir);
	let_time_pass();
	assert_int_equal(count_maps(), 0);
}

static AW_UNUSED int wait_for(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

#endif
