/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the block that the commands of the ledger share.
 */
#include "awssso/ids_allow.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "awssso/commands.h"
#include "common/id.h"
#include "common/paths.h"

#define BLOCK     "awssso ids"
#define HOME_SIZE 257

int aw_ids_allow_begin(struct aw_ids_allow *ret, const char *path)
{
	struct aw_diag why = { .text = "" };

	ret->path = path ? path : AW_PATH_LIMITS;
	if (aw_limits_file_read(ret->path, &ret->old, &why) < 0)
		return aw_complain(why.text, NULL);
	ret->new = ret->old;
	return AW_EXIT_OK;
}

static int add(struct aw_ids_allow *allow, const char *key, const char *value)
{
	struct aw_diag why = { .text = "" };
	char line[HOME_SIZE + 8];
	int r;

	r = aw_fmt(line, sizeof(line), "%s %s", key, value);
	if (r == 0)
		r = aw_limits_file_add(&allow->new, BLOCK, line, &why);
	return r < 0 ? aw_complain(allow->path, why.text) : AW_EXIT_OK;
}

int aw_ids_allow_id(struct aw_ids_allow *allow, uint64_t id)
{
	char text[24];

	if (id == 0 || aw_id_in_range(id))
		return AW_EXIT_OK;
	aw_ignore(aw_fmt(text, sizeof(text), "%" PRIu64, id));
	return add(allow, "uid", text);
}

int aw_ids_allow_home(struct aw_ids_allow *allow, const char *home)
{
	char folder[HOME_SIZE];

	if (!*home || strncmp(home, "/home/", 6) == 0)
		return AW_EXIT_OK;
	aw_ignore(aw_fmt(folder, sizeof(folder), "%.*s",
	    (int)(strrchr(home, '/') - home + 1), home));
	return add(allow, "home", folder);
}

int aw_ids_allow_write(const struct aw_ids_allow *allow)
{
	int r;

	if (!strcmp(allow->old.text, allow->new.text))
		return AW_EXIT_OK;
	r = aw_limits_file_write(allow->path, &allow->new);
	if (r < 0) {
		(void)aw_complain(allow->path, strerrordesc_np(-r));
		return aw_complain("until that is repaired and this is run "
				   "again, the NSS module hides the entry",
		    NULL);
	}
	printf("%s: written\n", allow->path);
	return AW_EXIT_OK;
}
