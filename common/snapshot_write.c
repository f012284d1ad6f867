/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A snapshot's writer, third part: the file, from its body's first byte to
 * its last and then the header, so that a file without its end is never taken
 * for a whole one.
 */
#include "common/snapshot_write.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/own.h"
#include "common/snapshot_build.h"
#include "common/text.h"

#define OUT_SIZE ((size_t)1024 * 1024) /* more than any user's record */
#define AHEAD    16u /* names fetched before they are needed */

/* The body on its way out; errors are sticky. */
struct out {
	int fd;
	int error;
	uint64_t written; /* offset of the first byte in @data */
	uint64_t sum;
	size_t len;
	uint8_t *data; /* OUT_SIZE */
};

static int write_all(int fd, const uint8_t *data, size_t len, uint64_t at)
{
	while (len > 0) {
		const ssize_t n = pwrite(fd, data, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		data += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
	return 0;
}

/* Write all whole words; fewer than 8 bytes stay. */
static void flush(struct out *out)
{
	const size_t whole = out->len & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8)
		out->sum =
		    aw_snap_sum_step(out->sum, aw_snap_load64(out->data + i));
	if (out->error == 0)
		out->error = write_all(out->fd, out->data, whole, out->written);
	memmove(out->data, out->data + whole, out->len - whole);
	out->written += whole;
	out->len -= whole;
}

/* Room for @len bytes, which must be filled. */
static uint8_t *out_room(struct out *out, size_t len)
{
	uint8_t *to;

	if (len > OUT_SIZE - out->len)
		flush(out);
	to = out->data + out->len;
	out->len += len;
	return to;
}

static void out_bytes(struct out *out, const void *data, size_t len)
{
	const uint8_t *from = data;

	while (len > 0) {
		const size_t n = len < OUT_SIZE / 2 ? len : OUT_SIZE / 2;

		memcpy(out_room(out, n), from, n);
		from += n;
		len -= n;
	}
}

static uint64_t out_at(const struct out *out)
{
	return out->written + out->len;
}

static void out_pad(struct out *out, unsigned to)
{
	static const uint8_t zero[8];
	const uint64_t at = out_at(out);

	out_bytes(out, zero, (size_t)(aw_snap_align(at, to) - at));
}

/* Where records went, as slots hold it: offset / 4. */
static int note_at(const struct out *out, uint32_t *at, struct aw_diag *diag)
{
	if (out_at(out) / 4 > UINT32_MAX) {
		aw_diag_set(diag, "the snapshot would be larger than 16 GiB");
		return -EFBIG;
	}
	*at = (uint32_t)(out_at(out) / 4);
	return 0;
}

static size_t strings_len(const struct aw_snap_user_rec *rec)
{
	return rec->name_len + 3u + le16toh(rec->gecos_len) + 1u +
	       rec->home_len + 1u + rec->shell_len + 1u;
}

/* The stored @from with the groups of the user, @gids of @n. */
static void put_user(struct out *out, const uint8_t *from, size_t strings,
    size_t more_len, const uint32_t *groups, uint32_t n,
    const struct aw_snapw *writer)
{
	const size_t front = AW_SNAP_USER_FIXED + strings;
	const size_t gids = aw_snap_align(front, 4);
	const size_t len = gids + (size_t)n * 4 + more_len;
	uint8_t *to = out_room(out, aw_snap_align(len, 4));
	struct aw_snap_user_rec *rec = (void *)to;

	memset(to + len, 0, aw_snap_align(len, 4) - len);
	memset(to + front, 0, gids - front);
	memcpy(to, from, front);
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t gid = htole32(aw_snapw_gid(writer, groups[i]));

		memcpy(to + gids + (size_t)i * 4, &gid, sizeof(gid));
	}
	memcpy(to + gids + (size_t)n * 4, from + front, more_len);
	rec->n_gids = htole16((uint16_t)n);
	rec->more_sum =
	    htole32(aw_snap_sum32(to + gids, (size_t)n * 4 + more_len));
	rec->sum = htole32(aw_snap_user_sum(
	    to, (const char *)to + AW_SNAP_USER_FIXED, strings));
}

/* All users that are listed, or all that are not. */
static int put_users(const struct aw_snapw *writer,
    const struct aw_snapw_lists *by_user, bool listed, struct out *out,
    uint32_t *at, struct aw_diag *diag)
{
	const uint8_t *from = writer->users.data;

	for (uint32_t i = 0; i < writer->user_keys.n; i++) {
		const struct aw_snap_user_rec *rec = (const void *)from;
		const size_t strings = strings_len(rec);
		const size_t more_len = le16toh(rec->more_len);
		const uint32_t *groups;
		uint32_t n;
		int r;

		groups = aw_snapw_list(by_user, i, &n);
		if (n > UINT16_MAX) {
			aw_diag_set(diag, "\"%s\": in more than 65535 groups",
			    aw_snapw_name(&writer->user_keys, i, &n));
			return -EFBIG;
		}
		if (listed == !!(rec->flags & AW_SNAP_ENUM)) {
			r = note_at(out, &at[i], diag);
			if (r < 0)
				return r;
			put_user(
			    out, from, strings, more_len, groups, n, writer);
		}
		from +=
		    aw_snap_align(AW_SNAP_USER_FIXED + strings + more_len, 4);
	}
	return out->error;
}

/* The names of @users, @n of them, one behind the other into @text. */
static int join_names(const struct aw_snapw_keys *keys, const uint32_t *users,
    uint32_t n, struct aw_area *text)
{
	const uint32_t *at = keys->at.data;
	const char *names = keys->text.data;
	size_t len = 0;
	char *to;

	for (uint32_t i = 0; i < n; i++)
		len += at[users[i] + 1] - at[users[i]];
	text->len = 0;
	to = aw_area_add(text, len);
	if (!to)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t start = at[users[i]];
		const uint32_t size = at[users[i] + 1] - start;

		if (i + AHEAD < n)
			__builtin_prefetch(names + at[users[i + AHEAD]]);
		memcpy(to, names + start, size);
		to += size;
	}
	return text->len > UINT32_MAX ? -EFBIG : 0;
}

static void put_group(struct out *out, const uint8_t *from, size_t head,
    const struct aw_area *members, uint32_t n)
{
	const uint8_t *display = from + AW_SNAP_GROUP_FIXED + head;
	uint8_t *to = out_room(out, AW_SNAP_GROUP_FIXED + head);
	struct aw_snap_group_rec *rec = (void *)to;

	memcpy(to, from, AW_SNAP_GROUP_FIXED + head);
	rec->n_members = htole32(n);
	rec->members_len = htole32((uint32_t)members->len);
	rec->members_sum = htole32(aw_snap_sum32(members->data, members->len));
	rec->display_sum =
	    htole32(aw_snap_sum32(display, le16toh(rec->display_len)));
	rec->sum =
	    htole32(aw_snap_sum32(to + 4, AW_SNAP_GROUP_FIXED - 4 + head));
	out_bytes(out, members->data, members->len);
	out_bytes(out, display,
	    le16toh(((const struct aw_snap_group_rec *)from)->display_len));
	out_pad(out, 4);
}

static int put_groups(const struct aw_snapw *writer,
    const struct aw_snapw_lists *by_group, bool listed, struct out *out,
    uint32_t *at, struct aw_diag *diag)
{
	aw_own(aw_area_done) struct aw_area members = { 0 };
	const uint8_t *from = writer->groups.data;

	for (uint32_t i = 0; i < writer->group_keys.n; i++) {
		const struct aw_snap_group_rec *rec = (const void *)from;
		const size_t head = rec->name_len + 1u + rec->more_len;
		const uint32_t *users;
		uint32_t n;
		int r;

		if (listed == !!(rec->flags & AW_SNAP_ENUM)) {
			users = aw_snapw_list(by_group, i, &n);
			r = join_names(&writer->user_keys, users, n, &members);
			if (r < 0 || (r = note_at(out, &at[i], diag)) < 0)
				return r;
			put_group(out, from, head, &members, n);
		}
		from += aw_snap_align(
		    AW_SNAP_GROUP_FIXED + head + le16toh(rec->display_len), 4);
	}
	return out->error;
}

/* Slots point to offsets now. */
static void put_table(
    struct out *out, const struct aw_snapw_table *table, const uint32_t *at)
{
	const uint64_t *slots = table->slots.data;

	for (uint64_t i = 0; i < table->n_slots; i++) {
		uint64_t slot = slots[i];

		if (slot != 0)
			slot = slot >> 32 << 32 | at[(uint32_t)slot - 1];
		slot = htole64(slot);
		out_bytes(out, &slot, sizeof(slot));
	}
}

static void put_tables(const struct aw_snapw_tables *tables,
    const uint32_t *users_at, const uint32_t *groups_at, struct out *out,
    struct aw_snap_header *header)
{
	const struct aw_snapw_table *const all[] = { &tables->user_name,
		&tables->user_id, &tables->group_name, &tables->group_id };
	uint32_t max_probe = 0;

	for (size_t i = 0; i < 4; i++) {
		put_table(out, all[i], i < 2 ? users_at : groups_at);
		if (all[i]->max_probe > max_probe)
			max_probe = all[i]->max_probe;
	}
	header->max_probe = htole32(max_probe);
	header->seed = htole64(tables->seed);
}

static int put_body(struct aw_snapw *writer,
    const struct aw_snapw_tables *tables, struct out *out,
    struct aw_snap_header *header, struct aw_diag *diag)
{
	aw_own(aw_snapw_lists_done) struct aw_snapw_lists by_user = { 0 };
	aw_own(aw_snapw_lists_done) struct aw_snapw_lists by_group = { 0 };
	aw_own(aw_area_done) struct aw_area at = { 0 };
	const uint32_t n_users = writer->user_keys.n;
	uint32_t *users_at = aw_area_add(
	    &at, (n_users + writer->group_keys.n) * sizeof(uint32_t));
	uint32_t *groups_at;
	int r;

	if (!users_at)
		return -ENOMEM;
	groups_at = users_at + n_users;
	r = aw_snapw_memberships(writer, &by_user, &by_group);
	if (r < 0)
		return r;
	out_bytes(out, writer->suffix,
	    writer->n_suffixes * sizeof(writer->suffix[0]));
	header->users_off = htole64(out_at(out));
	if ((r = put_users(writer, &by_user, true, out, users_at, diag)) < 0 ||
	    (r = put_users(writer, &by_user, false, out, users_at, diag)) < 0)
		return r;
	header->groups_off = htole64(out_at(out));
	if ((r = put_groups(writer, &by_group, true, out, groups_at, diag)) <
		0 ||
	    (r = put_groups(writer, &by_group, false, out, groups_at, diag)) <
		0)
		return r;
	header->tombs_off = htole64(out_at(out));
	out_bytes(out, writer->tombs.data, writer->tombs.len);
	out_pad(out, 8);
	header->tables_off = htole64(out_at(out));
	put_tables(tables, users_at, groups_at, out, header);
	flush(out);
	return out->error;
}

static int put_header(const struct aw_snapw *writer, const struct out *out,
    struct aw_snap_header *header)
{
	uint8_t page[AW_SNAP_BODY] = { 0 };

	memcpy(header->magic, AW_SNAP_MAGIC, sizeof(header->magic));
	header->version = htole32(AW_SNAP_VERSION);
	header->flags = htole32(writer->needs_limits ? AW_SNAP_LIMITS : 0);
	header->size = htole64(out->written);
	header->generation = htole64(writer->generation);
	header->created = htole64(writer->created);
	header->body_sum = htole64(out->sum);
	header->n_users = htole32(writer->user_keys.n);
	header->n_groups = htole32(writer->group_keys.n);
	header->n_tombs = htole32(writer->n_tombs);
	header->n_suffixes = htole32(writer->n_suffixes);
	memcpy(header->store_id, writer->store_id, sizeof(writer->store_id));
	header->header_sum = htole64(aw_snap_sum64((const uint8_t *)header,
	    offsetof(struct aw_snap_header, header_sum)));
	memcpy(page, header, sizeof(*header));
	return write_all(out->fd, page, sizeof(page), 0);
}

int aw_snapw_write(struct aw_snapw *writer, int fd, struct aw_diag *diag)
{
	aw_own(aw_snapw_tables_done) struct aw_snapw_tables tables = { 0 };
	aw_own_free uint8_t *buf = malloc(OUT_SIZE);
	struct out out = { .fd = fd, .written = AW_SNAP_BODY, .data = buf };
	struct aw_snap_header header = { 0 };
	int r;

	if (!buf)
		return -ENOMEM;
	r = aw_snapw_tables(writer, &tables, diag);
	if (r < 0)
		return r;
	r = put_body(writer, &tables, &out, &header, diag);
	if (r < 0)
		return r;
	r = put_header(writer, &out, &header);
	if (r < 0)
		return r;
	return fsync(fd) < 0 ? -errno : 0;
}
