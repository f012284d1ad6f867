/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building JSON objects, and wiping what held a secret.
 */
#include "awssso_netd/json.h"

#include <errno.h>
#include <string.h>

void aw_json_begin(struct aw_json *json)
{
	json->root = json_object_new_object();
	json->error = json->root ? 0 : -ENOMEM;
}

void aw_json_put(
    struct aw_json *json, const char *name, struct json_object *value)
{
	if (!value && !json->error)
		json->error = -ENOMEM;
	if (!json->error && json_object_object_add(json->root, name, value) < 0)
		json->error = -ENOMEM;
	if (json->error)
		json_object_put(value);
}

void aw_json_put_text(struct aw_json *json, const char *name, const char *text)
{
	if (text)
		aw_json_put(json, name, json_object_new_string(text));
}

void aw_json_put_number(struct aw_json *json, const char *name, int64_t value)
{
	aw_json_put(json, name, json_object_new_int64(value));
}

void aw_json_put_bool(struct aw_json *json, const char *name, bool value)
{
	aw_json_put(json, name, json_object_new_boolean(value));
}

/* json-c owns what it renders and hands out as const; nobody reads it again. */
static void wipe_text(const char *text, size_t len)
{
	explicit_bzero((void *)(uintptr_t)text, len);
}

int aw_json_end(struct aw_json *json, struct aw_buf *ret)
{
	size_t len;
	const char *text;

	if (!json->error) {
		text = json_object_to_json_string_length(json->root,
		    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
		    &len);
		if (text) {
			aw_buf_add(ret, text, len);
			json->error = aw_buf_error(ret);
			wipe_text(text, len);
		} else {
			json->error = -ENOMEM;
		}
	}
	aw_json_wipe(json->root);
	json_object_put(json->root);
	json->root = NULL;
	return json->error;
}

void aw_json_wipe(struct json_object *object)
{
	switch (json_object_get_type(object)) {
	case json_type_string:
		wipe_text(json_object_get_string(object),
		    (size_t)json_object_get_string_len(object));
		break;
	case json_type_array:
		for (size_t i = 0; i < json_object_array_length(object); i++)
			aw_json_wipe(json_object_array_get_idx(object, i));
		break;
	case json_type_object: {
		struct json_object_iter it;

		json_object_object_foreachC(object, it) aw_json_wipe(it.val);
		break;
	}
	case json_type_null:
	case json_type_boolean:
	case json_type_double:
	case json_type_int:
		break;
	}
}
