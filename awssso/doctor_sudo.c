/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: settings of sudo that turn its gate off.  With them sudo tells
 * PAM the name of whose password it wants, root's as a rule, instead of who
 * wants root: a local account, about whom nobody asks.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/doctor.h"
#include "awssso/doctor_sudoers.h"
#include "awssso/pam_lines.h"
#include "common/own.h"
#include "common/text.h"

#define NAME "sudo"

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

struct search {
	struct aw_doctor *doctor;
	unsigned found;
};

/* Say each such setting of the file @name. */
static int check_file(void *user, const char *name)
{
	aw_own_free char *text = malloc(AW_DOCTOR_FILE);
	struct search *search = user;
	struct aw_doctor *doctor = search->doctor;
	char *rest = text, *line;
	const char *setting;
	unsigned n = 0;
	int r;

	r = text ? aw_doctor_read_etc(doctor, name, text) : -ENOMEM;
	if (r != 0)
		return r < 0 ? r : 0;
	while ((line = strsep(&rest, "\n"))) {
		n++;
		setting = setting_in(line);
		if (!setting)
			continue;
		search->found++;
		aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN, "take it out",
		    "%s/%s, line %u: %s hides from PAM who wants root, so that "
		    "nobody's permission set is asked for",
		    doctor->etc, name, n, setting);
	}
	return 0;
}

static void find_gate(void *user, const struct aw_pam_line *line)
{
	bool *has_gate = user;

	*has_gate |= aw_pam_is_ours(line) &&
		     strcmp(line->phase, "account") == 0 &&
		     strstr(line->options, "permission_set=");
}

void aw_doctor_check_sudo(struct aw_doctor *doctor)
{
	struct search search = { .doctor = doctor };
	bool has_gate = false;
	char path[512];
	int r;

	if (aw_fmt(path, sizeof(path), "%s/pam.d/sudo", doctor->etc) < 0 ||
	    access(path, F_OK) < 0)
		return;
	/* What cannot be read is said of PAM. */
	if (aw_pam_walk(doctor->etc, "sudo", find_gate, &has_gate) != 0)
		return;
	if (!has_gate) {
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING,
		    "copy pam.d/sudo from /usr/share/doc/awssso/examples, and "
		    "name the permission set",
		    "%s asks for no permission set: whoever sudoers names, by "
		    "the last sweep, is root",
		    path);
		return;
	}
	r = aw_sudoers_files(doctor, check_file, &search);
	if (r == -EACCES)
		aw_doctor_say_root(doctor, NAME, "whether its gate is open");
	else if (r < 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, NULL,
		    "sudoers cannot be read: %s", strerrordesc_np(-r));
	else if (search.found == 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    "asks for a permission set, and tells PAM who wants root");
}
