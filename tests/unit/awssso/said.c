/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing what was said with lines.
 */
#include "tests/unit/awssso/said.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static struct aw_conf conf;

void said_begin(struct aw_doctor *doctor)
{
	aw_conf_init(&conf);
	*doctor = (struct aw_doctor){ .conf = &conf,
		.etc = ".",
		.hosts = 1,
		.snap_error = AW_ABSENT,
		.checks = json_object_new_array(),
		.egress = json_object_new_array() };
}

static const char *text_of(struct json_object *item, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(item, key, &value)
		   ? json_object_get_string(value)
		   : "";
}

/* "STATE NAME TEXT", of which @line is taken apart. */
static bool is_said(struct json_object *item, char *line)
{
	const char *state = strsep(&line, " ");
	const char *name = line ? strsep(&line, " ") : "";
	const char *fix = text_of(item, "fix");
	const size_t len = strcspn(state, "-");
	const bool may_lack = state[len] == '-' || strncmp(state, "ok", 2) == 0;

	return strncmp(text_of(item, "state"), state, len) == 0 &&
	       strcmp(text_of(item, "check"), name) == 0 &&
	       (may_lack || *fix) && line &&
	       (strstr(text_of(item, "text"), line) || strstr(fix, line));
}

void said_expect(struct aw_doctor *doctor, size_t row, const char *want)
{
	char *copy = strdup(want), *rest = copy, *line;
	size_t n = 0;

	while (*rest && (line = strsep(&rest, "\n"))) {
		struct json_object *item =
		    json_object_array_get_idx(doctor->checks, n++);

		if (!item || !is_said(item, line))
			fail_msg("row %zu, line %zu: %s", row, n,
			    json_object_to_json_string(doctor->checks));
		if (!rest)
			break;
	}
	if (json_object_array_length(doctor->checks) != n)
		fail_msg("row %zu: more than %zu lines: %s", row, n,
		    json_object_to_json_string(doctor->checks));
	free(copy);
	json_object_put(doctor->checks);
	json_object_put(doctor->egress);
}
