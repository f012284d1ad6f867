/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of statements that more than one file of them is made of.
 */
#ifndef AW_AWSSSOD_QUERY_PARTS_H
#define AW_AWSSSOD_QUERY_PARTS_H

#include "awsssod/query.h"

/* A range of sub-ids of this host that @id lies in. */
#define LOCAL_RANGE_OF(id)                                    \
	"SELECT 1 FROM local_ranges WHERE last >= " id " AND" \
	" first <= " id

/* Groups that a live answer named and no sweep has read. */
#define UNREAD                                                    \
	"(SELECT n FROM principals INDEXED BY principals_skip"    \
	" WHERE skip IS NOT NULL AND kind = 2 AND user_name = ''" \
	" AND skip LIKE 'not read yet%')"

/* The statements of query_names.c; NULL for all others. */
extern const char *const aw_query_names[AW_Q_COUNT_];

#endif
