/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/answer.c.
 * covers: spine.4, R28
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/answer.h"

struct got {
	const char *text, *loose;
	int64_t number;
	struct json_object *object, *list;
};

static const struct aw_field fields[] = {
	AW_FIELD(struct got, text, "Text", AW_FIELD_TEXT, true, 5),
	AW_FIELD(struct got, loose, "Loose", AW_FIELD_LOOSE, false, 8),
	AW_FIELD(struct got, number, "Number", AW_FIELD_NUMBER, false, 100),
	AW_FIELD(struct got, object, "Object", AW_FIELD_OBJECT, false, 0),
	AW_FIELD(struct got, list, "List", AW_FIELD_LIST, false, 2),
};
static const struct aw_place top = { NULL, "Op", -1 };

static void whole_texts_only(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int want;
	} rows[] = {
#define ROW(s, want) { s, sizeof(s) - 1, want }
		ROW("{}", 0),
		ROW(" \r\n\t{\"a\":1} \r\n", 0),
		ROW("", -EBADMSG),
		ROW(" ", -EBADMSG),
		ROW("{", -EBADMSG),
		ROW("{\"a\":", -EBADMSG),
		ROW("{}{}", -EBADMSG),
		ROW("{} x", -EBADMSG),
		ROW("{}\0", -EBADMSG),
		ROW("[]", -EBADMSG),
		ROW("null", -EBADMSG),
		ROW("\"x\"", -EBADMSG),
		ROW("7", -EBADMSG),
		ROW("{\"a\":1,}", -EBADMSG),
		ROW("/* c */{}", -EBADMSG),
		ROW("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{"
		    "\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}"
		    "}}}}}}}}}}}}}}",
		    -EBADMSG),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *json = NULL;
		struct aw_diag why = { .text = "" };
		const int r = aw_answer_parse(
		    &top, rows[i].text, rows[i].len, &json, &why);

		if (r != rows[i].want)
			fail_msg("row %zu (%s): %d %s", i, rows[i].text, r,
			    why.text);
		if (r < 0) {
			assert_null(json);
			assert_memory_equal(why.text, "Op: ", 4);
		}
		json_object_put(json);
	}
}

static const struct {
	const char *text;
	const char *says; /* NULL: good */
} readings[] = {
	{ "{\"Text\":\"abcde\"}", NULL },
	{ "{\"Text\":\"a\",\"Loose\":\"a\\tb\\n\",\"Number\":100,"
	  "\"Object\":{},\"List\":[{},{}],\"More\":[[]]}",
	    NULL },
	{ "{\"Text\":\"a\",\"Loose\":null,\"Number\":null,"
	  "\"List\":null}",
	    NULL },
	{ "{\"Text\":\"a\",\"Loose\":\"\"}", NULL },
	{ "{}", "Op: Text: missing" },
	{ "{\"text\":\"a\"}", "Op: Text: missing" },
	{ "{\"Text\":null}", "Op: Text: missing" },
	{ "{\"Text\":\"\"}", "Op: Text: empty" },
	{ "{\"Text\":\"abcdef\"}", "Op: Text: too long" },
	{ "{\"Text\":7}", "Op: Text: not a text" },
	{ "{\"Text\":[\"a\"]}", "Op: Text: not a text" },
	{ "{\"Text\":\"a\\nb\"}", "Op: Text: holds bytes" },
	{ "{\"Text\":\"a\\u0000b\"}", "Op: Text: holds a NUL" },
	{ "{\"Text\":\"a\\u0085\"}", "Op: Text: holds bytes" },
	{ "{\"Text\":\"\xc3\x28\"}", "Op: " },
	{ "{\"Text\":\"a\",\"Loose\":\"a\\u0000\"}", "Op: Loose: holds a NUL" },
	{ "{\"Text\":\"a\",\"Loose\":\"123456789\"}", "Op: Loose: too long" },
	{ "{\"Text\":\"a\",\"Number\":101}", "Op: Number: out of" },
	{ "{\"Text\":\"a\",\"Number\":-1}", "Op: Number: out of" },
	{ "{\"Text\":\"a\",\"Number\":1e99}", "Op: Number: not a whole" },
	{ "{\"Text\":\"a\",\"Number\":99999999999999999999999}",
	    "Op: Number: out of" },
	{ "{\"Text\":\"a\",\"Number\":1.5}", "Op: Number: not a whole" },
	{ "{\"Text\":\"a\",\"Number\":\"5\"}", "Op: Number: not a whole" },
	{ "{\"Text\":\"a\",\"Number\":true}", "Op: Number: not a whole" },
	{ "{\"Text\":\"a\",\"Object\":[]}", "Op: Object: not an" },
	{ "{\"Text\":\"a\",\"List\":{}}", "Op: List: not a list" },
	{ "{\"Text\":\"a\",\"List\":[{},{},{}]}", "Op: List: too many" },
	{ "{\"Text\":\"a\",\"List\":[{},7]}", "Op: List: an element is not" },
	{ "{\"Text\":\"a\",\"List\":[null]}", "Op: List: an element is not" },
};

static void fields_by_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
		struct json_object *json = NULL;
		struct got got = { .number = -7 };
		struct aw_diag why = { .text = "" };
		int r;

		r = aw_answer_parse(&top, readings[i].text,
		    strlen(readings[i].text), &json, &why);
		if (r == 0)
			r = aw_answer_read(&top, json, fields, 5, &got, &why);
		if (r != (readings[i].says ? -EBADMSG : 0) ||
		    (readings[i].says && !strstr(why.text, readings[i].says)))
			fail_msg("%s: %d %s", readings[i].text, r, why.text);
		json_object_put(json);
	}
}

static void absent_fields_stay_as_they_were(void **state)
{
	static const char text[] = "{\"Text\":\"a\",\"Loose\":\"\"}";
	struct json_object *json = NULL;
	struct got got = { .loose = "before", .number = -7 };
	struct aw_diag why;

	(void)state;
	assert_int_equal(
	    aw_answer_parse(&top, text, sizeof(text) - 1, &json, &why), 0);
	assert_int_equal(aw_answer_read(&top, json, fields, 5, &got, &why), 0);
	assert_string_equal(got.text, "a");
	assert_string_equal(got.loose, "before");
	assert_int_equal(got.number, -7);
	assert_null(got.list);
	json_object_put(json);
}

static void places_are_named(void **state)
{
	const struct aw_place row = { &top, "Users", 3 };
	const struct aw_place member = { &row, "MemberId", -1 };
	struct aw_diag why;

	(void)state;
	assert_int_equal(
	    aw_answer_bad(&row, "UserId", "missing", &why), -EBADMSG);
	assert_string_equal(why.text, "Op: Users[3].UserId: missing");
	(void)aw_answer_bad(&member, "UserId", "empty", &why);
	assert_string_equal(why.text, "Op: Users[3].MemberId.UserId: empty");
	(void)aw_answer_bad(&top, NULL, "empty answer", &why);
	assert_string_equal(why.text, "Op: empty answer");
	(void)aw_answer_bad(&top, "x", "no diag", NULL);
}

/* A bad row's message says on which page; any other trouble is none's. */
static void pages_are_named(void **state)
{
	struct aw_diag why = { .text = "L: Users[3].id: missing" };

	(void)state;
	assert_int_equal(aw_answer_on_page(-ENOMEM, 7, &why), -ENOMEM);
	assert_string_equal(why.text, "L: Users[3].id: missing");
	assert_int_equal(aw_answer_on_page(-EBADMSG, 7, &why), -EBADMSG);
	assert_string_equal(why.text, "L: Users[3].id: missing (page 7)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_texts_only),
		cmocka_unit_test(fields_by_table),
		cmocka_unit_test(absent_fields_stay_as_they_were),
		cmocka_unit_test(places_are_named),
		cmocka_unit_test(pages_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
