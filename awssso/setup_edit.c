/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Editing line by line.  What setup adds stands between two comments.
 */
#include "awssso/setup_edit.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "common/text.h"

#define BEGIN "# awssso setup: begin\n"
#define END   "# awssso setup: end\n"

/* The next line of *@text without its end; NULL when there is none. */
static const char *next_line(const char **text, size_t *ret_len)
{
	const char *line = *text;

	if (!*line)
		return NULL;
	*ret_len = strcspn(line, "\n");
	*text = line + *ret_len + (line[*ret_len] == '\n');
	return line;
}

static void add_line(struct aw_buf *out, const char *line, size_t len)
{
	aw_buf_add(out, line, len);
	aw_buf_str(out, "\n");
}

/* --- nsswitch.conf ---------------------------------------------------------
 */

/* Is the line the one of @database?  Where its services begin, else NULL. */
static const char *services(const char *line, size_t len, const char *database)
{
	const size_t n = strlen(database);
	size_t at = 0;

	while (at < len && isblank((unsigned char)line[at]))
		at++;
	return len - at > n && !strncmp(line + at, database, n) &&
		       line[at + n] == ':'
		   ? line + at + n + 1
		   : NULL;
}

/* Where the word @word ends in the @len bytes at @text, or 0. */
static size_t word_end(const char *text, size_t len, const char *word)
{
	const size_t n = strlen(word);

	for (size_t i = 0; i + n <= len && text[i] != '#'; i++)
		if (!strncmp(text + i, word, n) &&
		    (i == 0 || isspace((unsigned char)text[i - 1])) &&
		    (i + n == len || isspace((unsigned char)text[i + n])))
			return i + n;
	return 0;
}

/* One line that is about passwd or group. */
static int edit_database(const char *line, size_t len, const char *from,
    struct aw_buf *out, struct aw_diag *why)
{
	const size_t left = len - (size_t)(from - line);
	size_t end = word_end(from, left, "files");

	if (word_end(from, left, "awssso")) {
		add_line(out, line, len);
		return 0;
	}
	if (!end)
		end = word_end(from, left, "compat");
	if (!end) {
		aw_diag_set(why,
		    "nsswitch.conf: \"%.*s\" has neither files nor compat: add "
		    "awssso behind what reads /etc/passwd",
		    (int)(len < 100 ? len : 100), line);
		return AW_DENIED;
	}
	aw_buf_add(out, line, (size_t)(from - line) + end);
	aw_buf_str(out, " awssso");
	add_line(out, from + end, left - end);
	return 0;
}

int aw_edit_nsswitch(const char *text, struct aw_buf *out, struct aw_diag *why)
{
	static const char *const databases[] = { "passwd", "group" };
	bool seen[] = { false, false };
	const char *line, *from;
	size_t len;
	int r;

	while ((line = next_line(&text, &len))) {
		if (services(line, len, "initgroups")) {
			aw_diag_set(why, "nsswitch.conf has a line "
					 "initgroups: take it out, it would "
					 "hide people's groups");
			return AW_DENIED;
		}
		from = NULL;
		for (int i = 0; !from && i < 2; i++)
			if ((from = services(line, len, databases[i])))
				seen[i] = true;
		if (!from) {
			add_line(out, line, len);
			continue;
		}
		r = edit_database(line, len, from, out, why);
		if (r != 0)
			return r;
	}
	for (int i = 0; i < 2; i++)
		if (!seen[i])
			aw_buf_fmt(out, "%s: files awssso\n", databases[i]);
	return aw_buf_error(out);
}

/* --- PAM -------------------------------------------------------------------
 */

/* @text with @block behind its first comments, unless it has one of ours. */
static int put_block(const char *text, const char *block, struct aw_buf *out)
{
	bool done = strstr(text, BEGIN) != NULL;
	const char *line;
	size_t len;

	while ((line = next_line(&text, &len))) {
		if (!done && len > 0 && *line != '#') {
			aw_buf_str(out, BEGIN);
			aw_buf_str(out, block);
			aw_buf_str(out, END);
			done = true;
		}
		add_line(out, line, len);
	}
	return aw_buf_error(out);
}

/* Somebody's own lines would be asked in an order that nobody thought of. */
static bool names_module(
    const char *text, struct aw_diag *why, const char *file)
{
	const char *line;
	size_t len;

	if (strstr(text, BEGIN))
		return false;
	while ((line = next_line(&text, &len)))
		if (*line != '#' && len > 0 &&
		    memmem(line, len, "pam_awssso", strlen("pam_awssso"))) {
			aw_diag_set(why,
			    "%s has lines with pam_awssso that setup did not "
			    "write: take them out first",
			    file);
			return true;
		}
	return false;
}

/* Local accounts step over ours, also when the module is missing. */
#define OURS_ONLY(phase)                                               \
	phase " [success=ignore default=1] pam_localuser.so\n" phase   \
	      " [success=1 ignore=1 default=ignore] pam_succeed_if.so" \
	      " quiet uid < 1879048192\n"

int aw_edit_pam_sudo(const char *text, const char *permission_set,
    struct aw_buf *out, struct aw_diag *why)
{
	char block[1024];

	if (names_module(text, why, "/etc/pam.d/sudo"))
		return AW_DENIED;
	if (aw_fmt(block, sizeof(block),
		OURS_ONLY(
		    "auth   ") "auth    [success=done user_unknown=ignore "
			       "ignore=ignore default=die] "
			       "pam_awssso.so\n" OURS_ONLY(
				   "account") "account [success=ok "
					      "new_authtok_reqd=ok "
					      "user_unknown=ignore "
					      "ignore=ignore "
					      "default=die] "
					      "pam_awssso.so "
					      "permission_set=%s\n",
		permission_set) < 0)
		return -EMSGSIZE;
	return put_block(text, block, out);
}

int aw_edit_pam_sshd(const char *text, struct aw_buf *out, struct aw_diag *why)
{
	(void)why;
	/* The first line steps over the others in setcred, too, where
	 * pam_localuser says yes to everybody and pam_deny no. */
	return put_block(text,
	    "# Local accounts have no password here, as before.\n"
	    "auth [success=ignore default=2] pam_succeed_if.so quiet uid < "
	    "1879048192\n"
	    "auth [success=ignore default=1] pam_localuser.so\n"
	    "auth requisite pam_deny.so\n",
	    out);
}

/* --- files of ours ---------------------------------------------------------
 */

int aw_edit_sshd_drop_in(struct aw_buf *out)
{
	aw_buf_str(out,
	    "# awssso setup: the sign-in is a keyboard-interactive prompt of "
	    "PAM, and\n"
	    "# opening a browser takes longer than typing a password.\n"
	    "UsePAM yes\n"
	    "KbdInteractiveAuthentication yes\n"
	    "LoginGraceTime 300\n"
	    "MaxStartups 60:30:200\n");
	return aw_buf_error(out);
}

int aw_edit_sudoers(const char *permission_set, struct aw_buf *out)
{
	aw_buf_fmt(out,
	    "# awssso setup: who may use sudo; the account line of "
	    "/etc/pam.d/sudo asks AWS\n"
	    "# each time whether the permission set is held now.\n"
	    "%%aws-%s ALL = (ALL:ALL) ALL\n"
	    "Defaults:%%aws-%s timestamp_timeout=0\n"
	    "Defaults:%%aws-%s !rootpw, !targetpw, !runaspw\n",
	    permission_set, permission_set, permission_set);
	return aw_buf_error(out);
}

/* --- awssso.conf -----------------------------------------------------------
 */

struct setting {
	const char *section, *key;
	enum aw_answer_key answer;
	bool is_list;
};

static const struct setting settings[] = {
	{ "identity-center", "start_url", AW_ANSWER_START_URL, false },
	{ "identity-center", "regions", AW_ANSWER_REGION, false },
	{ "identity-center", "identity_store_id", AW_ANSWER_STORE, false },
	{ "identity-center", "account", AW_ANSWER_ACCOUNT, false },
	{ "identity-center", "identity_role", AW_ANSWER_IDENTITY_ROLE, false },
	{ "access", "allow_groups", AW_ANSWER_ALLOW_GROUPS, true },
	{ "access", "allow_permission_sets", AW_ANSWER_ALLOW_SETS, true },
	{ "access", "allow_users", AW_ANSWER_ALLOW_USERS, true },
	{ "names", "domains", AW_ANSWER_DOMAINS, true },
};
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

/* "auto" is what no line says, too. */
static bool is_set(const char *value)
{
	return *value && strcmp(value, "auto") != 0;
}

static void put_setting(struct aw_buf *out, const struct setting *setting,
    const struct aw_setup_answers *answers)
{
	const char *value = answers->text[setting->answer];
	size_t len;

	if (!is_set(value))
		return;
	if (!setting->is_list) {
		aw_buf_fmt(out, "%s = %s\n", setting->key, value);
		return;
	}
	for (; *value; value += len + (value[len] == ',')) {
		value += strspn(value, " ");
		len = strcspn(value, ",");
		if (len > 0)
			aw_buf_fmt(
			    out, "%s = %.*s\n", setting->key, (int)len, value);
	}
}

/* Whoever may log in; and how long sudo goes by the last yes. */
static void put_sudo(struct aw_buf *out, const struct aw_setup_answers *answers)
{
	const char *grace = answers->text[AW_ANSWER_SUDO_OUTAGE];

	for (int i = 0; *grace && i < 2; i++) {
		aw_buf_fmt(out, "\n[service sudo%s]\n", i ? "-i" : "");
		for (size_t k = 0; k < SETTINGS; k++)
			if (!strcmp(settings[k].section, "access"))
				put_setting(out, &settings[k], answers);
		aw_buf_fmt(out, "offline_grace = %s\n", grace);
	}
}

static bool has_settings(const char *text)
{
	const char *line;
	size_t len;

	while ((line = next_line(&text, &len)))
		if (len > 0 && *line != '#' && *line != '[')
			return true;
	return false;
}

/* The comment "#KEY = ..." of a setting that has yet to be put. */
static const struct setting *commented(const char *line, size_t len,
    const char *section, const bool done[SETTINGS], size_t *ret_index)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const size_t n = strlen(settings[i].key);

		if (!done[i] && len > n + 2 && *line == '#' &&
		    !strncmp(line + 1, settings[i].key, n) &&
		    !strncmp(line + 1 + n, " =", 2) &&
		    !strncmp(section, settings[i].section,
			strlen(settings[i].section))) {
			*ret_index = i;
			return &settings[i];
		}
	}
	return NULL;
}

int aw_edit_conf(const char *text, const struct aw_setup_answers *answers,
    struct aw_buf *out)
{
	bool done[SETTINGS] = { false };
	const char *section = "", *line, *last = "";
	size_t len, i;

	if (has_settings(text))
		text = "";
	while ((line = next_line(&text, &len))) {
		add_line(out, line, len);
		if (*line == '[')
			section = line + 1;
		if (!commented(line, len, section, done, &i))
			continue;
		put_setting(out, &settings[i], answers);
		done[i] = true;
	}
	for (i = 0; i < SETTINGS; i++) {
		if (done[i] || !is_set(answers->text[settings[i].answer]))
			continue;
		if (strcmp(last, settings[i].section) != 0)
			aw_buf_fmt(out, "%s[%s]\n", *last ? "\n" : "",
			    settings[i].section);
		last = settings[i].section;
		put_setting(out, &settings[i], answers);
	}
	put_sudo(out, answers);
	return aw_buf_error(out);
}
