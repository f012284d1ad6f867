/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory snapshot: one read-only file that answers every NSS lookup.
 * This header is its reader; common/snapshot_write.h its writer.
 *
 * One file, little-endian, mapped as a whole:
 *
 *   0       header (struct aw_snap_header, common/snapshot_format.h): magic
 *           "AWSSODIR", version, size, generation, time, seed, where the parts
 *           are, how many records, the store's id, checksum of the body and
 *           of the header itself
 *   256     superseded: 0, or 1 once a newer file has the name.  Alone on its
 *           line and in no checksum, for it is the one word that changes
 *   4096    the body; what the writer punches out later begins here
 *           suffixes of directory names ("@example.com"): 64 bytes each
 *   users   one record each, those that are listed (AW_SNAP_ENUM) first:
 *             sum id more_sum gecos_len n_gids more_len
 *             name_len home_len shell_len flags        (22 bytes)
 *             "name\0*\0gecos\0home\0shell\0"          ready for one memcpy
 *             (to 4) gids of the user's groups         4 bytes each
 *             principal id, directory name             (to 4)
 *   groups  likewise, listed ones first:
 *             sum id members_sum members_len n_members
 *             display_sum display_len
 *             name_len more_len flags                  (29 bytes)
 *             "name\0", principal id
 *             member names, each with its NUL
 *             DisplayName, which no lookup touches     (to 4)
 *   tombs   sum id name_len more_len flags "name\0" principal id (to 4)
 *           and between them notes, of the same form, for who has lost
 *           everything but this file.  Where a name would stand is "/home/x":
 *           the home of the tombstone behind it, which has the same id; or
 *           ":text", whatever the writer wants to know again of the principal
 *           with that id (0: of none), or of one that may have none, whose
 *           principal id then follows.  No name begins so, so that a reader
 *           which knows of no notes passes over them; n_tombs does not count
 *           them
 *   tables  user by name, user by id, group by name, group by id.  A slot has
 *           8 bytes: offset of a record / 4 in the low half (0: empty), tag in
 *           the high one.  Slots are sorted by tag; home is tag * homes / 2^32,
 *           homes is 1.5 n + 1, so two slots in three are taken at most; a key
 *           is at most max_probe (<= 64) slots behind its home, and as many
 *           slots follow the last home.  tag is the high half of a 64 bit
 *           multiply-and-fold hash with the file's own seed.
 *
 * A principal id is stored as 16 bytes when it is a UUID, also when "X-" is in
 * front and the store is "d-X"; else as text.  A directory name is stored as
 * how many first bytes it shares with the Linux name, then its suffix's number
 * or its rest.  The private group of each user (gid = uid) has no record, nor
 * has a group that the host owns: its gid stands in its members' lists only.
 *
 * A file is believed only when its place is right (aw_snap_open), its header's
 * checksum holds and its size is the one the header names.  Each record has
 * checksums of its own, tested at every use, and every offset is compared with
 * the file's size before it is followed: a corrupt, cut or hostile file makes
 * lookups fail with -EIO, it never crashes the process and never invents an
 * id.  What a record may say is limited here as well, see aw_snap_user.
 */
#ifndef AW_COMMON_SNAPSHOT_H
#define AW_COMMON_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/name.h"
#include "common/outcome.h"

#define AW_PRINCIPAL_MAX  128 /* bytes of an immutable id */
#define AW_PRINCIPAL_SIZE (AW_PRINCIPAL_MAX + 1)
#define AW_STORE_SIZE     65
/* Of a group's DisplayName, with its NUL. */
#define AW_SNAP_DISPLAY_SIZE 4097
#define AW_SNAP_NOTE_SIZE    256

enum aw_snap_flag {
	AW_SNAP_DISABLED = 1, /* UserStatus DISABLED: resolvable, no entry */
	AW_SNAP_ALLOWED = 2,  /* the access policy lets this person in by cron,
				 at and systemd-user, as far as the directory
				 alone can tell */
	AW_SNAP_ENUM = 4,     /* listed by getpwent / getgrent */
	AW_SNAP_SET = 8,      /* the group stands for a permission set */
	AW_SNAP_GROUP = 16,   /* (tombstones) the id was a group's */
	AW_SNAP_LEARNED = 32, /* (sets) its members are those who have shown it
				 at a sign-in, not all who hold it */
};

/* A table of slots. */
struct aw_snap_table {
	const uint64_t *slot;
	uint32_t homes;
};

/* An open, mapped and checked snapshot. */
struct aw_snap {
	const uint8_t *base;
	size_t size;
	dev_t dev;
	ino_t ino;
	uint64_t generation;
	uint64_t created; /* epoch seconds: when the directory was read */
	uint64_t seed;
	uint32_t n_users, n_groups, n_tombs;
	uint32_t n_suffixes;
	uint32_t max_probe;
	bool needs_limits; /* some record relies on nss.limits */
	/* where each part begins, and the one before it ends: */
	uint64_t users_off, groups_off, tombs_off, tables_off;
	struct aw_snap_table user_name, user_id, group_name, group_id;
};

/*
 * A user's record.  Pointers lead into the map, valid as long as it is.
 * Guaranteed of every record that a lookup returns: @name passes
 * aw_name_is_possible() and is not reserved; @home and @shell pass
 * aw_name_is_path(); @gecos holds no ':' and no control character; the id is
 * not below 1000.  Whether an id outside the range and a home outside /home/
 * are allowed on this host is the caller's to ask (common/limits.h).
 */
struct aw_snap_user {
	uint32_t id; /* uid, and gid of the private group */
	uint32_t flags;
	/* "name\0*\0gecos\0home\0shell\0" and the offsets of its parts; the
	 * name has gecos_at - 3 bytes: */
	const char *strings;
	uint32_t strings_len;
	uint32_t gecos_at, home_at, shell_at;
	uint64_t at; /* the record's offset, for aw_snap_user_more() */
};

/* What few callers need of a user: kept apart so lookups stay cheap. */
struct aw_snap_user_more {
	char principal_id[AW_PRINCIPAL_SIZE];
	char user_name[AW_USER_NAME_MAX + 1];
};

/*
 * A group's record.  @name passes aw_name_is_possible() for groups and is not
 * reserved; the id is neither 0 nor -1; @members are exactly @n_members
 * strings without ':', ',' or a control character.
 */
struct aw_snap_group {
	uint32_t id;
	uint32_t flags;
	const char *name;
	uint32_t name_len;
	/* member names, each NUL-terminated, one behind the other: */
	const char *members;
	uint32_t members_len;
	uint32_t n_members;
	uint64_t at;
};

struct aw_snap_tomb {
	char principal_id[AW_PRINCIPAL_SIZE];
	char name[AW_NAME_SIZE];
	uint32_t id;
	uint32_t flags;
	char
	    home[AW_SNAP_NOTE_SIZE]; /* passes aw_name_is_path(); "": unknown */
};

/* What no lookup finds.  @text begins with ':' and holds no control character,
 * or is the home of a tombstone. */
struct aw_snap_note {
	char text[AW_SNAP_NOTE_SIZE];
	uint32_t id;                          /* posix id */
	char principal_id[AW_PRINCIPAL_SIZE]; /* "": none */
};

/*
 * Map the snapshot at @path.
 *
 * Trusted is only a regular file with one link that nobody but its owner may
 * write, in a directory of the same owner that nobody else may write, whose
 * parent directory belongs to @root (0; tests run as somebody else) and is not
 * writable by others.
 *
 * Returns 0 (close with aw_snap_close()); AW_ABSENT; or a negative errno:
 * -EPERM (place not trusted), -EIO (not a snapshot, cut, checksum), -EPROTO (a
 * version this build does not know), -ENOMEM...
 */
int aw_snap_open(const char *path, uid_t root, struct aw_snap *ret) AW_MUST_USE;
/* The same for a file that a person named on their own command line: its place
 * is not asked about, only whether it is a regular file. */
int aw_snap_open_named(const char *path, struct aw_snap *ret) AW_MUST_USE;
void aw_snap_close(struct aw_snap *snap);

/* A newer file has taken this one's place (one load, no system call). */
bool aw_snap_superseded(const struct aw_snap *snap);

/* Take that mark out of @copy, the first @len bytes of a snapshot. */
void aw_snap_clear_mark(uint8_t *copy, size_t len);

/* The identity store id of the snapshot.  Borrowed, NUL-terminated. */
const char *aw_snap_store(const struct aw_snap *snap);

/*
 * Look up by name or id.  Return 0; AW_UNKNOWN; or -EIO when the place where
 * the answer should stand is corrupt (then the caller must not say "unknown").
 * A record that breaks the rules above is AW_UNKNOWN, and so is any name that
 * is not possible or is reserved.  No system call, no allocation, bounded time.
 */
int aw_snap_user_by_name(const struct aw_snap *snap, const char *name,
    size_t len, struct aw_snap_user *ret) AW_MUST_USE;
int aw_snap_user_by_id(const struct aw_snap *snap, uint32_t id,
    struct aw_snap_user *ret) AW_MUST_USE;
int aw_snap_group_by_name(const struct aw_snap *snap, const char *name,
    size_t len, struct aw_snap_group *ret) AW_MUST_USE;
int aw_snap_group_by_id(const struct aw_snap *snap, uint32_t id,
    struct aw_snap_group *ret) AW_MUST_USE;

/*
 * The same for who hands the bytes on to somebody else: the strings are copied
 * to @buf of @size bytes and checked there, so that whoever owns the file
 * cannot exchange them behind the check.  @ret->strings is @buf.  -ERANGE when
 * it is too small; nothing has been written then.
 */
int aw_snap_user_by_name_to(const struct aw_snap *snap, const char *name,
    size_t len, char *buf, size_t size, struct aw_snap_user *ret) AW_MUST_USE;
int aw_snap_user_by_id_to(const struct aw_snap *snap, uint32_t id, char *buf,
    size_t size, struct aw_snap_user *ret) AW_MUST_USE;

/*
 * The gids of @user's groups (without the private one) into @gids, at most
 * @max.  @ret_n is how many there are, even when more than @max.  Returns 0 or
 * -EIO.
 */
int aw_snap_user_gids(const struct aw_snap *snap,
    const struct aw_snap_user *user, uint32_t *gids, uint32_t max,
    uint32_t *ret_n) AW_MUST_USE;

/* The same in place: @ret_list is to be read with aw_snap_gid(). */
int aw_snap_user_gid_list(const struct aw_snap *snap,
    const struct aw_snap_user *user, const uint8_t **ret_list,
    uint32_t *ret_n) AW_MUST_USE;
static inline uint32_t aw_snap_gid(const uint8_t *list, uint32_t index)
{
	const uint8_t *const p = list + (size_t)index * 4;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* Returns 0 or -EIO. */
int aw_snap_user_more(const struct aw_snap *snap,
    const struct aw_snap_user *user, struct aw_snap_user_more *ret) AW_MUST_USE;
/* @ret_id has AW_PRINCIPAL_SIZE bytes.  Returns 0 or -EIO. */
int aw_snap_group_principal(const struct aw_snap *snap,
    const struct aw_snap_group *group, char *ret_id) AW_MUST_USE;
/* The directory's name of the group, "" if it is not known.  @buf has
 * AW_SNAP_DISPLAY_SIZE bytes.  Returns 0 or -EIO. */
int aw_snap_group_display(const struct aw_snap *snap,
    const struct aw_snap_group *group, char *buf) AW_MUST_USE;

/*
 * Walk all records; start with *@cursor zero.  With @only_enum just those
 * with AW_SNAP_ENUM (they come first in the file).  0, AW_END or -EIO.
 */
int aw_snap_next_user(const struct aw_snap *snap, uint64_t *cursor,
    bool only_enum, struct aw_snap_user *ret) AW_MUST_USE;
int aw_snap_next_user_to(const struct aw_snap *snap, uint64_t *cursor,
    bool only_enum, char *buf, size_t size,
    struct aw_snap_user *ret) AW_MUST_USE;
int aw_snap_next_group(const struct aw_snap *snap, uint64_t *cursor,
    bool only_enum, struct aw_snap_group *ret) AW_MUST_USE;
int aw_snap_next_tomb(const struct aw_snap *snap, uint64_t *cursor,
    struct aw_snap_tomb *ret) AW_MUST_USE;
/* Those with ':' only; homes come with their tombstones. */
int aw_snap_next_note(const struct aw_snap *snap, uint64_t *cursor,
    struct aw_snap_note *ret) AW_MUST_USE;

/*
 * @text of @len bytes holds no control character but NUL, no ':' and no
 * @other; @ret_nuls is how many NULs.  For who has copied a group's members
 * and hands the copy on.
 */
bool aw_snap_is_plain(
    const char *text, size_t len, char other, uint64_t *ret_nuls);

/* Check the checksum of the whole file and each record.  0 or -EIO. */
int aw_snap_verify(const struct aw_snap *snap) AW_MUST_USE;

#endif
