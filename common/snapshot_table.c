/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A snapshot's writer, second part: tables and memberships.
 *
 * A table's slots are kept sorted by tag while it is filled, which bounds the
 * longest probe to little more than the average, lets a reader stop early, and
 * puts equal keys next to each other, so that doubles are found on the way.
 */
#include "common/snapshot_build.h"

#include <errno.h>
#include <sys/random.h>

#include "common/own.h"

#define SEEDS_MAX 16 /* one has always been enough; ask no more than this */

/* The keys of one table. */
struct keys {
	const struct aw_snapw_keys *of;
	bool by_id;
};

static uint32_t tag_of(const struct keys *keys, uint64_t seed, uint32_t index)
{
	const char *name;
	uint32_t len;

	if (keys->by_id)
		return aw_snap_hash_id(seed, aw_snapw_id(keys->of, index));
	name = aw_snapw_name(keys->of, index, &len);
	return aw_snap_hash_name(seed, name, len);
}

static bool is_equal(const struct keys *a, uint32_t a_index,
    const struct keys *b, uint32_t b_index)
{
	uint32_t a_len, b_len;
	const char *a_name, *b_name;

	if (a->by_id)
		return aw_snapw_id(a->of, a_index) ==
		       aw_snapw_id(b->of, b_index);
	a_name = aw_snapw_name(a->of, a_index, &a_len);
	b_name = aw_snapw_name(b->of, b_index, &b_len);
	return a_len == b_len && memcmp(a_name, b_name, a_len) == 0;
}

static int refuse(const struct keys *keys, uint32_t index, const char *what,
    struct aw_diag *diag)
{
	uint32_t len;

	aw_diag_set(diag, "\"%s\" (id %u): its %s belongs to another %s",
	    aw_snapw_name(keys->of, index, &len), aw_snapw_id(keys->of, index),
	    keys->by_id ? "id" : "name", what);
	return -EEXIST;
}

/* Where @tag's run ends and a slot with it would be put; -EEXIST when @index
 * of @keys is in the table of @table_keys. */
static int find_place(const struct aw_snapw_table *table,
    const struct keys *table_keys, uint32_t tag, const struct keys *keys,
    uint32_t index, uint64_t *ret_place)
{
	const uint64_t *slots = table->slots.data;
	uint64_t i = aw_snap_home(tag, table->homes);

	for (; i < table->n_slots; i++) {
		if (slots[i] == 0 || slots[i] >> 32 > tag)
			break;
		if (slots[i] >> 32 == tag &&
		    is_equal(table_keys, (uint32_t)slots[i] - 1, keys, index))
			return -EEXIST;
	}
	*ret_place = i;
	return 0;
}

/* Put @slot at @i; what is there moves on.  -ENOSPC: the table's end is near
 * enough that the probe would be too long. */
static int insert(struct aw_snapw_table *table, uint64_t i, uint64_t slot)
{
	uint64_t *slots = table->slots.data;

	for (; i < table->n_slots; i++) {
		const uint64_t moved = slots[i];

		slots[i] = slot;
		if (moved == 0)
			return 0;
		slot = moved;
	}
	return -ENOSPC;
}

static uint32_t longest_probe(const struct aw_snapw_table *table)
{
	const uint64_t *slots = table->slots.data;
	uint64_t longest = 0;

	for (uint64_t i = 0; i < table->n_slots; i++) {
		uint64_t probe;

		if (slots[i] == 0)
			continue;
		probe = i + 1 -
			aw_snap_home((uint32_t)(slots[i] >> 32), table->homes);
		if (probe > longest)
			longest = probe;
	}
	return (uint32_t)longest;
}

/* Returns 0; -EEXIST with @diag; -ENOSPC: try another seed; -ENOMEM. */
static int fill(struct aw_snapw_table *table, const struct keys *keys,
    uint64_t seed, const char *what, struct aw_diag *diag)
{
	table->homes = aw_snap_homes(keys->of->n);
	table->n_slots = aw_snap_slots(keys->of->n);
	if (!aw_area_add(&table->slots, table->n_slots * sizeof(uint64_t)))
		return -ENOMEM;
	for (uint32_t i = 0; i < keys->of->n; i++) {
		const uint32_t tag = tag_of(keys, seed, i);
		uint64_t place;

		if (find_place(table, keys, tag, keys, i, &place) < 0)
			return refuse(keys, i, what, diag);
		if (insert(table, place, (uint64_t)tag << 32 | (i + 1)) < 0)
			return -ENOSPC;
	}
	table->max_probe = longest_probe(table);
	return table->max_probe > AW_SNAP_PROBE ? -ENOSPC : 0;
}

/* None of @keys is in @table, which is over @table_keys. */
static int check_apart(const struct aw_snapw_table *table,
    const struct keys *table_keys, uint64_t seed, const struct keys *keys,
    struct aw_diag *diag)
{
	for (uint32_t i = 0; i < keys->of->n; i++) {
		uint64_t place;

		if (find_place(table, table_keys, tag_of(keys, seed, i), keys,
			i, &place) < 0)
			return refuse(keys, i,
			    "user (a user's private group "
			    "has the user's name and id)",
			    diag);
	}
	return 0;
}

static int fill_all(const struct aw_snapw *writer, struct aw_snapw_tables *t,
    struct aw_diag *diag)
{
	const struct keys user_name = { &writer->user_keys, false };
	const struct keys user_id = { &writer->user_keys, true };
	const struct keys group_name = { &writer->group_keys, false };
	const struct keys group_id = { &writer->group_keys, true };
	int r;

	if ((r = fill(&t->user_name, &user_name, t->seed, "user", diag)) < 0 ||
	    (r = fill(&t->user_id, &user_id, t->seed, "user", diag)) < 0 ||
	    (r = fill(&t->group_name, &group_name, t->seed, "group", diag)) <
		0 ||
	    (r = fill(&t->group_id, &group_id, t->seed, "group", diag)) < 0 ||
	    (r = check_apart(
		 &t->user_name, &user_name, t->seed, &group_name, diag)) < 0)
		return r;
	return check_apart(&t->user_id, &user_id, t->seed, &group_id, diag);
}

int aw_snapw_tables(const struct aw_snapw *writer,
    struct aw_snapw_tables *tables, struct aw_diag *diag)
{
	int r = -ENOSPC;

	for (int i = 0; i < SEEDS_MAX && r == -ENOSPC; i++) {
		/* Chosen anew each time: whoever can choose names must not be
		 * able to choose where they land. */
		aw_snapw_tables_done(tables);
		if (getrandom(&tables->seed, sizeof(tables->seed), 0) !=
		    (ssize_t)sizeof(tables->seed))
			return -EIO;
		r = fill_all(writer, tables, diag);
	}
	return r;
}

void aw_snapw_tables_done(struct aw_snapw_tables *tables)
{
	aw_area_done(&tables->user_name.slots);
	aw_area_done(&tables->user_id.slots);
	aw_area_done(&tables->group_name.slots);
	aw_area_done(&tables->group_id.slots);
}

/* Lists of given lengths, which begin empty: start[i] is where list i - 1
 * ends at most. */
static int lists_new(
    struct aw_snapw_lists *lists, uint32_t n, const uint32_t *counts)
{
	uint32_t *start = aw_area_add(&lists->start, n * sizeof(*start));
	uint32_t *end = aw_area_add(&lists->end, n * sizeof(*end));
	uint32_t sum = 0;

	if (!start || !end)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		start[i] = sum;
		end[i] = sum;
		sum += counts[i];
	}
	lists->n = n;
	return aw_area_add(&lists->item, sum * sizeof(uint32_t)) ? 0 : -ENOMEM;
}

/* Append @item to list @index, unless it is the last one there already. */
static void push(struct aw_snapw_lists *lists, uint32_t index, uint32_t item)
{
	uint32_t *const items = lists->item.data;
	uint32_t *const end = (uint32_t *)lists->end.data + index;
	const uint32_t start = ((const uint32_t *)lists->start.data)[index];

	if (*end > start && items[*end - 1] == item)
		return;
	items[(*end)++] = item;
}

/* Lists of the first of each pair by the second, of which there are @n. */
static int lists_of_pairs(const uint32_t *pair, uint64_t n_pairs, uint32_t n,
    struct aw_snapw_lists *lists)
{
	aw_own(aw_area_done) struct aw_area counts = { 0 };
	uint32_t *count = aw_area_add(&counts, n * sizeof(*count));
	int r;

	if (!count)
		return -ENOMEM;
	for (uint64_t i = 0; i < n_pairs; i++)
		count[pair[2 * i + 1]]++;
	r = lists_new(lists, n, count);
	if (r < 0)
		return r;
	for (uint64_t i = 0; i < n_pairs; i++)
		push(lists, pair[2 * i + 1], pair[2 * i]);
	return 0;
}

/* A walk from a user's own groups along the grants. */
struct walk {
	uint32_t *seen; /* by group: the last user, + 1, that it was met for */
	uint32_t user;
	struct aw_area *items;
};

static int meet(struct walk *walk, uint32_t group)
{
	uint32_t *to;

	if (walk->seen[group] == walk->user + 1)
		return 0;
	walk->seen[group] = walk->user + 1;
	to = aw_area_add(walk->items, sizeof(*to));
	if (!to)
		return -ENOMEM;
	*to = group;
	return 0;
}

static size_t n_items(const struct aw_area *items)
{
	return items->len / sizeof(uint32_t);
}

static int meet_all(struct walk *walk, const struct aw_snapw_lists *raw,
    const struct aw_snapw_lists *grants)
{
	uint32_t n;
	const uint32_t *own = aw_snapw_list(raw, walk->user, &n);
	size_t at = n_items(walk->items);
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++)
		r = meet(walk, own[i]);
	for (; r == 0 && at < n_items(walk->items); at++) {
		const uint32_t from = ((const uint32_t *)walk->items->data)[at];
		const uint32_t *to = aw_snapw_list(grants, from, &n);

		for (uint32_t i = 0; i < n && r == 0; i++)
			r = meet(walk, to[i]);
	}
	return r;
}

/* Make @ret of @raw: each user's groups and where these lead by grants. */
static int expand(const struct aw_snapw *writer,
    const struct aw_snapw_lists *raw, struct aw_snapw_lists *ret)
{
	aw_own(aw_snapw_lists_done) struct aw_snapw_lists grants = { 0 };
	aw_own(aw_area_done) struct aw_area seen = { 0 };
	const uint32_t n = aw_snapw_n_groups(writer);
	struct walk walk = { .seen = aw_area_add(&seen, n * sizeof(uint32_t)),
		.items = &ret->item };
	uint32_t *start = aw_area_add(&ret->start, raw->n * sizeof(*start));
	uint32_t *end = aw_area_add(&ret->end, raw->n * sizeof(*end));
	int r;

	if (!walk.seen || !start || !end)
		return -ENOMEM;
	r = lists_of_pairs(writer->grants.data, writer->n_grants, n, &grants);
	for (ret->n = 0; r == 0 && ret->n < raw->n; ret->n++) {
		walk.user = ret->n;
		start[ret->n] = (uint32_t)n_items(&ret->item);
		r = meet_all(&walk, raw, &grants);
		end[ret->n] = (uint32_t)n_items(&ret->item);
		if (n_items(&ret->item) > UINT32_MAX)
			return -EFBIG;
	}
	return r;
}

/*
 * From "each a's bs" make "each b's as" for @n bs.  The as come in order, so
 * each new list ascends and a double is next to its twin.
 */
static int invert(
    const struct aw_snapw_lists *from, uint32_t n, struct aw_snapw_lists *to)
{
	aw_own(aw_area_done) struct aw_area counts = { 0 };
	uint32_t *count = aw_area_add(&counts, n * sizeof(*count));
	const uint32_t *item;
	uint32_t n_items;
	int r;

	if (!count)
		return -ENOMEM;
	for (uint32_t i = 0; i < from->n; i++) {
		item = aw_snapw_list(from, i, &n_items);
		for (uint32_t k = 0; k < n_items; k++)
			count[item[k]]++;
	}
	r = lists_new(to, n, count);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < from->n; i++) {
		item = aw_snapw_list(from, i, &n_items);
		for (uint32_t k = 0; k < n_items; k++)
			push(to, item[k], i);
	}
	return 0;
}

/* Each user's groups, grants among them; a group may be there twice. */
static int groups_of_users(
    const struct aw_snapw *writer, struct aw_snapw_lists *ret)
{
	aw_own(aw_snapw_lists_done) struct aw_snapw_lists raw = { 0 };
	int r;

	if (writer->n_grants == 0)
		return lists_of_pairs(writer->pairs.data, writer->n_pairs,
		    writer->user_keys.n, ret);
	r = lists_of_pairs(
	    writer->pairs.data, writer->n_pairs, writer->user_keys.n, &raw);
	return r < 0 ? r : expand(writer, &raw, ret);
}

int aw_snapw_memberships(struct aw_snapw *writer,
    struct aw_snapw_lists *by_user, struct aw_snapw_lists *by_group)
{
	aw_own(aw_snapw_lists_done) struct aw_snapw_lists raw = { 0 };
	int r;

	r = groups_of_users(writer, &raw);
	if (r < 0)
		return r;
	aw_area_done(&writer->pairs);
	writer->n_pairs = 0;
	r = invert(&raw, aw_snapw_n_groups(writer), by_group);
	if (r < 0)
		return r;
	aw_snapw_lists_done(&raw);
	return invert(by_group, writer->user_keys.n, by_user);
}

void aw_snapw_lists_done(struct aw_snapw_lists *lists)
{
	aw_area_done(&lists->start);
	aw_area_done(&lists->end);
	aw_area_done(&lists->item);
	lists->n = 0;
}
