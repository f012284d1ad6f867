/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a SCIM sweep: made into records, counted, and their ids remembered
 * for the questions that follow.  Pure.
 */
#ifndef AW_AWSSSO_NETD_SCIM_ROWS_H
#define AW_AWSSSO_NETD_SCIM_ROWS_H

#include "awssso_netd/scim_read.h"

struct aw_scim_rows {
	struct aw_buf users, groups; /* ids, each with its NUL */
	uint64_t n_users, n_groups, n_members;
	uint64_t updated;        /* when one was changed last, or 0 */
	bool has_members;        /* groups came with some */
	uint64_t nested;         /* groups within groups, left out */
	uint64_t n_odd;          /* users whose "active" cannot be understood */
	char odd_id[AW_ID_SIZE]; /* the first of them */
	uint64_t n_lost;         /* members who cannot be told, left out */
	char lost_group[AW_ID_SIZE]; /* whose the first of them is */
};

void aw_scim_rows_init(struct aw_scim_rows *rows);
void aw_scim_rows_done(struct aw_scim_rows *rows);

/* Append @row's records to @page.  0, -EBADMSG with @why, or another negative
 * errno.  A group brings its members, if it has them with it. */
int aw_scim_take_user(struct aw_scim_rows *rows, const struct aw_place *place,
    struct json_object *row, const char *issuer, struct aw_buf *page,
    struct aw_diag *why) AW_MUST_USE;
int aw_scim_take_group(struct aw_scim_rows *rows, const struct aw_place *place,
    struct json_object *row, struct aw_buf *page,
    struct aw_diag *why) AW_MUST_USE;
/* @row is a user who was found to be in @group. */
int aw_scim_take_found(struct aw_scim_rows *rows, const struct aw_place *place,
    struct json_object *row, const char *group, struct aw_buf *page,
    struct aw_diag *why) AW_MUST_USE;

#endif
