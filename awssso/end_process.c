/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes by their owner.  A pid is held by a pidfd from before its owner is
 * looked at, so that no signal ever meets somebody else's process.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "awssso/end.h"
#include "common/own.h"
#include "common/text.h"

#define ROUND_MS    100
#define PATIENCE_MS 3000 /* between asking and making */
#define ROUNDS_MAX  100

/* The real and effective owner of @pid.  0 or a negative errno. */
static int owners(const char *pid, uint32_t ret[2])
{
	aw_own_fd int fd = -1;
	char path[64], text[1024], *line, *word, *save = NULL;
	uint64_t number;
	ssize_t n;

	if (aw_fmt(path, sizeof(path), "/proc/%s/status", pid) < 0)
		return -EINVAL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return -ESRCH;
	text[n] = '\0';
	line = strstr(text, "\nUid:");
	if (!line)
		return -EBADMSG;
	line += 5;
	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < 2; i++) {
		word = strtok_r(i == 0 ? line : NULL, " \t", &save);
		if (!word || aw_num_u64(word, 0, UINT32_MAX, &number) != 0)
			return -EBADMSG;
		ret[i] = (uint32_t)number;
	}
	return 0;
}

typedef int visit_fn(const char *pid, void *user);

/* Every process but this one.  Ends at @visit's first error. */
static int each_process(visit_fn *visit, void *user)
{
	aw_own_dir DIR *dir = opendir("/proc");
	struct dirent *entry;
	uint64_t pid;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (entry = readdir(dir)) != NULL)
		if (aw_num_u64(entry->d_name, 1, INT32_MAX, &pid) == 0 &&
		    (pid_t)pid != getpid())
			r = visit(entry->d_name, user);
	return r;
}

struct round {
	uint32_t uid;
	int signals[2]; /* 0: none */
	unsigned n;
};

static int end_one(const char *pid, void *user)
{
	struct round *round = user;
	aw_own_fd int pidfd = -1;
	uint32_t uid[2];
	uint64_t number;

	if (aw_num_u64(pid, 1, INT32_MAX, &number) != 0)
		return 0;
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)number, 0);
	/* Gone, or about to be: not ours to end. */
	if (pidfd < 0 || owners(pid, uid) < 0 ||
	    (uid[0] != round->uid && uid[1] != round->uid))
		return 0;
	round->n++;
	for (int i = 0; i < 2; i++)
		if (round->signals[i])
			(void)syscall(SYS_pidfd_send_signal, pidfd,
			    round->signals[i], NULL, 0);
	return 0;
}

static unsigned signal_all(uint32_t uid, int first, int second)
{
	struct round round = { .uid = uid, .signals = { first, second } };

	(void)each_process(end_one, &round);
	return round.n;
}

static void nap(void)
{
	(void)nanosleep(
	    &(struct timespec){ .tv_nsec = ROUND_MS * 1000000L }, NULL);
}

unsigned aw_end_processes(uint32_t uid, unsigned *ret_left)
{
	const unsigned n = signal_all(uid, SIGHUP, SIGTERM);
	unsigned left = n, waited = 0;

	/* One that is stopped hears nothing before it goes on. */
	if (n > 0)
		(void)signal_all(uid, SIGCONT, 0);
	for (; left > 0 && waited < PATIENCE_MS; waited += ROUND_MS) {
		nap();
		left = signal_all(uid, 0, 0);
	}
	for (int i = 0; left > 0 && i < ROUNDS_MAX; i++) {
		(void)signal_all(uid, SIGKILL, 0);
		nap();
		left = signal_all(uid, 0, 0);
	}
	*ret_left = left;
	return n;
}

void aw_uids_done(struct aw_uids *uids)
{
	free(uids->uid);
	*uids = (struct aw_uids){ 0 };
}

bool aw_uids_has(const struct aw_uids *uids, uint32_t uid)
{
	for (size_t i = 0; i < uids->n; i++)
		if (uids->uid[i] == uid)
			return true;
	return false;
}

int aw_uids_add(struct aw_uids *uids, uint32_t uid)
{
	uint32_t *more;

	if (aw_uids_has(uids, uid))
		return 0;
	if (uids->n == uids->room) {
		more = reallocarray(
		    uids->uid, uids->room + 64, sizeof(*uids->uid));
		if (!more)
			return -ENOMEM;
		uids->uid = more;
		uids->room += 64;
	}
	uids->uid[uids->n++] = uid;
	return 0;
}

static int note_owners(const char *pid, void *user)
{
	uint32_t uid[2];
	int r;

	if (owners(pid, uid) < 0)
		return 0; /* gone */
	r = aw_uids_add(user, uid[0]);
	return r < 0 ? r : aw_uids_add(user, uid[1]);
}

int aw_uids_of_processes(struct aw_uids *ret)
{
	return each_process(note_owners, ret);
}
