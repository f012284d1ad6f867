/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands to the running simulator: a few words, from the control socket or
 * from a form on the board.
 */
#ifndef AW_IDCSIM_COMMAND_H
#define AW_IDCSIM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/outcome.h"
#include "common/text.h"

struct aw_buf;
struct aw_sim;

#define AW_SIM_WORDS_MAX 16

struct aw_sim_words {
	size_t n;
	char *word[AW_SIM_WORDS_MAX];
};

/* Append a copy of @text.  Returns 0, -E2BIG or -ENOMEM. */
int aw_sim_words_add(struct aw_sim_words *words, const char *text) AW_MUST_USE;
void aw_sim_words_done(struct aw_sim_words *words);

/*
 * Do what @words say (see aw_sim_command_usage()).  Returns 0 with what there
 * is to tell added to @out; or -EINVAL with @diag: not understood, or refused.
 */
int aw_sim_command(struct aw_sim *sim, const struct aw_sim_words *words,
    struct aw_buf *out, struct aw_diag *diag) AW_MUST_USE;

/* One line for each command. */
void aw_sim_command_usage(struct aw_buf *out);

/* There is a command called @name. */
bool aw_sim_command_exists(const char *name);

#endif
