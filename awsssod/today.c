/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting the events of a day.
 */
#include "awsssod/today.h"

void aw_today_note(struct aw_today *today, uint64_t verdict)
{
	if (today->counted && verdict < AW_VERDICT_MAX_)
		today->n[verdict]++;
}

static void find_day(struct aw_today *today, time_t now)
{
	struct tm tm = { .tm_hour = 0 };

	(void)localtime_r(&now, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	today->from = mktime(&tm);
	tm.tm_mday++;
	tm.tm_isdst = -1;
	today->until = mktime(&tm);
}

void aw_today_count(struct aw_today *today, struct aw_state *state, time_t now)
{
	struct aw_today fresh = { .counted = true };
	sqlite3_stmt *row;
	uint64_t verdict;
	int r;

	if (today->counted && now >= today->from && now < today->until)
		return;
	find_day(&fresh, now);
	r = aw_state_start(
	    state, AW_Q_EVENTS_SINCE, &row, "i", (int64_t)fresh.from);
	while (r == 0) {
		r = aw_state_next(state, row);
		verdict = r == 0 ? (uint64_t)sqlite3_column_int64(row, 0) : 0;
		if (r == 0 && verdict < AW_VERDICT_MAX_)
			fresh.n[verdict] +=
			    (uint64_t)sqlite3_column_int64(row, 1);
	}
	if (r >= 0)
		*today = fresh;
}
