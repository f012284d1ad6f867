/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following NextToken.  A page may be short or empty and have a successor all
 * the same; what must not happen is that the tokens go round in a circle.
 */
#ifndef AW_AWSSSO_NETD_PAGING_H
#define AW_AWSSSO_NETD_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/outcome.h"

#define AW_PAGE_SIZE 100   /* rows, always asked for */
#define AW_NEXT_MAX  65535 /* bytes of a NextToken */

/* Zeroed: before the first page. */
struct aw_paging {
	char *next; /* token of the next page; NULL before the first */
	char *mark; /* an earlier token, to find circles */
	uint64_t pages, next_mark;
};

/*
 * A page came whose successor's token is @next (NULL: it was the last).
 * Returns 0 (ask for paging->next), AW_END, -EBADMSG (the token has been seen
 * before) or -ENOMEM.
 */
int aw_paging_step(struct aw_paging *paging, const char *next) AW_MUST_USE;
void aw_paging_done(struct aw_paging *paging);

#endif
