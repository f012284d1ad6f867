/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times of rows.  They are for people only: one that cannot be understood is
 * none.
 */
#include "awssso_netd/updated.h"

#include <string.h>
#include <time.h>

/* "2026-11-25T00:46:43.123Z"; the fraction, and a zone, do not matter here. */
static uint64_t of_text(const char *text)
{
	struct tm tm = { 0 };
	time_t at;

	if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%S", &tm))
		return 0;
	at = timegm(&tm);
	return at > 0 ? (uint64_t)at : 0;
}

uint64_t aw_updated_of(struct json_object *row)
{
	struct json_object *value;
	double seconds;

	if (json_object_object_get_ex(row, "UpdatedAt", &value)) {
		seconds = json_object_get_double(value);
		return seconds > 0 && seconds < 1e12 ? (uint64_t)seconds : 0;
	}
	if (json_object_object_get_ex(row, "meta", &value) &&
	    json_object_is_type(value, json_type_object) &&
	    json_object_object_get_ex(value, "lastModified", &value))
		return of_text(json_object_get_string(value));
	return 0;
}

uint64_t aw_updated_newest(struct json_object *json, const char *list)
{
	struct json_object *rows;
	uint64_t newest = 0, at;

	if (!json_object_object_get_ex(json, list, &rows) ||
	    !json_object_is_type(rows, json_type_array))
		return aw_updated_of(json);
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		at = json_object_is_type(row, json_type_object)
			 ? aw_updated_of(row)
			 : 0;
		newest = at > newest ? at : newest;
	}
	return newest;
}
