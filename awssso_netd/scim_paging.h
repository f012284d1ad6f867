/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of a SCIM list, in whichever of two ways the server goes on:
 *
 *   by cursor  count=100&cursor=...      nextCursor, absent on the last page
 *              (RFC 9865, and AWS); the first one is asked for with an empty
 *              cursor
 *   by index   count=100&startIndex=N    as many rows as totalResults says
 *
 * Which one is seen from the first answer.  By index, each page but the first
 * begins with the last row of the page before it: when that is not the same
 * row, rows came or went meanwhile and others would be missed, so the list is
 * void.  The same goes for another totalResults, and for a list that ends
 * early.  A page of that one row alone is followed by one that begins behind
 * it.  Pure.
 */
#ifndef AW_AWSSSO_NETD_SCIM_PAGING_H
#define AW_AWSSSO_NETD_SCIM_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "awssso_netd/paging.h"
#include "awssso_netd/scim_read.h"

/* Zeroed: before the first page. */
struct aw_scim_paging {
	bool no_cursor; /* the server refused an empty one */
	struct aw_paging cursor;
	int64_t total, seen; /* by index */
	bool no_overlap; /* of the next page: the last one brought nothing else
			  */
	char last[AW_ID_SIZE];
};

/* Append the query of the next page, without a "?" or "&" in front. */
void aw_scim_paging_query(
    const struct aw_scim_paging *paging, struct aw_buf *ret);

/*
 * A page came.  *@ret_skip rows at its beginning are known already.  Returns 0
 * (there is a next page), AW_END, AW_STALE with @diag (the list changed: it is
 * void, but reading it again may succeed), -EBADMSG with @diag, or -ENOMEM.
 */
int aw_scim_paging_step(struct aw_scim_paging *paging,
    const struct aw_place *place, const struct aw_scim_list *list,
    size_t *ret_skip, struct aw_diag *diag) AW_MUST_USE;
void aw_scim_paging_done(struct aw_scim_paging *paging);

#endif
