/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following NextToken.  A page may be short or empty and have a successor all
 * the same, and rows may come again while a list moves under its pages.  What
 * must not happen is that this goes on for ever: tokens that go round in a
 * circle end the list, and so do AW_PAGES_IN_VAIN pages in a row that bring no
 * row which was not there before, be they empty or the same ones again.
 */
#ifndef AW_AWSSSO_NETD_PAGING_H
#define AW_AWSSSO_NETD_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "awssso_netd/answer.h"

#define AW_PAGE_SIZE     100   /* rows, always asked for */
#define AW_PAGES_IN_VAIN 100   /* AWS may send a few empty ones */
#define AW_NEXT_MAX      65535 /* bytes of a NextToken */

/* Zeroed: before the first page. */
struct aw_paging {
	char *next; /* token of the next page; NULL before the first */
	char *mark; /* an earlier token, to find circles */
	uint64_t pages, next_mark;
	uint8_t *seen; /* which rows have come; NULL while one page has */
	unsigned in_vain;
};

/*
 * The page @json came, an answer whose rows are the elements of its lists.  Its
 * successor's token is @next (NULL: it was the last), which stands in the field
 * @field of @place.  Returns 0 (ask for paging->next), AW_END, -EBADMSG with
 * @why (the list has no end), or -ENOMEM.
 */
int aw_paging_step(struct aw_paging *paging, const struct aw_place *place,
    struct json_object *json, const char *field, const char *next,
    struct aw_diag *why) AW_MUST_USE;
/* The same of a list that goes on without a token: did this page bring anything
 * new, or one of the last?  Returns 0, -EBADMSG with @why, or -ENOMEM. */
int aw_paging_rows(struct aw_paging *paging, const struct aw_place *place,
    struct json_object *json, struct aw_diag *why) AW_MUST_USE;
void aw_paging_done(struct aw_paging *paging);

#endif
