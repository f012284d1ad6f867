/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader of group files: name:password:gid:members.
 */
#include "common/group_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/id.h"
#include "common/own.h"
#include "common/text.h"

static void file_done(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

/* Name and id of @line, which is taken apart.  False: it has none. */
static bool read_line(char *line, const char **ret_name, uint32_t *ret_gid)
{
	char *rest = line;
	uint64_t gid;

	line[strcspn(line, "\n")] = '\0';
	*ret_name = strsep(&rest, ":");
	(void)strsep(&rest, ":");
	if (!rest || aw_num_u64(strsep(&rest, ":"), 0, UINT32_MAX, &gid) != 0)
		return false;
	*ret_gid = gid == UINT32_MAX || aw_id_in_range(gid) ? 0 : (uint32_t)gid;
	return true;
}

int aw_group_file_gids(
    const struct aw_conf_groups *groups, const char *path, uint32_t *ret_gids)
{
	aw_own(file_done) FILE *file = fopen(path, "re");
	aw_own_free char *line = NULL;
	bool seen[AW_CONF_GROUPS_MAX] = { false };
	const char *name;
	size_t size = 0;
	uint32_t gid;

	memset(ret_gids, 0, AW_CONF_GROUPS_MAX * sizeof(*ret_gids));
	if (!file)
		return -errno;
	while (getline(&line, &size, file) >= 0) {
		if (!read_line(line, &name, &gid))
			continue;
		for (size_t i = 0; i < groups->n; i++) {
			if (seen[i] || strcmp(groups->item[i].name, name) != 0)
				continue;
			seen[i] = true;
			ret_gids[i] = gid;
		}
	}
	return ferror(file) ? -EIO : 0;
}
