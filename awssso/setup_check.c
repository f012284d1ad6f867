/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso setup: root and local accounts are answered as before, people of the
 * directory as they should be.  Nothing of it has been put in place yet.
 */
#include <errno.h>
#include <fcntl.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/record.h"
#include "awssso/setup.h"
#include "awssso/setup_prove.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/text.h"

#define LOCALS 4  /* root, and so many local people */
#define PEOPLE 12 /* of the directory */

static const char *const services[] = { "sshd", "sudo", "su", "login", "cron" };
#define SERVICES (sizeof(services) / sizeof(services[0]))

typedef char name_t[64];

static bool has_service(const char *service)
{
	char path[64];

	return aw_fmt(path, sizeof(path), "/etc/pam.d/%s", service) == 0 &&
	       access(path, R_OK) == 0;
}

/* --- root and local accounts -----------------------------------------------
 */

/* root, and who is a person in /etc/passwd. */
static unsigned read_locals(name_t names[LOCALS])
{
	aw_own_free char *line = NULL;
	FILE *file = fopen("/etc/passwd", "re");
	unsigned n = 0;
	size_t size = 0;
	uint64_t uid;
	char *rest, *name, *id;

	if (!file)
		return 0;
	while (n < LOCALS && getline(&line, &size, file) > 0) {
		rest = line;
		name = strsep(&rest, ":");
		(void)strsep(&rest, ":");
		id = strsep(&rest, ":");
		if (id && aw_num_u64(id, 0, 59999, &uid) == 0 &&
		    (uid == 0 || uid >= 1000))
			n += aw_copy(names[n], sizeof(name_t), name) == 0;
	}
	(void)fclose(file);
	return n;
}

/* A question that counts as a failed login could lock somebody out. */
static bool counts_failures(void)
{
	static const char *const argv[] = { "/bin/grep", "-rqE",
		"pam_(faillock|tally2?)\\.so", "/etc/pam.d", NULL };
	struct aw_buf said = AW_BUF_INIT(4096);
	const int r = aw_child_run(argv, 20, &said);

	aw_buf_done(&said);
	return r != 1;
}

static int check_locals(void)
{
	static struct aw_prove before[AW_PROVE_MAX], after[AW_PROVE_MAX];
	static name_t names[LOCALS];
	const unsigned n_names = read_locals(names);
	const int phases = counts_failures() ? 1 : 2;
	size_t n = 0;
	int r;

	for (unsigned i = 0; i < n_names; i++)
		for (size_t k = 0; k < SERVICES; k++)
			for (int a = 0; a < phases && has_service(services[k]);
			     a++)
				before[n++] =
				    (struct aw_prove){ .service = services[k],
					    .user = names[i],
					    .auth = a };
	memcpy(after, before, sizeof(after));
	r = aw_prove(before, n, false);
	if (r == 0)
		r = aw_prove(after, n, true);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (before[i].code != after[i].code)
			return aw_setup_refuse(
			    "%s in %s (%s) would be answered \"%s\", and is "
			    "\"%s\" now: nothing has been changed",
			    after[i].user, after[i].service,
			    after[i].auth ? "auth" : "account",
			    aw_prove_word(after[i].code),
			    aw_prove_word(before[i].code));
	aw_setup_say("  %u local accounts, root among them: %zu questions to "
		     "PAM are answered as before",
	    n_names, n);
	return 0;
}

/* --- people of the directory -----------------------------------------------
 */

static unsigned read_people(name_t names[PEOPLE])
{
	struct aw_snap_user user;
	struct aw_snap snap;
	uint64_t cursor = 0;
	unsigned n = 0;

	if (aw_record_open(AW_PATH_SNAPSHOT, false, &snap) != 0)
		return 0;
	while (
	    n < PEOPLE && aw_snap_next_user(&snap, &cursor, false, &user) == 0)
		n += aw_fmt(names[n], sizeof(name_t), "%s", user.strings) == 0;
	aw_snap_close(&snap);
	return n;
}

/* A code for one of them: what no key gives away. */
static int check_code(const struct aw_prove *cases, unsigned n)
{
	struct aw_prove one;

	for (unsigned i = 0; i < n && i < 4; i++) {
		one = (struct aw_prove){
			.service = "sshd", .user = cases[i].user, .auth = true
		};
		const int r = aw_prove(&one, 1, true);

		if (r < 0)
			return r;
		if (one.code == PAM_SUCCESS)
			return aw_setup_refuse(
			    "%s got in without anything", one.user);
		if (strstr(one.text, "https://")) {
			aw_setup_say(
			    "  %s is shown a code in sshd's prompt", one.user);
			return 0;
		}
	}
	return aw_setup_refuse(
	    "nobody of the directory was shown a code: awssso explain USER "
	    "sshd says who may log in, awssso why what AWS said");
}

static int check_people(void)
{
	static struct aw_prove cases[PEOPLE];
	static name_t names[PEOPLE];
	const unsigned n = read_people(names);
	unsigned allowed = 0;
	int r;

	for (unsigned i = 0; i < n; i++)
		cases[i] =
		    (struct aw_prove){ .service = "sshd", .user = names[i] };
	r = aw_prove(cases, n, true);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < n; i++) {
		const struct aw_prove was = cases[i];

		if (was.code != PAM_SUCCESS)
			continue;
		/* Those who may come first. */
		cases[i] = cases[allowed];
		cases[allowed++] = was;
	}
	if (n == 0)
		return aw_setup_refuse("the directory has nobody for this "
				       "host: awssso status");
	aw_setup_say("  %u people of the directory asked about: %u may log in "
		     "by key (%s%s), %u may not (%s%s)",
	    n, allowed, allowed ? cases[0].user : "nobody",
	    allowed > 1 ? ", ..." : "", n - allowed,
	    allowed < n ? cases[allowed].user : "nobody",
	    allowed + 1 < n ? ", ..." : "");
	return check_code(cases, n);
}

/* --- sshd and sudo ---------------------------------------------------------
 */

static int check_sshd(void)
{
	static const char *const wanted[] = { "usepam",
		"kbdinteractiveauthentication" };
	struct aw_diag why = { .text = "" };
	char value[64];
	int r;

	for (size_t i = 0; i < 2; i++) {
		r = aw_prove_sshd(true, wanted[i], value, sizeof(value), &why);
		if (r == AW_DENIED)
			return aw_setup_refuse("%s", why.text);
		if (r < 0)
			return r;
		if (*value && strcmp(value, "yes") != 0)
			return aw_setup_refuse(
			    "sshd would say \"%s %s\": a line before the "
			    "Include of /etc/ssh/sshd_config.d, or none",
			    wanted[i], value);
	}
	r = aw_prove_sudoers(true, &why);
	if (r == AW_DENIED)
		return aw_setup_refuse("%s", why.text);
	if (r == 0)
		aw_setup_say("  sshd and sudo take their files");
	return r;
}

int aw_setup_check(void)
{
	int r;

	aw_setup_say("Trying it, before anything is put in place:");
	r = check_sshd();
	if (r == 0)
		r = check_locals();
	if (r == 0)
		r = check_people();
	if (r == -EPERM)
		return aw_setup_refuse("a mount namespace is needed to try it "
				       "(root, outside of a container)");
	return r;
}
