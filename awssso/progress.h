/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a reading of the directory is, as one line.
 */
#ifndef AW_AWSSSO_PROGRESS_H
#define AW_AWSSSO_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "awssso/talk.h"

#define AW_PROGRESS_SIZE 512

/*
 * A line from the fields of @talk's latest answer (PROGRESS or STATUS_IS) into
 * @buf of AW_PROGRESS_SIZE bytes: with a @bar or without, and @waits, what it
 * waits for: "" if for nothing, NULL if that is told elsewhere.  While it waits
 * there is no word on how long it takes.  Returns @buf.
 */
const char *aw_progress_line(
    const struct aw_talk *talk, bool bar, const char *waits, char *buf);

#endif
