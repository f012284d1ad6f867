/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/PID/stat and /proc/PID/sessionid.
 */
#include "awsssod/process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "common/text.h"

static int read_small(pid_t pid, const char *what, char *buf, size_t size)
{
	aw_own_fd int fd = -1;
	char path[64];
	ssize_t n;
	int r;

	r = aw_fmt(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return 0;
}

/* Cut the next word off *@at; "" at the end. */
static const char *word(char **at)
{
	const char *begin = *at ? strsep(at, " \n") : "";

	return begin ? begin : "";
}

int aw_process_read(pid_t pid, struct aw_process *ret)
{
	uint64_t parent = 0, start = 0;
	char stat[1024];
	char *at;
	int r;

	r = read_small(pid, "stat", stat, sizeof(stat));
	if (r < 0)
		return r;
	/* The command may hold blanks and parentheses: count from its end. */
	at = strrchr(stat, ')');
	if (!at || at[1] != ' ')
		return -EIO;
	at += 2;
	for (int field = 3; field <= 22; field++) {
		const char *text = word(&at);

		if (field == 4 && aw_num_u64(text, 0, INT32_MAX, &parent) != 0)
			return -EIO;
		if (field == 22 && aw_num_u64(text, 0, UINT64_MAX, &start) != 0)
			return -EIO;
	}
	ret->parent = (pid_t)parent;
	ret->start = start;
	return 0;
}

uint32_t aw_process_ksession(pid_t pid)
{
	char text[32];
	uint64_t id;

	if (read_small(pid, "sessionid", text, sizeof(text)) < 0)
		return AW_KSESSION_UNSET;
	text[strcspn(text, "\n")] = '\0';
	if (aw_num_u64(text, 0, UINT32_MAX, &id) != 0)
		return AW_KSESSION_UNSET;
	return (uint32_t)id;
}
