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

int aw_conf_file_load(const char *path, uid_t owner, struct aw_conf *ret)
{
	aw_own_free char *text = malloc(AW_CONF_FILE_MAX + 1);
	struct aw_diag diag = { 0 };
	size_t len;
	int r;

	if (!text)
		return aw_complain("out of memory", NULL);
	r = aw_file_read(path, owner, text, AW_CONF_FILE_MAX + 1, &len);
	if (r == AW_ABSENT)
		return aw_complain(path, "no such file");
	if (r == -EPERM)
		return aw_complain(path,
		    "is no regular file, somebody else's, or others may "
		    "write it");
	if (r == -EFBIG)
		return aw_complain(path, "larger than 64 KiB");
	if (r < 0)
		return aw_complain(path, strerrordesc_np(-r));
	if (aw_conf_parse(text, len, path, ini_parse_stream, ret, &diag) < 0)
		return aw_complain(diag.text, NULL);
	return AW_EXIT_OK;
}
