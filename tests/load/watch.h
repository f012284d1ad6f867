/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process holds at the most, and how long things took.
 */
#ifndef AW_TESTS_LOAD_WATCH_H
#define AW_TESTS_LOAD_WATCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct watch {
	const char *name;
	pid_t pid;
	uint64_t rss_kb, fds; /* peaks */
	uint64_t rss_kb_before, fds_before;
};

void watch_start(struct watch *watch, const char *name, pid_t pid);
void watch_look(struct watch *watch);
void watch_print(const struct watch *watch);

struct times {
	uint64_t *ms;
	size_t n, room;
};

/* Out of memory ends the program. */
void times_add(struct times *times, uint64_t ms);
/* "WHAT: p50 N ms, p99 N ms, longest N ms". */
void times_print(const char *what, struct times *times);
void times_done(struct times *times);

#endif
