/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/portal.c (what it answers).
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/portal.h"

#define ACCT "111122223333"

static struct json_object *parse(const char *text)
{
	const struct aw_place place = { NULL, "test", -1 };
	struct json_object *json = NULL;

	if (aw_answer_parse(&place, text, strlen(text), &json, NULL) != 0)
		fail_msg("not JSON: %s", text);
	return json;
}

static const struct {
	const char *account, *text, *says, *next;
	size_t n;
	const char *first, *second;
} page_rows[] = {
	{ NULL,
	    "{\"accountList\":[{\"accountId\":\"" ACCT
	    "\",\"accountName\":\"production\"}],\"nextToken\":\"n\"}",
	    NULL, "n", 1, ACCT, "production" },
	{ NULL, "{\"accountList\":[{\"accountId\":\"" ACCT "\"}]}", NULL, NULL,
	    1, ACCT, "" },
	{ NULL, "{\"accountList\":[],\"nextToken\":\"n\"}", NULL, "n", 0, NULL,
	    NULL },
	{ NULL, "{\"accountList\":[],\"nextToken\":\"\"}", NULL, NULL, 0, NULL,
	    NULL },
	{ NULL, "{\"accountList\":[],\"nextToken\":null}", NULL, NULL, 0, NULL,
	    NULL },
	{ ACCT,
	    "{\"roleList\":[{\"roleName\":\"Login\",\"accountId\":"
	    "\"" ACCT "\"}]}",
	    NULL, NULL, 1, "Login", ACCT },
	{ ACCT, "{\"roleList\":[{\"roleName\":\"Login\"}]}", NULL, NULL, 1,
	    "Login", ACCT },
	{ ACCT,
	    "{\"roleList\":[{\"roleName\":\"Login\",\"accountId\":"
	    "\"444455556666\"}]}",
	    "roleList[0].accountId: not the one asked for", NULL, 0, NULL,
	    NULL },
	{ ACCT, "{\"roleList\":[{\"roleName\":\"A\"},{}]}",
	    "ListAccountRoles: roleList[1].roleName: missing", NULL, 0, NULL,
	    NULL },
	{ ACCT, "{\"accountList\":[]}", "ListAccountRoles: roleList: missing",
	    NULL, 0, NULL, NULL },
	{ NULL, "{\"accountList\":[{\"accountId\":7}]}",
	    "ListAccounts: accountList[0].accountId: not a text", NULL, 0, NULL,
	    NULL },
};

static void pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(page_rows) / sizeof(page_rows[0]); i++) {
		struct json_object *json = parse(page_rows[i].text);
		struct aw_portal_list list = { .n = 0 };
		const char *next = "untouched", *first, *second;
		struct aw_diag why = { .text = "" };
		size_t at = 0;
		const int r = aw_portal_read_page(
		    json, page_rows[i].account, &list, &next, &why);

		if (r != (page_rows[i].says ? -EBADMSG : 0) ||
		    (page_rows[i].says && !strstr(why.text, page_rows[i].says)))
			fail_msg("%s: %d %s", page_rows[i].text, r, why.text);
		if (r < 0) {
			assert_string_equal(next, "untouched");
		} else {
			assert_int_equal(list.n, page_rows[i].n);
			assert_int_equal(
			    next != NULL, page_rows[i].next != NULL);
			if (next)
				assert_string_equal(next, page_rows[i].next);
		}
		if (page_rows[i].first) {
			assert_int_equal(
			    aw_portal_list_next(&list, &at, &first, &second),
			    0);
			assert_string_equal(first, page_rows[i].first);
			assert_string_equal(second, page_rows[i].second);
			assert_int_equal(
			    aw_portal_list_next(&list, &at, &first, &second),
			    AW_END);
		}
		aw_portal_list_done(&list);
		json_object_put(json);
	}
}

static void keys(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\","
		  "\"secretAccessKey\":\"s\",\"sessionToken\":\"t\","
		  "\"expiration\":1795510800123}}",
		    NULL },
		{ "{}", "GetRoleCredentials: roleCredentials: missing" },
		{ "{\"roleCredentials\":{}}",
		    "GetRoleCredentials: roleCredentials.accessKeyId: "
		    "missing" },
		{ "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\","
		  "\"secretAccessKey\":\"s\",\"sessionToken\":\"t\","
		  "\"expiration\":\"2026\"}}",
		    "roleCredentials.expiration: not a whole number" },
		{ "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\","
		  "\"secretAccessKey\":\"s\",\"expiration\":1}}",
		    "roleCredentials.sessionToken: missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *json = parse(rows[i].text);
		struct aw_keys *got = NULL;
		struct aw_diag why = { .text = "" };
		const int r = aw_portal_read_keys(json, &got, &why);

		if (r != (rows[i].says ? -EBADMSG : 0) ||
		    (rows[i].says && !strstr(why.text, rows[i].says)))
			fail_msg("%s: %d %s", rows[i].text, r, why.text);
		assert_int_equal(got != NULL, r == 0);
		/* milliseconds there, seconds here */
		if (got)
			assert_int_equal(got->expires, 1795510800);
		aw_keys_unref(got);
		json_object_put(json);
	}
}

/* A list that could not travel in one message is refused, not cut. */
static void too_many_roles(void **state)
{
	struct aw_portal_list list = { .n = 0 };
	struct aw_diag why = { .text = "" };
	const char *next;
	int r = 0;

	(void)state;
	for (int i = 0; i < 2000 && r == 0; i++) {
		char text[128];
		struct json_object *json;

		assert_int_equal(aw_fmt(text, sizeof(text),
				     "{\"roleList\":[{\"roleName\":"
				     "\"PermissionSetNumber%013d\"}]}",
				     i),
		    0);
		json = parse(text);
		r = aw_portal_read_page(json, ACCT, &list, &next, &why);
		json_object_put(json);
	}
	assert_int_equal(r, -EBADMSG);
	assert_true(list.n >= 500);
	assert_non_null(strstr(why.text, "too many rows"));
	aw_portal_list_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),
		cmocka_unit_test(keys),
		cmocka_unit_test(too_many_roles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
