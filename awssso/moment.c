/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 3339, place by place.
 */
#include "awssso/moment.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "common/text.h"

/* The places of @form that are '0' are digits in @text, 'T' either case; the
 * others are as they stand. */
static bool has_form(const char *text, const char *form)
{
	for (; *form; text++, form++) {
		const bool fits = *form == '0'   ? *text >= '0' && *text <= '9'
				  : *form == 'T' ? *text == 'T' || *text == 't'
						 : *text == *form;

		if (!fits)
			return false;
	}
	return true;
}

static int two(const char *digits)
{
	return (digits[0] - '0') * 10 + digits[1] - '0';
}

/* How far the clock there is before UTC's, by what stands behind the time. */
static int read_offset(const char *text, int64_t *ret)
{
	if (!strcmp(text, "Z") || !strcmp(text, "z")) {
		*ret = 0;
		return 0;
	}
	if (strlen(text) != 6 ||
	    (!has_form(text, "+00:00") && !has_form(text, "-00:00")) ||
	    two(text + 1) > 23 || two(text + 4) > 59)
		return -EINVAL;
	*ret = (two(text + 1) * 60 + two(text + 4)) * 60;
	if (*text == '-')
		*ret = -*ret;
	return 0;
}

static int read_date(const char *text, int64_t *ret)
{
	static const char form[] = "0000-00-00T00:00:00";
	int64_t offset;
	struct tm tm;
	time_t when;

	if (!has_form(text, form) ||
	    read_offset(text + sizeof(form) - 1, &offset) != 0)
		return -EINVAL;
	tm = (struct tm){ .tm_year = two(text) * 100 + two(text + 2) - 1900,
		.tm_mon = two(text + 5) - 1,
		.tm_mday = two(text + 8),
		.tm_hour = two(text + 11),
		.tm_min = two(text + 14),
		.tm_sec = two(text + 17) };
	when = timegm(&tm);
	/* What is no date becomes another one. */
	if (tm.tm_mon != two(text + 5) - 1 || tm.tm_mday != two(text + 8) ||
	    tm.tm_hour != two(text + 11) || tm.tm_min != two(text + 14) ||
	    tm.tm_sec != two(text + 17))
		return -EINVAL;
	*ret = (int64_t)when - offset;
	return 0;
}

int aw_moment_parse(const char *text, int64_t now, int64_t *ret)
{
	uint64_t span;
	int64_t when;

	if (aw_num_span(text + (*text == '-'), 0, INT32_MAX, &span) == 0)
		when = now - (int64_t)span;
	else if (read_date(text, &when) != 0)
		return -EINVAL;
	if (when < 1 || when > now)
		return -EINVAL;
	*ret = when;
	return 0;
}
