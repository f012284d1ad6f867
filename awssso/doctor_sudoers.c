/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may be root by sudo.
 */
#include "awssso/doctor_sudoers.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/own.h"
#include "common/text.h"

#define BLANKS " \t"

int aw_sudoers_files(
    const struct aw_doctor *doctor, aw_sudoers_file_fn *fn, void *user)
{
	struct dirent *entry;
	aw_own_dir DIR *dir = NULL;
	char path[512];
	int r;

	r = fn(user, "sudoers");
	if (r == 0)
		r = aw_fmt(path, sizeof(path), "%s/sudoers.d", doctor->etc);
	if (r < 0)
		return r;
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0 && (entry = readdir(dir)))
		if (!strpbrk(entry->d_name, ".~") &&
		    aw_fmt(path, sizeof(path), "sudoers.d/%s", entry->d_name) ==
			0)
			r = fn(user, path);
	return r;
}

/* --- lines ------------------------------------------------------------- */

struct walk {
	const struct aw_doctor *doctor;
	aw_sudoers_fn *fn;
	void *user;
};

/* Lines of settings, aliases and comments. */
static bool is_rule(const char *line)
{
	static const char *const others[] = { "Defaults", "User_Alias",
		"Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias", "@",
		"#include" };

	if (!*line || (*line == '#' && (line[1] < '0' || line[1] > '9')))
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strncmp(line, others[i], strlen(others[i])) == 0)
			return false;
	return true;
}

/* "(ALL:ALL) NOPASSWD: ALL": everything, and as root. */
static bool is_everything(const char *what)
{
	size_t len;
	const char *end = strchr(what, ')');

	what += strspn(what, BLANKS);
	if (*what == '(' && end &&
	    !memmem(what, (size_t)(end - what), "ALL", 3) &&
	    !memmem(what, (size_t)(end - what), "root", 4))
		return false;
	if (*what == '(' && end)
		what = end + 1;
	len = strcspn(what, "#");
	while (len > 0 && strchr(BLANKS, what[len - 1]))
		len--;
	return len >= 3 && strncmp(what + len - 3, "ALL", 3) == 0 &&
	       (len == 3 || strchr(BLANKS ":,", what[len - 4]));
}

/* "WHO, WHO HOST = WHAT": the last word before "=" is the host. */
static void take_line(struct walk *walk, char *line)
{
	char *what, *word, *next;
	bool no_password;

	line += strspn(line, BLANKS);
	what = strchr(line, '=');
	if (!is_rule(line) || !what)
		return;
	*what++ = '\0';
	if (!is_everything(what))
		return;
	no_password = strstr(what, "NOPASSWD:") != NULL;
	next = line;
	word = strsep(&next, BLANKS ",");
	while (word && next) {
		next += strspn(next, BLANKS ",");
		if (*word && *next)
			walk->fn(walk->user, word, no_password);
		word = strsep(&next, BLANKS ",");
	}
}

static int take_file(void *user, const char *name)
{
	aw_own_free char *text = malloc(AW_DOCTOR_FILE);
	struct walk *walk = user;
	char *rest = text, *line, *at;
	int r;

	if (!text)
		return -ENOMEM;
	r = aw_doctor_read_etc(walk->doctor, name, text);
	if (r != 0)
		return r < 0 ? r : 0;
	/* A line may go on behind a backslash at its end. */
	while ((at = strstr(text, "\\\n")))
		memcpy(at, "  ", 2);
	while ((line = strsep(&rest, "\n")))
		take_line(walk, line);
	return 0;
}

int aw_sudoers_walk(
    const struct aw_doctor *doctor, aw_sudoers_fn *fn, void *user)
{
	struct walk walk = { doctor, fn, user };

	return aw_sudoers_files(doctor, take_file, &walk);
}
