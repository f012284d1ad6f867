/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress: requests made of those expected.  What is expected is known better
 * the longer it goes on, so a bar is never full before the end.
 */
#include "awssso/progress.h"

#include <string.h>

#include "awssso/print.h"
#include "common/proto.h"
#include "common/text.h"

#define BAR_WIDTH 24

static uint64_t percent_of(uint64_t done, uint64_t all)
{
	const uint64_t percent = all ? done * 100 / all : 0;

	return percent < 99 ? percent : 99;
}

static void draw(char bar[BAR_WIDTH + 4], uint64_t percent)
{
	const size_t full = (size_t)percent * BAR_WIDTH / 100;

	bar[0] = '[';
	memset(bar + 1, '#', full);
	memset(bar + 1 + full, ' ', BAR_WIDTH - full);
	memcpy(bar + 1 + BAR_WIDTH, "] ", 3);
}

/* "7 of about 20 requests, about 13 s left"; @rate 0: that is not known. */
static void say_requests(
    uint64_t rate, uint64_t done, uint64_t all, char text[128])
{
	char left[32];
	int r;

	if (all == 0)
		r = aw_fmt(
		    text, 128, "%llu requests", (unsigned long long)done);
	else if (rate == 0 || done >= all)
		r = aw_fmt(text, 128, "%llu of about %llu requests",
		    (unsigned long long)done, (unsigned long long)all);
	else
		r = aw_fmt(text, 128,
		    "%llu of about %llu requests, about %s left",
		    (unsigned long long)done, (unsigned long long)all,
		    aw_print_span(
			left, sizeof(left), (all - done + rate - 1) / rate));
	if (r < 0)
		text[0] = '\0';
}

const char *aw_progress_line(
    const struct aw_talk *talk, bool bar, const char *waits, char *buf)
{
	const uint64_t done = aw_wire_num(&talk->in, AW_TAG_REQUESTS, 0);
	const uint64_t all = aw_wire_num(&talk->in, AW_TAG_EXPECTED, 0);
	const uint64_t percent = percent_of(done, all);
	const bool is_waiting = !waits || *waits;
	/* How long the requests take does not tell how long it waits. */
	const uint64_t rate =
	    is_waiting ? 0 : aw_wire_num(&talk->in, AW_TAG_RATE, 0);
	char drawn[BAR_WIDTH + 4] = "", share[16] = "", requests[128];
	int r = 0;

	if (bar && all)
		draw(drawn, percent);
	if (all)
		r = aw_fmt(share, sizeof(share), "%2llu %%, ",
		    (unsigned long long)percent);
	say_requests(rate, done, all, requests);
	if (r == 0)
		r = aw_fmt(buf, AW_PROGRESS_SIZE, "%s%s%s%s%.300s", drawn,
		    share, requests, waits && *waits ? "; waits: " : "",
		    waits ? waits : "");
	return r < 0 ? "" : buf;
}
