/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: what sshd's settings come to, as sshd itself says.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/doctor.h"
#include "common/own.h"
#include "common/text.h"

#define NAME     "sshd"
#define SSHD     "/usr/sbin/sshd"
#define PATIENCE 10
#define TEXT_MAX (64 * 1024)
#define GRACE_S  300 /* as in conf/sshd_config.d */
#define DROP_IN                                                      \
	"copy sshd_config.d/awssso.conf from /usr/share/doc/awssso/" \
	"examples to /etc/ssh/sshd_config.d, then systemctl reload ssh"

const char *aw_doctor_ask_sshd(const char *user, struct aw_buf *out)
{
	char who[128];
	const char *const argv[] = { SSHD, "-T", "-C", who, NULL };
	int r;

	if (aw_fmt(who, sizeof(who), "user=%s,host=localhost,addr=127.0.0.1",
		user) < 0)
		return "its person's name is too long";
	r = aw_child_run(argv, PATIENCE, out);
	if (r == 0)
		r = aw_buf_error(out);
	if (r < 0)
		return strerrordesc_np(-r);
	return r == 0 ? NULL : "sshd -T finds its settings wrong";
}

/* Behind the key @key of "sshd -T" (in small letters), or NULL. */
static const char *value_of(const char *text, const char *key)
{
	const size_t len = strlen(key);

	for (const char *line = text; *line;) {
		if (strncmp(line, key, len) == 0 && line[len] == ' ')
			return line + len + 1;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return NULL;
}

bool aw_doctor_sshd_has(const char *text, const char *key, const char *value)
{
	const char *found = value_of(text, key);
	const size_t len = strlen(value);

	return found && strncmp(found, value, len) == 0 &&
	       strchr(" \n", found[len]) != NULL;
}

static unsigned check_yes(
    struct aw_doctor *doctor, const char *text, const char *key)
{
	if (aw_doctor_sshd_has(text, key, "yes"))
		return 0;
	aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN, DROP_IN,
	    "%s is not yes: nobody of the directory can sign in by ssh", key);
	return 1;
}

/* "any", or lists of methods, one of which has to have ours. */
static unsigned check_methods(struct aw_doctor *doctor, const char *text)
{
	const char *value = value_of(text, "authenticationmethods");
	char methods[512];

	if (!value ||
	    aw_fmt(methods, sizeof(methods), "%.*s", (int)strcspn(value, "\n"),
		value) < 0 ||
	    strcmp(methods, "any") == 0 ||
	    strstr(methods, "keyboard-interactive"))
		return 0;
	aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN,
	    "add keyboard-interactive:pam to AuthenticationMethods",
	    "AuthenticationMethods is %s: a sign-in is never shown", methods);
	return 1;
}

static unsigned check_grace(struct aw_doctor *doctor, const char *text)
{
	const char *value = value_of(text, "logingracetime");
	char number[16];
	uint64_t seconds;

	if (!value ||
	    aw_fmt(number, sizeof(number), "%.*s", (int)strcspn(value, "\n"),
		value) < 0 ||
	    aw_num_u64(number, 0, UINT64_MAX, &seconds) < 0 || seconds == 0 ||
	    seconds >= GRACE_S)
		return 0;
	aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, DROP_IN,
	    "LoginGraceTime gives a person %llu s to approve a sign-in",
	    (unsigned long long)seconds);
	return 1;
}

void aw_doctor_read_sshd(struct aw_doctor *doctor, const char *text)
{
	unsigned found = 0;

	found += check_yes(doctor, text, "usepam");
	found += check_yes(doctor, text, "kbdinteractiveauthentication");
	found += check_methods(doctor, text);
	found += check_grace(doctor, text);
	if (found == 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    "shows sign-ins, and waits for them");
}

void aw_doctor_check_sshd(struct aw_doctor *doctor)
{
	aw_own(aw_buf_done) struct aw_buf out = AW_BUF_INIT(TEXT_MAX);
	struct aw_snap_user user = { .strings = "nobody" };
	uint64_t cursor = 0;
	const char *why;

	if (access(SSHD, F_OK) < 0) {
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    SSHD " is not here: nobody comes in by ssh");
		return;
	}
	if (!doctor->is_root) {
		aw_doctor_say_root(
		    doctor, NAME, "what the settings of sshd come to");
		return;
	}
	/* "Match" may treat somebody of the directory in its own way. */
	if (doctor->snap)
		aw_ignore(
		    aw_snap_next_user(doctor->snap, &cursor, false, &user));
	why = aw_doctor_ask_sshd(user.strings, &out);
	/* A sshd that is started for each connection makes that folder then. */
	if (why && strstr(aw_buf_text(&out), "privilege separation directory"))
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING,
		    "start sshd, and look again",
		    "sshd says nothing of its settings while it does not run");
	else if (why)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN, "run sshd -t",
		    "%s: %.*s", why, (int)strcspn(aw_buf_text(&out), "\r\n"),
		    aw_buf_text(&out));
	else
		aw_doctor_read_sshd(doctor, aw_buf_text(&out));
}
