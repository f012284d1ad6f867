/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time of the past, as somebody writes it.
 */
#ifndef AW_AWSSSO_MOMENT_H
#define AW_AWSSSO_MOMENT_H

#include <stdint.h>

#include "common/outcome.h"

/*
 * "2026-11-24T14:00:00Z", with "+01:00" in the place of the Z, or a span before
 * @now: "2h", also "-2h".  Returns 0 with *@ret in epoch seconds, neither
 * before the epoch nor behind @now; or -EINVAL.
 */
int aw_moment_parse(const char *text, int64_t now, int64_t *ret) AW_MUST_USE;

#endif
