/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings, for commands.
 */
#include "awssso/conf_file.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "awssso/command.h"
#include "common/file.h"
#include "common/own.h"

static int refuse(struct aw_diag *why, const char *path, const char *what)
{
	aw_diag_set(why, "%s: %s", path, what);
	return AW_DENIED;
}

int aw_conf_file_read(
    const char *path, uid_t owner, struct aw_conf *ret, struct aw_diag *why)
{
	aw_own_free char *text = malloc(AW_CONF_FILE_MAX + 1);
	size_t len;
	int r;

	if (!text)
		return refuse(why, path, "out of memory");
	r = aw_file_read(path, owner, text, AW_CONF_FILE_MAX + 1, &len);
	if (r == AW_ABSENT)
		return refuse(why, path, "no such file");
	if (r == -EPERM)
		return refuse(why, path,
		    "is no regular file, somebody else's, or others may "
		    "write it");
	if (r == -EFBIG)
		return refuse(why, path, "larger than 64 KiB");
	if (r < 0)
		return refuse(why, path, strerrordesc_np(-r));
	return aw_conf_parse(text, len, path, ini_parse_stream, ret, why) < 0
		   ? AW_DENIED
		   : 0;
}

int aw_conf_file_load(const char *path, uid_t owner, struct aw_conf *ret)
{
	struct aw_diag why = { .text = "" };

	return aw_conf_file_read(path, owner, ret, &why) == 0
		   ? AW_EXIT_OK
		   : aw_complain(why.text, NULL);
}
