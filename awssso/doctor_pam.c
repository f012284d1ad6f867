/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: what PAM does for each service.  Nothing is evaluated: the
 * lines are compared with what is known to go wrong.
 */
#include <dlfcn.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/doctor.h"
#include "awssso/pam_lines.h"
#include "common/own.h"
#include "common/text.h"

#define MODULE "pam_awssso.so"
#define HOOK                                         \
	"pam-auth-update --enable awssso (on RHEL: " \
	"authselect select awssso)"

enum phase { AUTH, ACCOUNT, SESSION, N_PHASES };
static const char *const phases[N_PHASES] = { "auth", "account", "session" };

/* Whoever lets a person in, and by which phases; whose file is not there is
 * not installed. */
static const struct service {
	const char *name;
	unsigned wants; /* a bit for each phase */
} services[] = {
	{ "sshd", 1 << AUTH | 1 << ACCOUNT | 1 << SESSION },
	{ "login", 1 << AUTH | 1 << ACCOUNT | 1 << SESSION },
	{ "sudo", 1 << AUTH | 1 << ACCOUNT },
	{ "sudo-i", 1 << AUTH | 1 << ACCOUNT },
	{ "su", 1 << AUTH | 1 << ACCOUNT },
	{ "su-l", 1 << AUTH | 1 << ACCOUNT },
	{ "cron", 1 << ACCOUNT },
	{ "crond", 1 << ACCOUNT },
	{ "atd", 1 << ACCOUNT },
	{ "systemd-user", 1 << ACCOUNT },
};

/* --- what a line does -------------------------------------------------- */

/* The word of @control in brackets for @value ("success"), into @ret: its own,
 * or that of "default", or "bad". */
static void action_of(const char *control, const char *value, char ret[32])
{
	const char *at = control + 1;
	size_t len, name;
	bool is_it;

	aw_ignore(aw_copy(ret, 32, "bad"));
	while (at += strspn(at, " \t"), *at && *at != ']') {
		len = strcspn(at, " \t]");
		name = strcspn(at, "=");
		is_it = name == strlen(value) && strncmp(at, value, name) == 0;
		if (name < len &&
		    (is_it || (name == 7 && strncmp(at, "default", 7) == 0)))
			aw_ignore(aw_fmt(ret, 32, "%.*s", (int)(len - name - 1),
			    at + name + 1));
		if (is_it && name < len)
			return;
		at += len;
	}
}

/* The same for any control. */
static void action(const char *control, const char *value, char ret[32])
{
	static const struct {
		const char *word, *success, *other;
	} table[] = {
		{ "required", "ok", "bad" },
		{ "requisite", "ok", "die" },
		{ "sufficient", "done", "ignore" },
		{ "optional", "ok", "ignore" },
	};

	if (*control == '[') {
		action_of(control, value, ret);
		return;
	}
	aw_ignore(aw_copy(ret, 32, "bad"));
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].word, control) == 0)
			aw_ignore(aw_copy(ret, 32,
			    strcmp(value, "success") == 0 ? table[i].success
							  : table[i].other));
}

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

static bool refuses(const char *what)
{
	static const char *const words[] = { "bad", "die", NULL };

	return is_one_of(what, words);
}

/* Lines that say yes to no person of the directory. */
static bool is_for_others(const struct aw_pam_line *line)
{
	static const char *const modules[] = { "pam_localuser.so",
		"pam_usertype.so", "pam_succeed_if.so", "pam_rootok.so",
		"pam_deny.so", "pam_sss.so", "pam_ldap.so", "pam_krb5.so",
		"pam_winbind.so", "pam_systemd_home.so", NULL };
	const char *slash = strrchr(line->module, '/');

	return is_one_of(slash ? slash + 1 : line->module, modules);
}

/* --- a service --------------------------------------------------------- */

struct stack {
	struct aw_doctor *doctor;
	const char *service;
	char name[64];
	unsigned lines[N_PHASES]; /* of each phase, so far */
	unsigned ours[N_PHASES];  /* of them run our module */
	bool makes_home;
	struct {
		char place[256];
		unsigned until; /* this line or an earlier one is passed over */
	} yes; /* an account line before ours that says yes, and that is all */
	unsigned found; /* what was said */
};

static void say(struct stack *stack, enum aw_doctor_state state,
    const char *fix, const char *place, const char *what)
{
	stack->found++;
	aw_doctor_say(
	    stack->doctor, stack->name, state, fix, "%s: %s", place, what);
}

/* A no of ours has to count, and "not ours" must not be one. */
static void check_ours(
    struct stack *stack, const struct aw_pam_line *line, enum phase phase)
{
	char no[32], unknown[32];

	if (phase == SESSION)
		return;
	action(line->control, phase == AUTH ? "auth_err" : "perm_denied", no);
	action(
	    line->control, phase == AUTH ? "user_unknown" : "ignore", unknown);
	if (phase == AUTH && refuses(unknown))
		say(stack, AW_DOCTOR_BROKEN,
		    "[success=done user_unknown=ignore ignore=ignore "
		    "default=die] is the shipped control",
		    line->place,
		    "refuses whoever is not of the directory: root and local "
		    "accounts are locked out");
	if (phase == ACCOUNT && !refuses(no))
		say(stack, AW_DOCTOR_BROKEN,
		    "[success=ok new_authtok_reqd=ok user_unknown=ignore "
		    "ignore=ignore default=die] is the shipped control",
		    line->place,
		    "a denial does not count: disabled people are let in");
	if (phase == AUTH && !refuses(no))
		say(stack, AW_DOCTOR_WARNING,
		    "[success=done user_unknown=ignore ignore=ignore "
		    "default=die] is the shipped control",
		    line->place,
		    "a denial does not end it: whoever was refused is asked "
		    "for a password");
}

/* How many lines of the phase behind this one are never reached when it says
 * yes: all, or a number. */
static unsigned jump_of(const struct aw_pam_line *line)
{
	char yes[32];
	uint64_t n;

	action(line->control, "success", yes);
	if (strcmp(yes, "done") == 0)
		return UINT32_MAX / 2;
	return aw_num_u64(yes, 1, 1000, &n) == 0 ? (unsigned)n : 0;
}

static void take_line(void *user, const struct aw_pam_line *line)
{
	struct stack *stack = user;
	unsigned phase = 0, jump;

	while (phase < N_PHASES && strcmp(phases[phase], line->phase) != 0)
		phase++;
	if (phase == N_PHASES)
		return;
	stack->lines[phase]++;
	stack->makes_home |= strstr(line->module, "mkhomedir") != NULL;
	if (!aw_pam_is_ours(line)) {
		jump = jump_of(line);
		if (phase == ACCOUNT && jump > 0 && !is_for_others(line) &&
		    stack->lines[phase] + jump > stack->yes.until) {
			stack->yes.until = stack->lines[phase] + jump;
			aw_ignore(aw_copy(stack->yes.place,
			    sizeof(stack->yes.place), line->place));
		}
		return;
	}
	stack->ours[phase]++;
	if (phase == ACCOUNT && stack->lines[phase] <= stack->yes.until)
		say(stack, AW_DOCTOR_BROKEN,
		    "put the line of " MODULE " before that one",
		    stack->yes.place,
		    "says yes before " MODULE " is asked: its denials are "
		    "discarded");
	check_ours(stack, line, phase);
}

/* "no line of auth, account runs ...": one sentence for all of them. */
static void check_lacking(
    struct stack *stack, const struct service *service, const char *path)
{
	static const char *const effects[N_PHASES] = {
		[AUTH] = "nobody of the directory signs in there",
		[ACCOUNT] = "who is disabled is not refused there",
		[SESSION] = "awsssod does not know its sessions",
	};
	char lack[64] = "", what[256];
	const char *effect = NULL;

	for (unsigned i = 0; i < N_PHASES; i++) {
		char more[64];

		if (!(service->wants & 1U << i) || stack->ours[i])
			continue;
		if (aw_fmt(more, sizeof(more), "%s%s%s", lack,
			*lack ? ", " : "", phases[i]) == 0)
			aw_ignore(aw_copy(lack, sizeof(lack), more));
		effect = effect ? effect : effects[i];
	}
	if (effect &&
	    aw_fmt(what, sizeof(what), "no line of %s runs " MODULE ": %s",
		lack, effect) == 0)
		say(stack, AW_DOCTOR_WARNING, HOOK, path, what);
	else if ((service->wants & 1U << SESSION) && !stack->makes_home)
		say(stack, AW_DOCTOR_WARNING, HOOK, path,
		    "no line of session makes a home (pam_mkhomedir)");
}

static void check_service(
    struct aw_doctor *doctor, const struct service *service)
{
	struct stack stack = { .doctor = doctor, .service = service->name };
	char path[512];
	int r;

	if (aw_fmt(path, sizeof(path), "%s/pam.d/%s", doctor->etc,
		service->name) < 0 ||
	    access(path, F_OK) < 0 ||
	    aw_fmt(stack.name, sizeof(stack.name), "pam-%s", service->name) < 0)
		return;
	r = aw_pam_walk(doctor->etc, service->name, take_line, &stack);
	if (r != 0) {
		aw_doctor_say(doctor, stack.name, AW_DOCTOR_BROKEN,
		    "see that each file it includes is there",
		    "%s cannot be read: %s", path,
		    r < 0 ? strerrordesc_np(-r) : "no such file");
		return;
	}
	check_lacking(&stack, service, path);
	if (stack.found == 0)
		aw_doctor_say(doctor, stack.name, AW_DOCTOR_OK, NULL,
		    "%s asks " MODULE, path);
}

/* --- the module -------------------------------------------------------- */

static void note_ours(void *user, const struct aw_pam_line *line)
{
	bool *is_named = user;

	*is_named |= aw_pam_is_ours(line);
}

/* Some service names it, and would have to load it. */
static bool is_named(const struct aw_doctor *doctor)
{
	bool named = false;

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		aw_ignore(aw_pam_walk(
		    doctor->etc, services[i].name, note_ours, &named));
	return named;
}

static void close_module(void **module)
{
	if (*module)
		(void)dlclose(*module);
}

/* It is in @folder, and can be loaded: NULL, or why not. */
static const char *try_module(const char *folder)
{
	aw_own(close_module) void *module = NULL;
	static char why[512];
	char path[512];

	if (aw_fmt(path, sizeof(path), "%s/" MODULE, folder) < 0)
		return "its path is too long";
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module && dlsym(module, "pam_sm_acct_mgmt"))
		return NULL;
	aw_ignore(aw_fmt(why, sizeof(why), "%.400s",
	    module ? "it is something else" : dlerror()));
	return why;
}

/* Where libpam looks is where its own modules are. */
static const char *find_module(const struct aw_doctor *doctor)
{
	static const char pattern[] = "/{lib,lib64,usr/lib,usr/lib64}/"
				      "{,*/}security/pam_unix.so";
	const char *why = "libpam's folder of modules was not found";
	glob_t found;

	if (doctor->modules)
		return try_module(doctor->modules);
	if (glob(pattern, GLOB_BRACE, NULL, &found) != 0)
		return why;
	/* One of them is of our architecture. */
	for (size_t i = 0; why && i < found.gl_pathc; i++) {
		*strrchr(found.gl_pathv[i], '/') = '\0';
		why = try_module(found.gl_pathv[i]);
	}
	globfree(&found);
	return why;
}

void aw_doctor_check_pam(struct aw_doctor *doctor)
{
	const bool named = is_named(doctor);
	const char *why = find_module(doctor);

	if (why)
		aw_doctor_say(doctor, "pam-module",
		    named ? AW_DOCTOR_BROKEN : AW_DOCTOR_WARNING,
		    named ? "install libpam-awssso again, or take its lines "
			    "out of /etc/pam.d, before the root shell is "
			    "closed"
			  : "install libpam-awssso",
		    MODULE " cannot be loaded%s: %s",
		    named ? ", and is named: people of the directory are "
			    "refused, and root and local accounts, too, where "
			    "the lines are not the shipped ones"
			  : "",
		    why);
	else
		aw_doctor_say(doctor, "pam-module", AW_DOCTOR_OK, NULL,
		    MODULE " can be loaded");
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		check_service(doctor, &services[i]);
}
