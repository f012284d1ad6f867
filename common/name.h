/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: the one judge of what may be a Linux user or group name here, and
 * the mapping from a directory's names to them.
 *
 * Every sink (passwd, group, log, path, prompt) relies on this judge: a name
 * that passes cannot end a field, a line or a path component, is never an
 * option, a number or a name that the system or its administrators own (R13,
 * R17, R19, R23).
 */
#ifndef AW_COMMON_NAME_H
#define AW_COMMON_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "common/outcome.h"
#include "common/text.h"

#define AW_NAME_MAX      64 /* bytes of a Linux user or group name */
#define AW_NAME_SIZE     (AW_NAME_MAX + 1)
#define AW_USER_NAME_MAX 512 /* bytes of a directory UserName (128 points) */

/*
 * @name of @len bytes could be one of ours: 1..AW_NAME_MAX bytes, begins with
 * a-z 0-9 or '_', then a-z 0-9 '_' '-' '.' '@' '+', does not end in '.' and
 * holds at least one a-z or '_' (a number is an id, never a name).  A group
 * (@is_group) may hold A-Z as well (permission sets keep their case).
 * Cheap: called by NSS before any file is opened.
 */
bool aw_name_is_possible(const char *name, size_t len, bool is_group);

/*
 * @name belongs to the system whatever a directory says: root, nobody, the
 * accounts and groups of base systems, and groups that amount to root (sudo,
 * wheel, adm, docker, lxd, disk, shadow, kvm, libvirt ...).  Compared without
 * regard to ASCII case.
 */
bool aw_name_is_reserved(const char *name, size_t len);

/*
 * Both at once for the string @name: its length when it could be one of ours
 * and is not reserved, else 0.
 */
size_t aw_name_judge(const char *name, bool is_group);

/* How a directory's e-mail-like user names become Linux names. */
#define AW_NAME_DOMAINS_MAX 32
struct aw_name_domain {
	char domain[128]; /* lower case, without '@' */
	char suffix[16];  /* put behind the local part; mostly empty */
};
struct aw_name_rules {
	size_t n_domains;
	struct aw_name_domain domain[AW_NAME_DOMAINS_MAX];
};

/*
 * Parse one entry "example.com" or "partner.com:-ext" into @rules.  Returns 0,
 * or -EINVAL / -ENOSPC with @diag set.
 */
int aw_name_rules_add(struct aw_name_rules *rules, const char *entry,
    struct aw_diag *diag) AW_MUST_USE;

/*
 * The Linux user name for the directory's @user_name: lower case; a listed
 * domain is stripped and its suffix appended; anything else is kept whole.
 * ASCII only: nothing is folded that is not A-Z.
 * Returns 0 with @ret (AW_NAME_SIZE bytes); AW_DENIED with @diag saying why
 * the name cannot be used (and what would help).
 */
int aw_name_of_user(const struct aw_name_rules *rules, const char *user_name,
    char ret[AW_NAME_SIZE], struct aw_diag *diag) AW_MUST_USE;

/*
 * The Linux group name for a directory group's @display_name: lower case, runs
 * of blanks become one '-'.  Same returns as aw_name_of_user().
 */
int aw_name_of_group(const char *display_name, char ret[AW_NAME_SIZE],
    struct aw_diag *diag) AW_MUST_USE;

/*
 * The Linux group name for the permission set @set by @pattern, which holds
 * exactly one "%s" (default "aws-%s").  Case is kept; ',' and '=' make it
 * AW_DENIED.  Same returns.
 */
int aw_name_of_set(const char *pattern, const char *set, char ret[AW_NAME_SIZE],
    struct aw_diag *diag) AW_MUST_USE;

/*
 * @name could be that of a permission set's group by @pattern, or differs from
 * one in ASCII case only, which sudo does not tell apart.  Never by a @pattern
 * that has nothing beside its "%s".
 */
bool aw_name_is_of_set(const char *pattern, const char *name);

/*
 * @path is a home directory or shell that may stand in a passwd line:
 * absolute, no "..", ".", or empty component, no ':' and no control character.
 */
bool aw_name_is_path(const char *path, size_t len);

#endif
