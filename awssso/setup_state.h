/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a setup is at, on disk before anything depends on it:
 *
 *   OPEN     files are kept, settings may have been written, daemons started
 *   PENDING  logins go the new way, until the deadline unless it is confirmed
 *   DONE     confirmed; can be undone
 *   UNDONE   everything is as it was
 */
#ifndef AW_AWSSSO_SETUP_STATE_H
#define AW_AWSSSO_SETUP_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/outcome.h"

#define AW_SETUP_ANCESTORS 32
#define AW_SETUP_UNITS     8

enum aw_setup_stage {
	AW_SETUP_NONE,
	AW_SETUP_OPEN,
	AW_SETUP_PENDING,
	AW_SETUP_DONE,
	AW_SETUP_UNDONE,
};

struct aw_setup_state {
	enum aw_setup_stage stage;
	int64_t deadline; /* by the clock, of PENDING */
	uint32_t session; /* the kernel's, of who started it; -1: none */
	struct aw_setup_process {
		int32_t pid;
		uint64_t start;
	} owner; /* the setup itself */
	/* Its ancestors that have a terminal. */
	unsigned n_ancestors;
	struct aw_setup_process ancestors[AW_SETUP_ANCESTORS];
	/* What was neither enabled nor running before. */
	unsigned n_units;
	char units[AW_SETUP_UNITS][64];
};

/* 0; a setup that never was is AW_SETUP_NONE.  Or a negative errno. */
int aw_setup_state_read(struct aw_setup_state *ret) AW_MUST_USE;
/* On disk when it returns 0. */
int aw_setup_state_write(const struct aw_setup_state *state) AW_MUST_USE;

/* Note who is asking, the owner. */
void aw_setup_state_note(struct aw_setup_state *state);

/* Is the owner there still? */
bool aw_setup_state_is_owned(const struct aw_setup_state *state);

/* Is whoever calls in another login session than the one that was noted? */
bool aw_setup_state_is_new_login(const struct aw_setup_state *state);

#endif
