/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile FILE NAME WHAT: change the user NAME in the snapshot FILE to what
 * only a writer that has been taken over could write, every checksum right:
 *
 *	home=PATH name=NAME	(as long as what is there)
 *	id=N			the uid
 *	gid=N			the first of the user's groups
 *
 * All lookups of users lead to that record then.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/snapshot.h"
#include "common/snapshot_format.h"

static int die(const char *why)
{
	(void)fprintf(stderr, "hostile: %s\n", why);
	return 1;
}

static size_t strings_len(const uint8_t *rec)
{
	const struct aw_snap_user_rec *r = (const void *)rec;

	return (size_t)r->name_len + le16toh(r->gecos_len) + r->home_len +
	       r->shell_len + 6;
}

static void fix(uint8_t *base, uint8_t *rec)
{
	struct aw_snap_user_rec *r = (void *)rec;
	const size_t len = strings_len(rec);
	const uint64_t at =
	    aw_snap_align((uint64_t)(rec - base) + AW_SNAP_USER_FIXED + len, 4);

	r->more_sum = htole32(aw_snap_sum32(
	    base + at, (size_t)le16toh(r->n_gids) * 4 + le16toh(r->more_len)));
	r->sum = htole32(
	    aw_snap_user_sum(rec, (const char *)rec + AW_SNAP_USER_FIXED, len));
}

static void lead_to(uint8_t *base, const uint8_t *rec)
{
	const struct aw_snap_header *h = (const void *)base;
	const struct aw_snap_user_rec *r = (const void *)rec;
	const uint64_t seed = le64toh(h->seed);
	const uint32_t n = le32toh(h->n_users);
	uint64_t *slots = (void *)(base + le64toh(h->tables_off));
	const uint32_t tags[2] = { aw_snap_hash_name(seed,
				       (const char *)rec + AW_SNAP_USER_FIXED,
				       r->name_len),
		aw_snap_hash_id(seed, le32toh(r->id)) };

	memset(slots, 0, aw_snap_slots(n) * 16);
	for (int i = 0; i < 2; i++, slots += aw_snap_slots(n))
		slots[aw_snap_home(tags[i], aw_snap_homes(n))] = htole64(
		    (uint64_t)tags[i] << 32 | (uint64_t)(rec - base) / 4);
}

/* Carry out "KEY=VALUE" on the record at @at. */
static int change(uint8_t *base, uint64_t at, const char *what)
{
	uint8_t *rec = base + at;
	struct aw_snap_user_rec *r = (void *)rec;
	char *strings = (char *)rec + AW_SNAP_USER_FIXED;
	const size_t home = r->name_len + 3u + le16toh(r->gecos_len) + 1u;
	const char *value = strchr(what, '=');
	uint32_t number;

	if (!value++)
		return die("KEY=VALUE is wanted");
	number = htole32((uint32_t)strtoul(value, NULL, 10));
	if (!strncmp(what, "home=", 5) && strlen(value) == r->home_len)
		memcpy(strings + home, value, r->home_len);
	else if (!strncmp(what, "name=", 5) && strlen(value) == r->name_len)
		memcpy(strings, value, r->name_len);
	else if (!strncmp(what, "id=", 3))
		r->id = number;
	else if (!strncmp(what, "gid=", 4) && r->n_gids)
		memcpy(
		    base + aw_snap_align(
			       at + AW_SNAP_USER_FIXED + strings_len(rec), 4),
		    &number, sizeof(number));
	else
		return die("cannot be put there");
	fix(base, rec);
	lead_to(base, rec);
	return 0;
}

int main(int argc, char **argv)
{
	struct aw_snap snap;
	struct aw_snap_user user;
	uint8_t *base;
	int fd, r;

	if (argc != 4)
		return die("FILE NAME WHAT are wanted");
	r = aw_snap_open(argv[1], 0, &snap);
	if (r != 0 ||
	    aw_snap_user_by_name(&snap, argv[2], strlen(argv[2]), &user) != 0)
		return die("no such user in it");
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	base = mmap(NULL, snap.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || base == MAP_FAILED)
		return die("cannot be written");
	return change(base, user.at, argv[3]);
}
