/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON answers, checked field by field.
 */
#include "awssso_netd/answer.h"

#include <errno.h>
#include <string.h>

#include "common/buf.h"
#include "common/own.h"

#define DEPTH_MAX   16
#define TEXTS_BYTES 2048 /* of each text in a list */

static void put_tokener(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

static void name_place(const struct aw_place *place, struct aw_buf *ret)
{
	if (!place->up) {
		aw_buf_fmt(ret, "%s: ", place->name);
		return;
	}
	name_place(place->up, ret);
	if (place->index < 0)
		aw_buf_fmt(ret, "%s.", place->name);
	else
		aw_buf_fmt(
		    ret, "%s[%lld].", place->name, (long long)place->index);
}

int aw_answer_bad(const struct aw_place *place, const char *field,
    const char *what, struct aw_diag *diag)
{
	aw_own(aw_buf_done) struct aw_buf text = AW_BUF_INIT(256);

	name_place(place, &text);
	if (field)
		aw_buf_fmt(&text, "%s: ", field);
	aw_buf_str(&text, what);
	aw_diag_set(diag, "%s", aw_buf_text(&text));
	return -EBADMSG;
}

int aw_answer_on_page(int r, uint64_t page, struct aw_diag *diag)
{
	const struct aw_diag row = *diag;

	if (r == -EBADMSG)
		aw_diag_set(diag, "%.280s (page %llu)", row.text,
		    (unsigned long long)page);
	return r;
}

int aw_answer_parse(const struct aw_place *place, const char *text, size_t len,
    struct json_object **ret, struct aw_diag *diag)
{
	aw_own(put_tokener) struct json_tokener *tokener =
	    json_tokener_new_ex(DEPTH_MAX);
	struct json_object *object;
	size_t end;

	if (!tokener)
		return -ENOMEM;
	if (len == 0)
		return aw_answer_bad(place, NULL, "empty answer", diag);
	if (len > INT32_MAX)
		return aw_answer_bad(place, NULL, "answer too large", diag);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = json_tokener_parse_ex(tokener, text, (int)len);
	end = json_tokener_get_parse_end(tokener);
	while (end < len && strchr(" \t\r\n", text[end]) && text[end])
		end++;
	if (!json_object_is_type(object, json_type_object) || end != len) {
		json_object_put(object);
		return aw_answer_bad(
		    place, NULL, "malformed answer: not one JSON object", diag);
	}
	*ret = object;
	return 0;
}

static const char *read_text(
    struct json_object *value, const struct aw_field *field, const char **ret)
{
	const char *text;
	int len;

	if (!json_object_is_type(value, json_type_string))
		return "not a text";
	text = json_object_get_string(value);
	len = json_object_get_string_len(value);
	if (len > field->max)
		return "too long";
	if (strlen(text) != (size_t)len)
		return "holds a NUL";
	if (field->kind == AW_FIELD_TEXT &&
	    !aw_text_is_clean(text, (size_t)len))
		return "holds bytes that do not belong in it";
	if (len > 0)
		*ret = text;
	else if (field->required)
		return "empty";
	return NULL;
}

static const char *read_number(
    struct json_object *value, const struct aw_field *field, int64_t *ret)
{
	const int64_t number = json_object_get_int64(value);

	if (!json_object_is_type(value, json_type_int))
		return "not a whole number";
	if (number < 0 || number > field->max)
		return "out of range";
	*ret = number;
	return NULL;
}

static const char *read_list(struct json_object *value,
    const struct aw_field *field, struct json_object **ret)
{
	if (!json_object_is_type(value, json_type_array))
		return "not a list";
	if (json_object_array_length(value) > (size_t)field->max)
		return "too many elements";
	for (size_t i = 0; i < json_object_array_length(value); i++)
		if (!json_object_is_type(
			json_object_array_get_idx(value, i), json_type_object))
			return "an element is not an object";
	*ret = value;
	return NULL;
}

static const char *read_texts(struct json_object *value,
    const struct aw_field *field, struct json_object **ret)
{
	const struct aw_field inner = { field->name, AW_FIELD_TEXT, true,
		TEXTS_BYTES, 0 };

	if (!json_object_is_type(value, json_type_array))
		return "not a list";
	if (json_object_array_length(value) > (size_t)field->max)
		return "too many elements";
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		const char *text;
		const char *wrong = read_text(
		    json_object_array_get_idx(value, i), &inner, &text);

		if (wrong)
			return wrong;
	}
	*ret = value;
	return NULL;
}

/* NULL, or what is wrong with it. */
static const char *read_value(
    struct json_object *value, const struct aw_field *field, void *place)
{
	switch (field->kind) {
	case AW_FIELD_TEXT:
	case AW_FIELD_LOOSE:
		return read_text(value, field, place);
	case AW_FIELD_NUMBER:
		return read_number(value, field, place);
	case AW_FIELD_LIST:
		return read_list(value, field, place);
	case AW_FIELD_TEXTS:
		return read_texts(value, field, place);
	case AW_FIELD_ANY:
		*(struct json_object **)place = value;
		return NULL;
	case AW_FIELD_OBJECT:
		if (!json_object_is_type(value, json_type_object))
			return "not an object";
		*(struct json_object **)place = value;
		return NULL;
	}
	return "of no known kind";
}

int aw_answer_read(const struct aw_place *place, struct json_object *object,
    const struct aw_field *fields, size_t n, void *ret, struct aw_diag *diag)
{
	for (size_t i = 0; i < n; i++) {
		struct json_object *value = NULL;
		const char *wrong = NULL;

		(void)json_object_object_get_ex(object, fields[i].name, &value);
		if (value)
			wrong = read_value(
			    value, &fields[i], (char *)ret + fields[i].offset);
		else if (fields[i].required)
			wrong = "missing";
		if (wrong)
			return aw_answer_bad(
			    place, fields[i].name, wrong, diag);
	}
	return 0;
}
