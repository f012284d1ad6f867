/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes of JSON documents: which members there are, of which type and size.
 * The fixture and every JSON request are held against such a table.
 */
#ifndef AW_IDCSIM_SHAPE_H
#define AW_IDCSIM_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/outcome.h"
#include "common/text.h"

struct json_object;

enum aw_sim_type {
	AW_SIM_STRING,
	AW_SIM_INTEGER,
	AW_SIM_BOOLEAN,
	AW_SIM_ARRAY,
	AW_SIM_STRINGS, /* an array of strings */
	AW_SIM_OBJECT,
};

/* @min and @max: bytes of a string, value of an integer, length of an array.
 * A table ends with a NULL name. */
struct aw_sim_field {
	const char *name;
	enum aw_sim_type type;
	bool is_required;
	long min, max;
};

/*
 * Parse exactly one JSON value of @len bytes.  Returns 0 with @ret to be put,
 * or -EINVAL with @diag ("line 3: ...").
 */
int aw_sim_shape_parse(const char *text, size_t len, struct json_object **ret,
    struct aw_diag *diag) AW_MUST_USE;

/*
 * Hold @doc, an object, against @fields; members that are not in the table
 * pass only if @is_open.  Returns 0, or -EINVAL with @diag ("UserId:
 * missing").
 */
int aw_sim_shape_check(struct json_object *doc,
    const struct aw_sim_field *fields, bool is_open,
    struct aw_diag *diag) AW_MUST_USE;

#endif
