/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of one entry point of the module, and no other; or many, each in a
 * process of its own.  A system call that nothing else makes, getppid, stands
 * right before and right after a call, so that a trace shows what belongs to
 * it.
 *
 * pam MODULE PHASE USER SERVICE COLD: says "CODE ALLOCATIONS", the code by its
 * name.  COLD is "cold" when libc has looked up nobody before, "warm" when it
 * has looked up USER, as sshd and sudo do.
 *
 * pam MODULE LIST LABEL AT: a call for each line "CASE PHASE USER SERVICE COLD
 * NAME K" of LIST; those of a case follow each other.  Says "CASE NAME K
 * ATTEMPT PID CODE" of each; CODE is "aborted" or "died" when the process did.
 * With "allocation" as NAME the K-th allocation of the call fails.  Any other
 * NAME is a system call: it is made in vain before the call, so that the K-th
 * within the call is number AT of the process, the one that a tracer has been
 * told.  No process may need AT of them for anything else.
 *
 * ATTEMPT goes to the daemon as SSH_CONNECTION does, and is in its log.
 */
#include <dlfcn.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/alloc.h"

#define AT_ONCE 4

typedef int entry_fn(
    pam_handle_t *pamh, int flags, int argc, const char **argv);

static const struct {
	const char *phase, *symbol;
	int flags;
} entries[] = {
	{ "auth", "pam_sm_authenticate", 0 },
	{ "setcred", "pam_sm_setcred", PAM_ESTABLISH_CRED },
	{ "account", "pam_sm_acct_mgmt", 0 },
	{ "open", "pam_sm_open_session", 0 },
	{ "close", "pam_sm_close_session", 0 },
	{ "chauthtok", "pam_sm_chauthtok", 0 },
};

static const char *code_name(int code)
{
	static const char *const names[] = {
		[PAM_SUCCESS] = "SUCCESS",
		[PAM_IGNORE] = "IGNORE",
		[PAM_USER_UNKNOWN] = "USER_UNKNOWN",
		[PAM_AUTH_ERR] = "AUTH_ERR",
		[PAM_PERM_DENIED] = "PERM_DENIED",
		[PAM_MAXTRIES] = "MAXTRIES",
		[PAM_ACCT_EXPIRED] = "ACCT_EXPIRED",
		[PAM_AUTHINFO_UNAVAIL] = "AUTHINFO_UNAVAIL",
		[PAM_SESSION_ERR] = "SESSION_ERR",
		[PAM_SERVICE_ERR] = "SERVICE_ERR",
		[PAM_BUF_ERR] = "BUF_ERR",
		[PAM_CONV_ERR] = "CONV_ERR",
	};

	if (code < 0 || (size_t)code >= sizeof(names) / sizeof(names[0]) ||
	    !names[code])
		return "another";
	return names[code];
}

static int converse(int n, const struct pam_message **msg,
    struct pam_response **ret, void *user)
{
	struct pam_response *reply = calloc((size_t)n, sizeof(*reply));

	(void)user;
	if (!reply)
		return PAM_BUF_ERR;
	for (int i = 0; i < n; i++) {
		if (msg[i]->msg_style != PAM_PROMPT_ECHO_OFF)
			continue;
		reply[i].resp = strdup("");
		if (!reply[i].resp) {
			free(reply);
			return PAM_BUF_ERR;
		}
	}
	*ret = reply;
	return PAM_SUCCESS;
}

static int fail(const char *what)
{
	fprintf(stderr, "pam: %s\n", what);
	return 1;
}

static const char *module, *label;
static long at;

static entry_fn *load(const char *phase, int *ret_flags)
{
	void *handle = dlopen(module, RTLD_NOW);

	for (size_t i = 0; handle && i < sizeof(entries) / sizeof(entries[0]);
	     i++)
		if (strcmp(entries[i].phase, phase) == 0) {
			/* dlsym() gives an object pointer for a function. */
			union {
				void *object;
				entry_fn *entry;
			} found = { dlsym(handle, entries[i].symbol) };

			*ret_flags = entries[i].flags;
			return found.entry;
		}
	return NULL;
}

/* All that comes before the call. */
struct call {
	entry_fn *entry;
	int flags;
	pam_handle_t *pamh;
};

static int prepare(const char *phase, const char *user, const char *service,
    const char *cold, struct call *ret)
{
	static const struct pam_conv conv = { converse, NULL };

	if (strcmp(cold, "warm") == 0)
		(void)getpwnam(user);
	ret->entry = load(phase, &ret->flags);
	return ret->entry &&
		       pam_start_confdir(service, user, &conv, "/run/pam.d",
			   &ret->pamh) == PAM_SUCCESS &&
		       pam_set_item(ret->pamh, PAM_TTY, "pts/0") ==
			   PAM_SUCCESS &&
		       pam_set_item(ret->pamh, PAM_RHOST, "192.0.2.7") ==
			   PAM_SUCCESS &&
		       pam_putenv(ret->pamh, "SSH_CONNECTION=once") ==
			   PAM_SUCCESS
		   ? 0
		   : fail("no such module, entry point or service");
}

static int one(char **arg)
{
	struct call call = { 0 };
	long allocations;
	int code;

	if (prepare(arg[1], arg[2], arg[3], arg[4], &call) != 0)
		return 1;
	(void)syscall(SYS_getppid);
	alloc_begin(0);
	code = call.entry(call.pamh, call.flags, 0, NULL);
	allocations = alloc_end();
	(void)syscall(SYS_getppid);
	printf("%s %ld\n", code_name(code), allocations);
	return fflush(stdout);
}

/* --- many -------------------------------------------------------------- */

struct run {
	char number[8], phase[16], user[16], service[16], cold[8], name[32];
	long k;
	pid_t pid;
};

static long number_of(const char *name)
{
	static const struct {
		const char *name;
		long number;
	} calls[] = {
#define CALL(NAME) { #NAME, SYS_##NAME }
		CALL(brk),
		CALL(clock_nanosleep),
		CALL(close),
		CALL(connect),
		CALL(fcntl),
		CALL(fstat),
		CALL(futex),
		CALL(lseek),
		CALL(madvise),
		CALL(mmap),
		CALL(mprotect),
		CALL(munmap),
		CALL(newfstatat),
		CALL(openat),
		CALL(pread64),
		CALL(ppoll),
		CALL(read),
		CALL(recvmsg),
		CALL(rt_sigaction),
		CALL(rt_sigpending),
		CALL(rt_sigprocmask),
		CALL(sendmsg),
		CALL(sendto),
		CALL(socket),
		CALL(statx),
#ifdef SYS_poll
		CALL(poll),
#endif
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].number;
	return -1;
}

static _Noreturn void child(const struct call *call, const struct run *run)
{
	const bool refuse = strcmp(run->name, "allocation") == 0;
	const long in_vain = number_of(run->name);
	char attempt[128];
	int code;

	(void)snprintf(attempt, sizeof(attempt), "SSH_CONNECTION=%s.%d", label,
	    (int)getpid());
	if ((!refuse && in_vain < 0) ||
	    pam_putenv(call->pamh, attempt) != PAM_SUCCESS)
		_exit(255);
	(void)alarm(10);
	for (long i = run->k; !refuse && i < at; i++)
		(void)syscall(in_vain, -1L, -1L, -1L, -1L, -1L, -1L);
	(void)syscall(SYS_getppid);
	alloc_begin(refuse ? run->k : 0);
	code = call->entry(call->pamh, call->flags, 0, NULL);
	(void)alloc_end();
	(void)syscall(SYS_getppid);
	_exit(code);
}

static const char *end_of(int status)
{
	if (WIFEXITED(status))
		return code_name(WEXITSTATUS(status));
	return WTERMSIG(status) == SIGABRT ? "aborted" : "died";
}

/* Wait for one of @running, and say how it ended. */
static void reap(struct run *running)
{
	int status = 0, i = 0;
	const pid_t pid = wait(&status);

	while (running[i].pid != pid)
		if (++i == AT_ONCE)
			return;
	printf("%s %s %ld %s.%d %d %s\n", running[i].number, running[i].name,
	    running[i].k, label, (int)pid, (int)pid, end_of(status));
	running[i].pid = 0;
}

static int next(FILE *list, struct run *ret)
{
	return fscanf(list, "%7s %15s %15s %15s %7s %31s %ld", ret->number,
		   ret->phase, ret->user, ret->service, ret->cold, ret->name,
		   &ret->k) == 7
		   ? 0
		   : -1;
}

/* The runs of one case.  In a process of its own: what it needs for itself
 * is not counted among the calls of another. */
static int one_case(const struct run *runs, size_t n)
{
	struct run running[AT_ONCE] = { 0 };
	struct call call = { 0 };
	size_t busy = 0;

	if (prepare(
		runs->phase, runs->user, runs->service, runs->cold, &call) != 0)
		return 1;
	for (size_t i = 0; i < n; i++) {
		struct run *run = running;

		if (busy == AT_ONCE) {
			reap(running);
			busy--;
		}
		while (run->pid != 0)
			run++;
		*run = runs[i];
		run->pid = fork();
		if (run->pid == 0)
			child(&call, &runs[i]);
		busy++;
	}
	for (; busy > 0; busy--)
		reap(running);
	return fflush(stdout);
}

#define RUNS_MAX 16384

static int many(const char *path)
{
	static struct run runs[RUNS_MAX];
	FILE *list = fopen(path, "re");
	int status = 0, bad = 0;
	size_t n = 0;

	if (!list)
		return fail(path);
	while (n < RUNS_MAX && next(list, &runs[n]) == 0)
		n++;
	(void)fclose(list);
	for (size_t from = 0, to = 0; from < n; from = to) {
		while (to < n && !strcmp(runs[to].number, runs[from].number))
			to++;
		if (fork() == 0)
			_exit(one_case(&runs[from], to - from));
		(void)wait(&status);
		bad |= status;
	}
	return bad || n == RUNS_MAX ? fail("not all could be played") : 0;
}

int main(int argc, char **argv)
{
	if (argc != 5 && argc != 6)
		return fail("see the head of pam.c");
	module = argv[1];
	if (argc == 6)
		return one(argv + 1);
	label = argv[3];
	at = strtol(argv[4], NULL, 10);
	return many(argv[2]);
}
