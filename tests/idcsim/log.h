/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulator has been asked: JSON, one line a request, in a file and
 * the newest of them in memory.  Never holds a token, a key or a secret.
 */
#ifndef AW_IDCSIM_LOG_H
#define AW_IDCSIM_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"

struct aw_buf;
struct aw_sim_call;
struct json_object;

#define AW_SIM_LOG_KEEP 200

struct aw_sim_log {
	int fd; /* -1: no file */
	bool to_stderr;
	struct json_object *lines; /* array, oldest first */
};

void aw_sim_log_init(struct aw_sim_log *log);
void aw_sim_log_done(struct aw_sim_log *log);

/* Append to the file at @path from now on.  Returns 0 or a negative errno. */
int aw_sim_log_open(struct aw_sim_log *log, const char *path) AW_MUST_USE;

/* Note the answered @call. */
void aw_sim_log_call(struct aw_sim_log *log, const struct aw_sim_call *call);

/* The lines kept, as they stand in the file. */
void aw_sim_log_print(const struct aw_sim_log *log, struct aw_buf *out);

/* @ms since 1970 as 2006-01-02T15:04:05.678Z; without the fraction if not
 * @is_fine. */
void aw_sim_log_time(int64_t ms, bool is_fine, char ret[32]);

#endif
