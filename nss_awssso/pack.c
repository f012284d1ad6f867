/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packer: nothing is written before all of it is known to fit, no byte
 * behind the buffer, no pointer to anywhere else.
 */
#include "nss_awssso/pack.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

/* Nobody's password is here: no hash, and not empty either. */
static const char no_password[2] = "*";

void aw_nss_pack_user(const struct aw_snap_user *user, struct passwd *ret)
{
	/* The buffer is the caller's; only the snapshot's view is const. */
	char *const strings = (char *)(uintptr_t)user->strings;

	ret->pw_name = strings;
	ret->pw_passwd = strings + user->gecos_at - sizeof(no_password);
	ret->pw_uid = user->id;
	ret->pw_gid = user->id;
	ret->pw_gecos = strings + user->gecos_at;
	ret->pw_dir = strings + user->home_at;
	ret->pw_shell = strings + user->shell_at;
}

/* Point @list at the strings of @text, which ends with a NUL. */
static void point_at(char **list, uint32_t n, char *text)
{
	for (uint32_t i = 0; i < n; i++) {
		list[i] = text;
		text += strlen(text) + 1;
	}
	list[n] = NULL;
}

int aw_nss_pack_group(const struct aw_snap_group *group, char *buf, size_t size,
    struct group *ret)
{
	const size_t align = _Alignof(char *);
	const size_t pad = (size_t)(-(uintptr_t)buf & (align - 1));
	const size_t list = ((size_t)group->n_members + 1) * sizeof(char *);
	const size_t name = pad + list;
	const size_t password = name + group->name_len + 1;
	const size_t members = password + sizeof(no_password);
	uint64_t nuls;

	/* Two 32 bit numbers and constants: no sum overflows. */
	if (members + group->members_len > size)
		return -ERANGE;
	memcpy(buf + name, group->name, (size_t)group->name_len + 1);
	memcpy(buf + password, no_password, sizeof(no_password));
	memcpy(buf + members, group->members, group->members_len);
	/* Looked at again where it is, for the owner of the file could have
	 * changed it since the reader looked. */
	if (!aw_name_is_possible(buf + name, group->name_len, true) ||
	    buf[password - 1] != '\0' ||
	    !aw_snap_is_plain(buf + members, group->members_len, ',', &nuls) ||
	    nuls != group->n_members ||
	    (nuls != 0 && buf[members + group->members_len - 1] != '\0'))
		return -EIO;
	point_at((char **)(void *)(buf + pad), group->n_members, buf + members);
	ret->gr_name = buf + name;
	ret->gr_passwd = buf + password;
	ret->gr_gid = group->id;
	ret->gr_mem = (char **)(void *)(buf + pad);
	return 0;
}
