/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: settings of sudo that turn its gate off.  With them sudo tells
 * PAM the name of whose password it wants, root's as a rule, instead of who
 * wants root: a local account, about whom nobody asks.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "awssso/doctor.h"
#include "common/file.h"
#include "common/own.h"
#include "common/text.h"

#define FILE_SIZE (64 * 1024)

/* The setting in the line @line of a sudoers file, or NULL.  @line is taken
 * apart. */
static const char *setting_in(char *line)
{
	static const char defaults[] = "Defaults";
	static const char *const settings[] = { "rootpw", "targetpw",
		"runaspw" };
	char *word;

	line += strspn(line, " \t");
	if (strncmp(line, defaults, sizeof(defaults) - 1) != 0)
		return NULL;
	while ((word = strsep(&line, " \t,")) && word[0] != '#')
		for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]);
		     i++)
			if (strcmp(word, settings[i]) == 0)
				return settings[i];
	return NULL;
}

/* Read @etc/@name into @text.  False when it is not there, or cannot be read,
 * which is said. */
static bool read_etc(
    struct aw_doctor *doctor, const char *name, char *text, size_t size)
{
	char path[512];
	size_t len;
	int r;

	if (aw_fmt(path, sizeof(path), "%s/%s", doctor->etc, name) < 0)
		return false;
	r = aw_file_read(path, (uid_t)-1, text, size, &len);
	if (r < 0)
		aw_doctor_say(doctor, "sudo", AW_DOCTOR_NOTE,
		    "%s cannot be read: %s", path, strerrordesc_np(-r));
	return r == 0;
}

/* How many settings of the file @name are said. */
static unsigned check_file(struct aw_doctor *doctor, const char *name)
{
	static char text[FILE_SIZE];
	const char *setting;
	unsigned n = 0, found = 0;
	char *rest = text, *line;

	if (!read_etc(doctor, name, text, sizeof(text)))
		return 0;
	while ((line = strsep(&rest, "\n"))) {
		n++;
		setting = setting_in(line);
		if (!setting)
			continue;
		found++;
		aw_doctor_say(doctor, "sudo", AW_DOCTOR_FINDING,
		    "%s/%s, line %u: %s hides from PAM who wants root, so that "
		    "nobody's permission set is asked for; take it out",
		    doctor->etc, name, n, setting);
	}
	return found;
}

/* As sudo reads a folder: neither backups nor what a package has left. */
static unsigned check_folder(struct aw_doctor *doctor)
{
	struct dirent *entry;
	unsigned found = 0;
	aw_own_dir DIR *dir = NULL;
	char path[512];

	if (aw_fmt(path, sizeof(path), "%s/sudoers.d", doctor->etc) < 0)
		return 0;
	dir = opendir(path);
	if (!dir && errno != ENOENT)
		aw_doctor_say(doctor, "sudo", AW_DOCTOR_NOTE,
		    "%s cannot be read: %s", path, strerrordesc_np(errno));
	while (dir && (entry = readdir(dir)))
		if (!strpbrk(entry->d_name, ".~") &&
		    aw_fmt(path, sizeof(path), "sudoers.d/%s", entry->d_name) ==
			0)
			found += check_file(doctor, path);
	return found;
}

void aw_doctor_check_sudo(struct aw_doctor *doctor)
{
	static char stack[FILE_SIZE];
	unsigned found;

	if (!read_etc(doctor, "pam.d/sudo", stack, sizeof(stack)) ||
	    !strstr(stack, "permission_set="))
		return;
	found = check_file(doctor, "sudoers");
	found += check_folder(doctor);
	if (found == 0)
		aw_doctor_say(
		    doctor, "sudo", AW_DOCTOR_GOOD, "tells PAM who wants root");
}
