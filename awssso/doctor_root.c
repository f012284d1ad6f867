/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: who gets root here if Identity Center is gone.  Counted is
 * who comes in with what this host knows alone: root itself, and local people
 * whom sudoers lets be root; by a password, or by a key where sudo wants none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "awssso/doctor.h"
#include "awssso/doctor_sudoers.h"
#include "common/id.h"
#include "common/own.h"
#include "common/text.h"

#define NAME     "root"
#define TEXT_MAX (64 * 1024)
#define DAY      86400

struct account {
	const char *name, *home;
	uint64_t uid, gid;
	bool by_sudo, by_sudo_without_password;
};

struct finding {
	struct aw_doctor *doctor;
	char *group, *shadow; /* the files, whole */
	struct account account;
	struct aw_buf *who;
	unsigned n;
};

/* The field @index of the line @name of @file, into @ret.  False: there is
 * none. */
static bool field_of(
    const char *file, const char *name, unsigned index, char *ret, size_t size)
{
	const size_t len = strlen(name);
	const char *end;

	for (const char *line = file; *line;) {
		end = line + strcspn(line, "\n");
		if (strncmp(line, name, len) != 0 || line[len] != ':') {
			line = end + (*end == '\n');
			continue;
		}
		while (index-- > 0) {
			line += strcspn(line, ":\n");
			if (*line != ':')
				return false;
			line++;
		}
		return aw_fmt(ret, size, "%.*s", (int)strcspn(line, ":\n"),
			   line) == 0;
	}
	return false;
}

/* --- what an account can do -------------------------------------------- */

static bool has_expired(const struct finding *finding)
{
	char day[16];
	uint64_t last;

	return field_of(finding->shadow, finding->account.name, 7, day,
		   sizeof(day)) &&
	       aw_num_u64(day, 0, UINT32_MAX, &last) == 0 &&
	       last <= (uint64_t)time(NULL) / DAY;
}

static bool has_password(const struct finding *finding)
{
	char hash[512];

	return field_of(finding->shadow, finding->account.name, 1, hash,
		   sizeof(hash)) &&
	       strlen(hash) >= 13 && *hash != '!' && *hash != '*';
}

static bool has_key(const struct finding *finding)
{
	static const char *const files[] = { "authorized_keys",
		"authorized_keys2" };
	char path[512];
	struct stat st;

	for (size_t i = 0; i < 2; i++)
		if (aw_fmt(path, sizeof(path), "%s/.ssh/%s",
			finding->account.home, files[i]) == 0 &&
		    stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size > 0)
			return true;
	return false;
}

/* sshd may refuse root altogether. */
static bool lets_root_in(void)
{
	aw_own(aw_buf_done) struct aw_buf out = AW_BUF_INIT(TEXT_MAX);

	return !aw_doctor_ask_sshd("root", &out) &&
	       !aw_doctor_sshd_has(aw_buf_text(&out), "permitrootlogin", "no");
}

/* --- sudo -------------------------------------------------------------- */

static bool is_member(const struct finding *finding, const char *group)
{
	const struct account *account = &finding->account;
	char members[4096], gid[16], *rest = members, *member;
	uint64_t id;

	if (*group == '#')
		return aw_num_u64(group + 1, 0, UINT32_MAX, &id) == 0 &&
		       id == account->gid;
	if (field_of(finding->group, group, 2, gid, sizeof(gid)) &&
	    aw_num_u64(gid, 0, UINT32_MAX, &id) == 0 && id == account->gid)
		return true;
	if (!field_of(finding->group, group, 3, members, sizeof(members)))
		return false;
	while ((member = strsep(&rest, ",")))
		if (strcmp(member, account->name) == 0)
			return true;
	return false;
}

static void take_rule(void *user, const char *who, bool no_password)
{
	struct finding *finding = user;
	struct account *account = &finding->account;
	uint64_t uid;
	bool is_it;

	if (*who == '%')
		is_it = is_member(finding, who + 1);
	else if (*who == '#')
		is_it = aw_num_u64(who + 1, 0, UINT32_MAX, &uid) == 0 &&
			uid == account->uid;
	else
		is_it =
		    strcmp(who, "ALL") == 0 || strcmp(who, account->name) == 0;
	account->by_sudo |= is_it;
	account->by_sudo_without_password |= is_it && no_password;
}

/* --- accounts ---------------------------------------------------------- */

static void add(struct finding *finding, const char *how)
{
	aw_buf_fmt(finding->who, "%s%s (%s)", finding->n++ ? ", " : "",
	    finding->account.name, how);
}

static void weigh(struct finding *finding)
{
	struct account *account = &finding->account;

	if (has_expired(finding))
		return;
	if (account->uid == 0) {
		if (has_password(finding))
			add(finding, "password");
		else if (has_key(finding) && lets_root_in())
			add(finding, "ssh key");
		return;
	}
	aw_ignore(aw_sudoers_walk(finding->doctor, take_rule, finding));
	if (account->by_sudo && has_password(finding))
		add(finding, "password, sudo");
	else if (account->by_sudo_without_password && has_key(finding))
		add(finding, "ssh key, sudo");
}

/* False: nobody logs in as that. */
static bool read_account(char *line, struct account *ret)
{
	const char *uid, *gid, *shell, *slash;

	*ret = (struct account){ .name = strsep(&line, ":") };
	(void)strsep(&line, ":");
	uid = strsep(&line, ":");
	gid = strsep(&line, ":");
	(void)strsep(&line, ":");
	ret->home = strsep(&line, ":");
	if (!line || aw_num_u64(uid, 0, UINT32_MAX, &ret->uid) < 0 ||
	    aw_num_u64(gid, 0, UINT32_MAX, &ret->gid) < 0 ||
	    aw_id_in_range(ret->uid))
		return false;
	shell = strsep(&line, ":");
	slash = strrchr(shell, '/');
	shell = slash ? slash + 1 : shell;
	return strcmp(shell, "nologin") != 0 && strcmp(shell, "false") != 0 &&
	       strcmp(shell, "sync") != 0;
}

static void say(struct aw_doctor *doctor, const struct finding *finding)
{
	char shown[512];

	if (finding->n > 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    "without Identity Center root is still had by %s",
		    aw_text_escape(
			shown, sizeof(shown), aw_buf_text(finding->who)));
	else
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING,
		    "give root a password, or keep a local account with a "
		    "password, or a key and NOPASSWD, in sudoers",
		    "if Identity Center is gone, nobody gets root here");
}

static char *read_whole(struct aw_doctor *doctor, const char *name, int *ret)
{
	char *text = malloc(AW_DOCTOR_FILE);

	*ret = text ? aw_doctor_read_etc(doctor, name, text) : -ENOMEM;
	if (text && *ret != 0)
		*text = '\0';
	return text;
}

void aw_doctor_check_root(struct aw_doctor *doctor)
{
	int shadow_r, passwd_r, group_r;
	aw_own_free char *shadow = read_whole(doctor, "shadow", &shadow_r);
	aw_own_free char *passwd = read_whole(doctor, "passwd", &passwd_r);
	aw_own_free char *group = read_whole(doctor, "group", &group_r);
	aw_own(aw_buf_done) struct aw_buf who = AW_BUF_INIT(4096);
	struct finding finding = {
		.doctor = doctor, .group = group, .shadow = shadow, .who = &who
	};
	char *rest = passwd, *line;

	if (shadow_r == -EACCES) {
		aw_doctor_say_root(doctor, NAME,
		    "who gets root here if Identity Center is gone");
	} else if (!group || shadow_r < 0 || passwd_r != 0) {
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, NULL,
		    "%s/passwd or %s/shadow cannot be read", doctor->etc,
		    doctor->etc);
	} else {
		while ((line = strsep(&rest, "\n")))
			if (read_account(line, &finding.account))
				weigh(&finding);
		say(doctor, &finding);
	}
	if (shadow)
		explicit_bzero(shadow, AW_DOCTOR_FILE);
}
