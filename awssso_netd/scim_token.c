/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token is read, looked at once, and lives on in locked memory only.
 */
#include "awssso_netd/scim_token.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso_netd/private_file.h"
#include "common/own.h"

#define TOKEN_MAX    (8 * 1024)
#define PAM_FILE_MAX (64 * 1024)

/* A line that is no comment names our module. */
static bool names_module(const char *text)
{
	const char *at = text;

	while ((at = strstr(at, "pam_awssso")) != NULL) {
		const char *line = at;

		while (line > text && line[-1] != '\n')
			line--;
		line += strspn(line, " \t");
		if (*line != '#')
			return true;
		at++;
	}
	return false;
}

static bool is_login_file(int dir_fd, const char *name)
{
	aw_own_fd int fd =
	    openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	aw_own_free char *text = malloc(PAM_FILE_MAX);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return errno != ENOENT;
	if (!text || fstat(fd, &st) < 0)
		return true;
	if (!S_ISREG(st.st_mode))
		return false;
	n = read(fd, text, PAM_FILE_MAX - 1);
	if (n < 0)
		return true;
	text[n] = '\0';
	return names_module(text);
}

bool aw_scim_is_login_host(const char *pam_dir)
{
	aw_own_dir DIR *dir = opendir(pam_dir);
	const struct dirent *entry;

	if (!dir)
		return errno != ENOENT;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' &&
		    is_login_file(dirfd(dir), entry->d_name))
			return true;
	return false;
}

static int deny(struct aw_diag *diag, const char *why)
{
	aw_diag_set(diag, "%s", why);
	return AW_DENIED;
}

/* The folder that systemd puts credentials into, or NULL. */
static const char *credentials_dir(void)
{
	static const char name[] = "CREDENTIALS_DIRECTORY=";

	for (char **at = environ; at && *at; at++)
		if (strncmp(*at, name, sizeof(name) - 1) == 0)
			return *at + sizeof(name) - 1;
	return NULL;
}

static int find_file(const struct aw_conf *conf, char *path, size_t size)
{
	const char *dir = credentials_dir();

	if (conf->scim_token_file[0])
		return aw_copy(path, size, conf->scim_token_file);
	if (!dir || aw_fmt(path, size, "%s/scim-token", dir) < 0 ||
	    access(path, F_OK) < 0)
		return AW_ABSENT;
	return 0;
}

/* One word of visible ASCII, as a header field wants it. */
static bool trim_token(char *text, size_t len)
{
	while (len > 0 && strchr(" \t\r\n", text[len - 1]))
		text[--len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return len > 0;
}

int aw_scim_token_read(
    const struct aw_conf *conf, struct aw_secret **ret, struct aw_diag *diag)
{
	char path[512], text[TOKEN_MAX];
	size_t len = 0;
	int r;

	if (!conf->scim_on_login_host &&
	    (aw_scim_is_login_host("/etc/pam.d") ||
		aw_scim_is_login_host("/usr/lib/pam.d")))
		return deny(diag,
		    "people sign in to this host, and the SCIM token can "
		    "create people: read SCIM on a publisher (awssso publish) "
		    "and set source = published here, or set "
		    "scim_on_login_host = yes");
	if (find_file(conf, path, sizeof(path)) != 0)
		return deny(diag,
		    "no SCIM token: set scim_token_file, or the systemd "
		    "credential scim-token");
	r = aw_private_read(
	    path, geteuid(), getegid(), text, sizeof(text), &len, diag);
	if (r == 0 && !trim_token(text, len)) {
		aw_diag_set(diag, "%s: not one word, the SCIM token", path);
		r = -EINVAL;
	}
	if (r == 0)
		r = aw_secret_new(text, ret);
	explicit_bzero(text, sizeof(text));
	return r == 0 || r == -ENOMEM ? r : AW_DENIED;
}
