/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for pam_awssso/paths.c and for libc's getpwnam_r(), in the module
 * that libpam loads and in the programs that link its objects.
 */
#include "tests/unit/pam_awssso/places.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pam_awssso/paths.h"

static struct aw_dir directory =
    AW_DIR_INIT("lib/public/directory.1", "nss.limits", 0);

const struct aw_pam_paths aw_pam_paths = {
	.auth_sock = "auth.sock",
	.passwd = "local",
	.session_id = "session",
	.directory = &directory,
	.connect_ms = 200,
	.answer_ms = AW_TEST_ANSWER_MS,
	.enter_ms = AW_TEST_ENTER_MS,
	.grace_ms = 200,
};

/* What belongs to root on a host belongs to whoever runs the test. */
__attribute__((constructor)) static void own(void)
{
	directory.root = getuid();
}

int getpwnam_r(const char *name, struct passwd *entry, char *buf, size_t size,
    struct passwd **ret)
{
	FILE *file = fopen("passwd", "re");
	int r = file ? 0 : EIO;

	*ret = NULL;
	while (file && fgetpwent_r(file, entry, buf, size, ret) == 0 &&
	       strcmp(entry->pw_name, name) != 0)
		*ret = NULL;
	if (file)
		(void)fclose(file);
	return r;
}
