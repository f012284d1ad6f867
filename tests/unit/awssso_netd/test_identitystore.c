/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/identitystore.c and record.c.
 * covers: spine.4, R19
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/identitystore.h"
#include "awssso_netd/record.h"
#include "common/wire.h"

#define STORE "d-0123456789"

static struct json_object *parse(const char *text)
{
	const struct aw_place place = { NULL, "test", -1 };
	struct json_object *json = NULL;

	if (aw_answer_parse(&place, text, strlen(text), &json, NULL) != 0)
		fail_msg("not JSON: %s", text);
	return json;
}

static void bodies(void **state)
{
	static const struct {
		struct aw_store_ask ask;
		const char *want;
	} rows[] = {
		{ { .operation = "ListUsers", .paged = true },
		    "{\"IdentityStoreId\":\"" STORE "\",\"MaxResults\":100}" },
		{ { .operation = "ListUsers", .paged = true, .next = "a/b=" },
		    "{\"IdentityStoreId\":\"" STORE "\",\"MaxResults\":100,"
		    "\"NextToken\":\"a/b=\"}" },
		{ { .operation = "DescribeUser", .user_id = "u\"1" },
		    "{\"IdentityStoreId\":\"" STORE
		    "\",\"UserId\":\"u\\\"1\"}" },
		{ { .operation = "ListGroupMemberships",
		      .group_id = "g",
		      .paged = true },
		    "{\"IdentityStoreId\":\"" STORE
		    "\",\"GroupId\":\"g\",\"MaxResults\":100}" },
		{ { .operation = "ListGroupMembershipsForMember",
		      .member_id = "u",
		      .paged = true },
		    "{\"IdentityStoreId\":\"" STORE
		    "\",\"MemberId\":{\"UserId\":\"u\"},\"MaxResults\":100}" },
		{ { .operation = "GetUserId", .user_name = "a@b" },
		    "{\"IdentityStoreId\":\"" STORE
		    "\",\"AlternateIdentifier\":{\"UniqueAttribute\":"
		    "{\"AttributePath\":\"userName\",\"AttributeValue\":"
		    "\"a@b\"}}}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_buf body = AW_BUF_INIT(4096);

		assert_int_equal(aw_store_body(&rows[i].ask, STORE, &body), 0);
		assert_string_equal(aw_buf_text(&body), rows[i].want);
		aw_buf_done(&body);
	}
}

#define USERS(rows)   "{\"Users\":[" rows "],\"NextToken\":\"n\"}"
#define GROUPS(rows)  "{\"Groups\":[" rows "]}"
#define MEMBERS(rows) "{\"GroupMemberships\":[" rows "]}"

enum kind {
	USERS_PAGE,
	GROUPS_PAGE,
	MEMBERS_PAGE,
};

static int make(enum kind kind, const char *text, struct aw_buf *records,
    struct aw_buf *ids, uint64_t *ret_n, struct aw_diag *why)
{
	struct json_object *json = parse(text);
	const char *next = NULL;
	int r = -1;

	if (kind == USERS_PAGE)
		r = aw_record_users(
		    json, STORE, NULL, records, ret_n, &next, why);
	if (kind == GROUPS_PAGE)
		r = aw_record_groups(
		    json, STORE, NULL, records, ids, ret_n, &next, why);
	if (kind == MEMBERS_PAGE)
		r = aw_record_members(
		    json, STORE, "g1", NULL, records, ret_n, &next, why);
	if (r == 0)
		assert_int_equal(next != NULL, kind == USERS_PAGE);
	json_object_put(json);
	return r;
}

static void bad_rows_are_named(void **state)
{
	static const struct {
		enum kind kind;
		const char *text, *says;
	} rows[] = {
		{ USERS_PAGE, "{}", "ListUsers: Users: missing" },
		{ USERS_PAGE, USERS("{\"UserName\":\"a\"}"),
		    "ListUsers: Users[0].UserId: missing" },
		{ USERS_PAGE,
		    USERS("{\"UserId\":\"u\",\"UserName\":\"a\","
			  "\"IdentityStoreId\":\"d-9999999999\"}"),
		    "Users[0].IdentityStoreId: of another identity store" },
		{ GROUPS_PAGE, GROUPS("{\"DisplayName\":\"g\"}"),
		    "ListGroups: Groups[0].GroupId: missing" },
		{ MEMBERS_PAGE,
		    MEMBERS("{\"GroupId\":\"g2\",\"MemberId\":{\"UserId\":"
			    "\"u\"}}"),
		    "ListGroupMemberships: GroupMemberships[0].GroupId: not "
		    "the one asked for" },
		{ MEMBERS_PAGE, MEMBERS("{\"GroupId\":\"g1\"}"),
		    "GroupMemberships[0].MemberId: missing" },
		{ MEMBERS_PAGE, MEMBERS("{\"GroupId\":\"g1\",\"MemberId\":{}}"),
		    "GroupMemberships[0].MemberId: empty" },
		{ MEMBERS_PAGE,
		    MEMBERS("{\"GroupId\":\"g1\",\"MemberId\":{\"UserId\":"
			    "7}}"),
		    "GroupMemberships[0].MemberId.UserId: not a text" },
		{ MEMBERS_PAGE, MEMBERS("{\"MemberId\":{\"UserId\":\"u\"}}"),
		    "GroupMemberships[0].GroupId: missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_buf records = AW_BUF_INIT(65536);
		struct aw_buf ids = AW_BUF_INIT(65536);
		struct aw_diag why = { .text = "" };
		uint64_t n = 42;

		if (make(rows[i].kind, rows[i].text, &records, &ids, &n,
			&why) != -EBADMSG ||
		    !strstr(why.text, rows[i].says) || n != 42)
			fail_msg("%s: %s", rows[i].text, why.text);
		aw_buf_done(&records);
		aw_buf_done(&ids);
	}
}

/* The text of field @tag of the next record. */
static void expect(const struct aw_wire_in *in, uint16_t tag, const char *want)
{
	char got[512];

	assert_int_equal(
	    aw_wire_text(in, tag, got, sizeof(got)), want ? 0 : AW_ABSENT);
	if (want)
		assert_string_equal(got, want);
}

static void records(void **state)
{
	struct aw_buf out = AW_BUF_INIT(65536), ids = AW_BUF_INIT(65536);
	struct aw_diag why = { .text = "" };
	struct aw_wire_in in;
	size_t used;
	uint64_t n = 0;

	(void)state;
	assert_int_equal(make(USERS_PAGE,
			     USERS("{\"UserId\":\"u1\",\"UserName\":\"a@b\","
				   "\"DisplayName\":\"A\\tB\\u0085C\","
				   "\"UserStatus\":\"DISABLED\",\"IdentityStore"
				   "Id\":\"" STORE "\",\"ExternalIds\":[{"
				   "\"Issuer\":\"i\",\"Id\":\"x\"}]},"
				   "{\"UserId\":\"u2\",\"UserName\":\"c\"}"),
			     &out, &ids, &n, &why),
	    0);
	assert_int_equal(n, 2);
	assert_int_equal(aw_wire_open_first(out.data, out.len, &in, &used), 0);
	assert_int_equal(in.type, AW_MSG_USER_REC);
	expect(&in, AW_TAG_PRINCIPAL_ID, "u1");
	expect(&in, AW_TAG_USER_NAME, "a@b");
	expect(&in, AW_TAG_DISPLAY_NAME, "A B  C");
	expect(&in, AW_TAG_USER_STATUS, "DISABLED");
	expect(&in, AW_TAG_EXTERNAL_ID, "i x");
	assert_int_equal(aw_wire_open(out.data + used, out.len - used, &in), 0);
	expect(&in, AW_TAG_PRINCIPAL_ID, "u2");
	expect(&in, AW_TAG_DISPLAY_NAME, NULL);
	expect(&in, AW_TAG_USER_STATUS, NULL);
	aw_buf_done(&out);

	assert_int_equal(make(GROUPS_PAGE,
			     GROUPS("{\"GroupId\":\"g1\",\"DisplayName\":"
				    "\"Ops\\r\\nTeam\"}"),
			     &out, &ids, &n, &why),
	    0);
	assert_int_equal(aw_wire_open(out.data, out.len, &in), 0);
	assert_int_equal(in.type, AW_MSG_GROUP_REC);
	expect(&in, AW_TAG_PRINCIPAL_ID, "g1");
	expect(&in, AW_TAG_DISPLAY_NAME, "Ops  Team");
	assert_int_equal(ids.len, 3);
	assert_string_equal(ids.data, "g1");
	aw_buf_done(&out);
	aw_buf_done(&ids);

	assert_int_equal(make(MEMBERS_PAGE,
			     MEMBERS("{\"GroupId\":\"g1\",\"MemberId\":{"
				     "\"UserId\":\"u1\"},\"MembershipId\":"
				     "\"m\"}"),
			     &out, &ids, &n, &why),
	    0);
	assert_int_equal(aw_wire_open(out.data, out.len, &in), 0);
	assert_int_equal(in.type, AW_MSG_MEMBER_REC);
	expect(&in, AW_TAG_GROUP_ID, "g1");
	expect(&in, AW_TAG_PRINCIPAL_ID, "u1");
	aw_buf_done(&out);
}

/* Empty pages are pages. */
static void empty_pages(void **state)
{
	struct aw_buf out = AW_BUF_INIT(1024), ids = AW_BUF_INIT(1024);
	struct aw_diag why = { .text = "" };
	uint64_t n = 42;

	(void)state;
	assert_int_equal(make(USERS_PAGE, USERS(""), &out, &ids, &n, &why), 0);
	assert_int_equal(n, 0);
	assert_int_equal(out.len, 0);
}

/* One odd row keeps nobody else out: what it says and cannot be used counts as
 * absent, and so does the length of a name that no account can have. */
static void odd_rows_go_on(void **state)
{
	static const struct {
		const char *text, *name, *display, *external, *status;
	} rows[] = {
		{ "{\"UserId\":\"u\"}", "", NULL, NULL, NULL },
		{ "{\"UserId\":\"u\",\"UserName\":7}", "", NULL, NULL, NULL },
		{ "{\"UserId\":\"u\",\"UserName\":null}", "", NULL, NULL,
		    NULL },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\\nb\"}", "", NULL, NULL,
		    NULL },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\\u0000b\"}", "", NULL,
		    NULL, NULL },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\",\"DisplayName\":"
		  "\"A\\u0000B\"}",
		    "a", "A B", NULL, NULL },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\",\"DisplayName\":[]}",
		    "a", NULL, NULL, NULL },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\",\"ExternalIds\":7}",
		    "a", NULL, NULL, NULL },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\",\"ExternalIds\":[7,"
		  "{\"Issuer\":\"i\"},{\"Issuer\":\"j\",\"Id\":\"x\"}]}",
		    "a", NULL, "j x", NULL },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\",\"UserStatus\":7}", "a",
		    NULL, NULL, "DISABLED" },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\",\"UserStatus\":\"\"}",
		    "a", NULL, NULL, "DISABLED" },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\",\"UserStatus\":null}",
		    "a", NULL, NULL, NULL },
		{ "{\"UserId\":\"u\",\"UserName\":\"a\",\"UserStatus\":"
		  "\"ENABLED\"}",
		    "a", NULL, NULL, "ENABLED" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_buf page = AW_BUF_INIT(8192);
		struct aw_buf out = AW_BUF_INIT(65536);
		struct aw_buf ids = AW_BUF_INIT(64);
		struct aw_diag why = { .text = "" };
		struct aw_wire_in in;
		uint64_t n = 0;

		aw_buf_fmt(&page, USERS("%s"), rows[i].text);
		if (make(USERS_PAGE, aw_buf_text(&page), &out, &ids, &n,
			&why) != 0 ||
		    n != 1)
			fail_msg("%s: %s", rows[i].text, why.text);
		assert_int_equal(aw_wire_open(out.data, out.len, &in), 0);
		expect(&in, AW_TAG_PRINCIPAL_ID, "u");
		expect(&in, AW_TAG_USER_NAME, rows[i].name);
		expect(&in, AW_TAG_DISPLAY_NAME, rows[i].display);
		expect(&in, AW_TAG_EXTERNAL_ID, rows[i].external);
		expect(&in, AW_TAG_USER_STATUS, rows[i].status);
		aw_buf_done(&page);
		aw_buf_done(&out);
	}
}

/* AWS's members may be of another kind one day: they are nobody's here. */
static void members_of_another_kind(void **state)
{
	struct aw_buf out = AW_BUF_INIT(1024), ids = AW_BUF_INIT(64);
	struct aw_diag why = { .text = "" };
	struct aw_wire_in in;
	uint64_t n = 0;

	(void)state;
	assert_int_equal(make(MEMBERS_PAGE,
			     MEMBERS("{\"GroupId\":\"g1\",\"MemberId\":{"
				     "\"GroupId\":\"g2\"}},{\"GroupId\":"
				     "\"g1\",\"MemberId\":{\"UserId\":\"u\"}}"),
			     &out, &ids, &n, &why),
	    0);
	assert_int_equal(n, 1);
	assert_int_equal(aw_wire_open(out.data, out.len, &in), 0);
	expect(&in, AW_TAG_PRINCIPAL_ID, "u");
	aw_buf_done(&out);
}

/* With a scope only those count who are looked for, and each once. */
static void wanted_rows_only(void **state)
{
	struct json_object *json =
	    parse(USERS("{\"UserId\":\"u1\",\"UserName\":\"a\"},"
			"{\"UserId\":\"u2\",\"UserName\":\"b\"}"));
	struct aw_buf out = AW_BUF_INIT(65536);
	struct aw_idset want = { .missing = 0 };
	struct aw_diag why;
	const char *next;
	uint64_t n = 0;

	(void)state;
	assert_int_equal(aw_idset_add(&want, "u0", false), 0);
	assert_int_equal(aw_idset_add(&want, "u2", true), 0);
	assert_int_equal(aw_idset_add(&want, "u2", false), 0);
	assert_int_equal(want.missing, 2);
	assert_string_equal(aw_idset_missing(&want), "u0");
	assert_string_equal(aw_idset_needed(&want), "u2");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    aw_record_users(json, STORE, &want, &out, &n, &next, &why),
		    0);
		assert_int_equal(n, 1);
		assert_int_equal(want.missing, 1);
	}
	assert_null(aw_idset_needed(&want));
	assert_string_equal(aw_idset_missing(&want), "u0");
	assert_true(aw_idset_see(&want, "u0"));
	assert_null(aw_idset_missing(&want));
	assert_false(aw_idset_see(&want, "u1"));
	aw_idset_unsee(&want);
	assert_int_equal(want.missing, 2);
	assert_string_equal(aw_idset_missing(&want), "u0");
	aw_idset_done(&want);
	aw_buf_done(&out);
	json_object_put(json);
}

static void display_names(void **state)
{
	static const struct {
		const char *text, *got; /* NULL: none that can be used */
	} rows[] = {
		{ "plain", "plain" },
		{ "a\tb\nc\x7f", "a b c " },
		{ "\xc2\x85x", "  x" },
		{ "\xc2\xa0x", "\xc2\xa0x" }, /* NBSP is no control */
		{ "\xe3\x80\x80", "\xe3\x80\x80" },
		{ "\xff", NULL },
		{ "", NULL },
	};
	char got[AW_DISPLAY_MAX + 1], longer[AW_DISPLAY_MAX + 3];
	struct json_object *json;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json = json_object_new_string(rows[i].text);
		if (aw_store_display(json, got) != (rows[i].got != NULL) ||
		    (rows[i].got && strcmp(got, rows[i].got) != 0))
			fail_msg("row %zu: %s", i, got);
		json_object_put(json);
	}
	assert_false(aw_store_display(NULL, got));
	/* What is too long is cut between two characters. */
	memset(longer, 'x', sizeof(longer));
	memcpy(longer + AW_DISPLAY_MAX - 1, "\xc3\xa9", 3);
	json = json_object_new_string(longer);
	assert_true(aw_store_display(json, got));
	assert_int_equal(strlen(got), AW_DISPLAY_MAX - 1);
	json_object_put(json);
}

static void ids(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{ "0123456789-00000000-0000-4000-8000-00000000000a", true },
		{ "00000000-0000-4000-8000-00000000000a", true },
		{ "00000000-0000-4000-8000-00000000000", false },
		{ "00000000-0000-4000-8000-00000000000aa", false },
		{ "012345678-00000000-0000-4000-8000-00000000000a", false },
		{ "0123456789-00000000-0000-4000-8000-00000000000g", false },
		{ "admins", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_store_is_id(rows[i].text) != rows[i].want)
			fail_msg("%s", rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(bad_rows_are_named),
		cmocka_unit_test(records),
		cmocka_unit_test(empty_pages),
		cmocka_unit_test(odd_rows_go_on),
		cmocka_unit_test(members_of_another_kind),
		cmocka_unit_test(wanted_rows_only),
		cmocka_unit_test(display_names),
		cmocka_unit_test(ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
