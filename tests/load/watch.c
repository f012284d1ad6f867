/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc, and a sort.
 */
#include "tests/load/watch.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static uint64_t rss_of(pid_t pid)
{
	char path[64], line[256];
	uint64_t kb = 0;
	FILE *file;

	if (aw_fmt(path, sizeof(path), "/proc/%d/status", pid) < 0)
		return 0;
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		char *digits = line + 6 + strspn(line + 6, " \t");

		if (strncmp(line, "VmRSS:", 6) != 0)
			continue;
		digits[strcspn(digits, " ")] = '\0';
		if (aw_num_u64(digits, 0, UINT32_MAX, &kb) != 0)
			kb = 0;
	}
	if (file)
		(void)fclose(file);
	return kb;
}

static uint64_t fds_of(pid_t pid)
{
	char path[64];
	uint64_t n = 0;
	DIR *dir;

	if (aw_fmt(path, sizeof(path), "/proc/%d/fd", pid) < 0)
		return 0;
	dir = opendir(path);
	while (dir && readdir(dir))
		n++;
	if (dir)
		(void)closedir(dir);
	return n > 2 ? n - 2 : 0;
}

void watch_start(struct watch *watch, const char *name, pid_t pid)
{
	*watch = (struct watch){ .name = name, .pid = pid };
	watch->rss_kb_before = watch->rss_kb = rss_of(pid);
	watch->fds_before = watch->fds = fds_of(pid);
}

void watch_look(struct watch *watch)
{
	const uint64_t rss = rss_of(watch->pid), fds = fds_of(watch->pid);

	if (rss > watch->rss_kb)
		watch->rss_kb = rss;
	if (fds > watch->fds)
		watch->fds = fds;
}

void watch_print(const struct watch *watch)
{
	printf("  %-12s %" PRIu64 " KB and %" PRIu64
	       " descriptors at the most (%" PRIu64 " and %" PRIu64
	       " before), %" PRIu64 " and %" PRIu64 " after\n",
	    watch->name, watch->rss_kb, watch->fds, watch->rss_kb_before,
	    watch->fds_before, rss_of(watch->pid), fds_of(watch->pid));
}

void times_add(struct times *times, uint64_t ms)
{
	if (times->n == times->room) {
		times->room += 1024;
		times->ms =
		    reallocarray(times->ms, times->room, sizeof(*times->ms));
		if (!times->ms)
			abort();
	}
	times->ms[times->n++] = ms;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void times_print(const char *what, struct times *times)
{
	if (times->n == 0)
		return;
	qsort(times->ms, times->n, sizeof(*times->ms), compare);
	printf("  %s: p50 %" PRIu64 " ms, p99 %" PRIu64 " ms, longest %" PRIu64
	       " ms\n",
	    what, times->ms[times->n / 2], times->ms[times->n * 99 / 100],
	    times->ms[times->n - 1]);
}

void times_done(struct times *times)
{
	free(times->ms);
	*times = (struct times){ 0 };
}
