/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a snapshot's writer has collected, shared by its parts:
 * snapshot_add.c takes records in, snapshot_table.c makes tables and
 * memberships of them, snapshot_write.c puts all of it into a file.
 */
#ifndef AW_COMMON_SNAPSHOT_BUILD_H
#define AW_COMMON_SNAPSHOT_BUILD_H

#include <stdint.h>

#include "common/area.h"
#include "common/snapshot_format.h"
#include "common/snapshot_write.h"

/* Names and ids of one kind of record, by index. */
struct aw_snapw_keys {
	uint32_t n;
	struct aw_area text; /* names, each with its NUL */
	struct aw_area at;   /* n + 1 uint32_t: where each begins */
	struct aw_area id;   /* n uint32_t */
};

struct aw_snapw {
	char store_id[AW_STORE_SIZE];
	uint64_t generation, created;
	bool needs_limits;
	struct aw_snapw_keys user_keys, group_keys;
	/* records without what is known at the end only, each padded to 4:
	 * user: fixed part, strings, rest; group: fixed part, name, id */
	struct aw_area users, groups;
	struct aw_area tombs; /* as in the file */
	uint32_t n_tombs;
	struct aw_area hosts; /* uint32_t gid of each group of the host's */
	uint32_t n_hosts;     /* their indexes follow those of the groups */
	struct aw_area pairs; /* uint32_t group, uint32_t user */
	uint64_t n_pairs;
	struct aw_area grants; /* uint32_t to, uint32_t from: groups both */
	uint32_t n_grants;
	uint32_t n_suffixes;
	uint8_t suffix[AW_SNAP_SUFFIXES][AW_SNAP_SUFFIX_SIZE];
};

static inline const char *aw_snapw_name(
    const struct aw_snapw_keys *keys, uint32_t index, uint32_t *ret_len)
{
	const uint32_t *at = keys->at.data;

	*ret_len = at[index + 1] - at[index] - 1;
	return (const char *)keys->text.data + at[index];
}

static inline uint32_t aw_snapw_id(
    const struct aw_snapw_keys *keys, uint32_t index)
{
	return ((const uint32_t *)keys->id.data)[index];
}

static inline uint32_t aw_snapw_n_groups(const struct aw_snapw *writer)
{
	return writer->group_keys.n + writer->n_hosts;
}

static inline uint32_t aw_snapw_gid(
    const struct aw_snapw *writer, uint32_t group)
{
	const uint32_t n = writer->group_keys.n;

	return group < n ? aw_snapw_id(&writer->group_keys, group)
			 : ((const uint32_t *)writer->hosts.data)[group - n];
}

/* A table being built: a slot holds a tag and, not yet an offset, but the
 * record's index + 1. */
struct aw_snapw_table {
	struct aw_area slots;
	uint32_t homes;
	uint64_t n_slots;
	uint32_t max_probe;
};
struct aw_snapw_tables {
	uint64_t seed;
	struct aw_snapw_table user_name, user_id, group_name, group_id;
};

/*
 * Make the four tables with a fresh seed.  Returns 0 (then and on failure
 * aw_snapw_tables_done()); -EEXIST with @diag when a name or an id is there
 * twice; -ENOMEM...
 */
int aw_snapw_tables(const struct aw_snapw *writer,
    struct aw_snapw_tables *tables, struct aw_diag *diag) AW_MUST_USE;
void aw_snapw_tables_done(struct aw_snapw_tables *tables);

/* For each of @n: the items from start[i] to before end[i]. */
struct aw_snapw_lists {
	uint32_t n;
	struct aw_area start, end, item;
};

/*
 * Memberships both ways: each user's groups and each group's users, ascending
 * and without doubles, those by grants among them.  Empties @writer's pairs.
 * Returns 0 or -ENOMEM; the caller calls aw_snapw_lists_done() in any case.
 */
int aw_snapw_memberships(struct aw_snapw *writer,
    struct aw_snapw_lists *by_user,
    struct aw_snapw_lists *by_group) AW_MUST_USE;
void aw_snapw_lists_done(struct aw_snapw_lists *lists);

/* The items of list @index and how many. */
static inline const uint32_t *aw_snapw_list(
    const struct aw_snapw_lists *lists, uint32_t index, uint32_t *ret_n)
{
	const uint32_t start = ((const uint32_t *)lists->start.data)[index];

	*ret_n = ((const uint32_t *)lists->end.data)[index] - start;
	return (const uint32_t *)lists->item.data + start;
}

#endif
