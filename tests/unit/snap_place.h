/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place for snapshots as the readers want it, below /tmp and ours, and small
 * directories to put there.  For tests of everything that reads a snapshot.
 */
#ifndef AW_TESTS_UNIT_SNAP_PLACE_H
#define AW_TESTS_UNIT_SNAP_PLACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/id.h"
#include "common/paths.h"
#include "common/snapshot_format.h"
#include "common/snapshot_write.h"
#include "common/text.h"

/* ROOT/public/directory.1 and ROOT/nss.limits */
static char place_root[64];
static char place_dir[96];
static char place_path[128];
static char place_limits[128];

struct person {
	const char *name;
	uint32_t id; /* above AW_ID_MIN */
	uint32_t flags;
	const char *teams; /* letters: indexes into the teams, 'a' is 0 */
	const char *gecos, *home, *shell, *user_name, *principal_id;
};

static void place_names(void)
{
	assert_int_equal(
	    aw_fmt(place_dir, sizeof(place_dir), "%s/public", place_root), 0);
	assert_int_equal(aw_fmt(place_path, sizeof(place_path), "%s/%s",
			     place_dir, AW_SNAPSHOT_NAME),
	    0);
	assert_int_equal(aw_fmt(place_limits, sizeof(place_limits),
			     "%s/nss.limits", place_root),
	    0);
}

static int place_make(void **state)
{
	(void)state;
	memcpy(place_root, "/tmp/awssso-test-XXXXXX", 24);
	if (!mkdtemp(place_root) || chmod(place_root, 0755) < 0)
		return -1;
	place_names();
	return mkdir(place_dir, 0755);
}

static int place_remove(void **state)
{
	char temp[160];

	(void)state;
	if (aw_fmt(temp, sizeof(temp), "%s/temp", place_dir) < 0)
		return -1;
	(void)unlink(temp);
	(void)unlink(place_path);
	(void)unlink(place_limits);
	(void)rmdir(place_dir);
	return rmdir(place_root);
}

static AW_UNUSED void place_put_limits(const char *text)
{
	const int fd = open(place_limits, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static void place_add(
    struct aw_snapw *writer, const struct person *person, uint32_t number)
{
	char id[40], home[96];
	struct aw_diag diag = { .text = "" };
	struct aw_snapw_user user = { person->principal_id, person->user_name,
		person->name, person->gecos, person->home, person->shell,
		AW_ID_MIN + person->id, person->flags };

	assert_int_equal(
	    aw_fmt(id, sizeof(id), "90670000-1111-2222-3333-%012x", number), 0);
	assert_int_equal(
	    aw_fmt(home, sizeof(home), "/home/%s", person->name), 0);
	user.principal_id = user.principal_id ? user.principal_id : id;
	user.user_name = user.user_name ? user.user_name : person->name;
	user.gecos = user.gecos ? user.gecos : "";
	user.home = user.home ? user.home : home;
	user.shell = user.shell ? user.shell : "/bin/bash";
	if (aw_snapw_add_user(writer, &user, NULL, &diag) != 0)
		fail_msg("%s", diag.text);
}

/* A writer with @n people in the teams "team-a" and on, ids from 1000 on. */
static struct aw_snapw *place_collect(const struct person *people, uint32_t n,
    uint32_t n_teams, const struct aw_snapw_head *head)
{
	struct aw_snapw *writer;

	assert_int_equal(aw_snapw_new(head, &writer), 0);
	for (uint32_t i = 0; i < n_teams; i++) {
		char name[16], id[40];
		const struct aw_snapw_group group = { id, name,
			AW_ID_MIN + 1000 + i, AW_SNAP_ENUM, NULL };

		assert_int_equal(
		    aw_fmt(name, sizeof(name), "team-%c", (int)('a' + i)), 0);
		assert_int_equal(aw_fmt(id, sizeof(id), "team-id-%u", i), 0);
		assert_int_equal(
		    aw_snapw_add_group(writer, &group, NULL, NULL), 0);
	}
	for (uint32_t i = 0; i < n; i++) {
		const char *team = people[i].teams ? people[i].teams : "";

		place_add(writer, &people[i], i);
		for (; *team; team++)
			assert_int_equal(aw_snapw_add_member(writer,
					     (uint32_t)(*team - 'a'), i),
			    0);
	}
	return writer;
}

/* Put what @writer has at the place, and free it. */
static AW_UNUSED void place_publish(struct aw_snapw *writer)
{
	const int dir = open(place_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int fd =
	    openat(dir, "temp", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct aw_diag diag = { .text = "" };

	assert_true(dir >= 0 && fd >= 0);
	if (aw_snapw_write(writer, fd, &diag) != 0)
		fail_msg("write: %s", diag.text);
	assert_int_equal(aw_snapw_publish(dir, "temp", NULL), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(close(dir), 0);
	aw_snapw_free(writer);
}

static AW_UNUSED void place_put(const struct person *people, uint32_t n,
    uint32_t n_teams, uint64_t generation, bool needs_limits)
{
	const struct aw_snapw_head head = { .store_id = "d-1234567890",
		.generation = generation,
		.created = 1700000000,
		.needs_limits = needs_limits };

	place_publish(place_collect(people, n, n_teams, &head));
}

/* The file's bytes, to be freed. */
static AW_UNUSED uint8_t *place_read(size_t *ret_len)
{
	const int fd = open(place_path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *data;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	data = malloc((size_t)st.st_size);
	assert_non_null(data);
	assert_int_equal(read(fd, data, (size_t)st.st_size), st.st_size);
	assert_int_equal(close(fd), 0);
	*ret_len = (size_t)st.st_size;
	return data;
}

/* A file with these bytes, under the name by rename. */
static AW_UNUSED void place_put_bytes(const uint8_t *data, size_t len)
{
	const int dir = open(place_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int fd =
	    openat(dir, "temp", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(dir >= 0 && fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(renameat(dir, "temp", dir, AW_SNAPSHOT_NAME), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(close(dir), 0);
}

#endif
