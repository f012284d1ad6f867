/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holding JSON against a table.
 */
#include "tests/idcsim/shape.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <json-c/json.h>

int aw_sim_shape_parse(const char *text, size_t len, struct json_object **ret,
    struct aw_diag *diag)
{
	struct json_tokener *tok;
	struct json_object *doc;
	enum json_tokener_error error;
	size_t used;
	size_t line = 1;

	if (len > INT_MAX) {
		aw_diag_set(diag, "too large");
		return -EINVAL;
	}
	tok = json_tokener_new();
	if (tok == NULL)
		return -ENOMEM;
	json_tokener_set_flags(
	    tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	doc = json_tokener_parse_ex(tok, text, (int)len);
	error = json_tokener_get_error(tok);
	used = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);
	while (used < len && strchr(" \t\r\n", text[used]) && text[used])
		used++;
	if (error == json_tokener_success && used == len) {
		*ret = doc;
		return 0;
	}
	(void)json_object_put(doc);
	for (size_t i = 0; i < used; i++)
		line += text[i] == '\n';
	aw_diag_set(diag, "line %zu: %s", line,
	    error == json_tokener_continue  ? "ends in the middle"
	    : error == json_tokener_success ? "something after the end"
					    : json_tokener_error_desc(error));
	return -EINVAL;
}

static const struct {
	const char *what;
	json_type type;
} types[] = {
	[AW_SIM_STRING] = { "a string", json_type_string },
	[AW_SIM_INTEGER] = { "an integer", json_type_int },
	[AW_SIM_BOOLEAN] = { "true or false", json_type_boolean },
	[AW_SIM_ARRAY] = { "an array", json_type_array },
	[AW_SIM_STRINGS] = { "an array of strings", json_type_array },
	[AW_SIM_OBJECT] = { "an object", json_type_object },
};

static bool is_of_type(struct json_object *value, enum aw_sim_type type)
{
	if (!json_object_is_type(value, types[type].type))
		return false;
	if (type != AW_SIM_STRINGS)
		return true;
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		if (!json_object_is_type(
			json_object_array_get_idx(value, i), json_type_string))
			return false;
	}
	return true;
}

static bool is_within(
    struct json_object *value, const struct aw_sim_field *field)
{
	int64_t size;

	switch (field->type) {
	case AW_SIM_STRING:
		size = json_object_get_string_len(value);
		/* A NUL inside would be cut off by all that comes later. */
		if ((size_t)size != strlen(json_object_get_string(value)))
			return false;
		break;
	case AW_SIM_INTEGER:
		size = json_object_get_int64(value);
		break;
	case AW_SIM_ARRAY:
	case AW_SIM_STRINGS:
		size = (int64_t)json_object_array_length(value);
		break;
	case AW_SIM_BOOLEAN:
	case AW_SIM_OBJECT:
	default:
		return true;
	}
	return size >= field->min && size <= field->max;
}

static int check_field(struct json_object *doc,
    const struct aw_sim_field *field, struct aw_diag *diag)
{
	struct json_object *value;

	if (!json_object_object_get_ex(doc, field->name, &value) ||
	    value == NULL) {
		if (!field->is_required)
			return 0;
		aw_diag_set(diag, "%s: missing", field->name);
		return -EINVAL;
	}
	if (!is_of_type(value, field->type)) {
		aw_diag_set(
		    diag, "%s: not %s", field->name, types[field->type].what);
		return -EINVAL;
	}
	if (!is_within(value, field)) {
		aw_diag_set(diag, "%s: not from %ld to %ld%s", field->name,
		    field->min, field->max,
		    field->type == AW_SIM_INTEGER ? "" : " long");
		return -EINVAL;
	}
	return 0;
}

static bool is_known(const struct aw_sim_field *fields, const char *name)
{
	for (; fields->name != NULL; fields++) {
		if (strcmp(fields->name, name) == 0)
			return true;
	}
	return false;
}

int aw_sim_shape_check(struct json_object *doc,
    const struct aw_sim_field *fields, bool is_open, struct aw_diag *diag)
{
	struct json_object_iterator it = json_object_iter_begin(doc);
	const struct json_object_iterator end = json_object_iter_end(doc);

	for (; !is_open && !json_object_iter_equal(&it, &end);
	     json_object_iter_next(&it)) {
		const char *name = json_object_iter_peek_name(&it);

		if (!is_known(fields, name)) {
			aw_diag_set(diag, "%.64s: unknown field", name);
			return -EINVAL;
		}
	}
	for (; fields->name != NULL; fields++) {
		const int r = check_field(doc, fields, diag);

		if (r < 0)
			return r;
	}
	return 0;
}
