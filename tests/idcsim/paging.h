/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages.  A NextToken is opaque, good for one operation on one thing, and
 * cannot be made up: it carries a keyed hash.
 */
#ifndef AW_IDCSIM_PAGING_H
#define AW_IDCSIM_PAGING_H

#include <stddef.h>

#include "common/outcome.h"

struct aw_sim_call;

struct aw_sim_page {
	size_t first;
	size_t n;
	char next[64]; /* "" on the last page */
};

/*
 * Which of @total rows belong on the page after @token (NULL: the first), at
 * most @max (0: what the service does by itself).  @scope tells listings of
 * one operation apart.  Obeys the faults of @call.  Returns 0, or -EINVAL for
 * a token that is not one of ours.
 */
int aw_sim_page_of(const struct aw_sim_call *call, size_t total, size_t max,
    const char *token, const char *scope, struct aw_sim_page *ret) AW_MUST_USE;

#endif
