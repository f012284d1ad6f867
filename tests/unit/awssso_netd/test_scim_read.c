/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso_netd/scim_read.c, scim_rows.c: what becomes of a row of a SCIM list.
 * One odd person or group must not keep all others out; only what has no id is
 * refused, for nobody may be missing unnoticed.
 * covers: dir.2, R11, R25
 */
#include "awssso_netd/scim_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/scim_filter.h"
#include "common/proto.h"
#include "common/wire.h"

#define ISSUER "https://scim.example.com"

/* "TYPE" and the texts of a record, each with a letter before it; a display
 * name of more than 99 bytes as its length. */
static void describe(const struct aw_buf *page, struct aw_buf *ret)
{
	static const struct {
		char letter;
		uint16_t tag;
	} parts[] = {
		{ 'g', AW_TAG_GROUP_ID },
		{ 'p', AW_TAG_PRINCIPAL_ID },
		{ 'n', AW_TAG_USER_NAME },
		{ 'd', AW_TAG_DISPLAY_NAME },
		{ 's', AW_TAG_USER_STATUS },
		{ 'x', AW_TAG_EXTERNAL_ID },
	};
	size_t used;

	for (size_t at = 0; at < page->len; at += used) {
		char text[8192];
		struct aw_wire_in in;

		assert_int_equal(aw_wire_open_first(page->data + at,
				     page->len - at, &in, &used),
		    0);
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			if (aw_wire_text(
				&in, parts[i].tag, text, sizeof(text)) != 0)
				continue;
			if (strlen(text) > 99)
				aw_buf_fmt(ret, "%c:%zu ", parts[i].letter,
				    strlen(text));
			else
				aw_buf_fmt(
				    ret, "%c=%s ", parts[i].letter, text);
		}
	}
}

/* A "%" in @pattern stands for @n times @what. */
static struct json_object *row_of(
    const char *pattern, const char *what, size_t n)
{
	struct aw_buf text = AW_BUF_INIT(64 * 1024);
	struct json_object *json;

	for (; *pattern; pattern++)
		for (size_t i = *pattern == '%' ? n : 1; i > 0; i--)
			aw_buf_add(&text, *pattern == '%' ? what : pattern,
			    *pattern == '%' ? strlen(what) : 1);
	json = json_tokener_parse(aw_buf_text(&text));
	if (!json)
		fail_msg("no JSON: %s", aw_buf_text(&text));
	aw_buf_done(&text);
	return json;
}

struct taken {
	int r;
	struct aw_scim_rows rows;
	struct aw_buf said;
	struct aw_diag why;
};

static void take(bool is_user, struct json_object *row, struct taken *ret)
{
	const struct aw_place top = { NULL, "SCIM", -1 };
	const struct aw_place place = { &top, "Resources", 2 };
	struct aw_buf page = AW_BUF_INIT(1 << 20);

	memset(ret, 0, sizeof(*ret));
	ret->said.max = 64 * 1024;
	aw_scim_rows_init(&ret->rows);
	ret->r = is_user ? aw_scim_take_user(&ret->rows, &place, row, ISSUER,
			       &page, &ret->why)
			 : aw_scim_take_group(
			       &ret->rows, &place, row, &page, &ret->why);
	if (ret->r == 0)
		describe(&page, &ret->said);
	json_object_put(row);
	aw_buf_done(&page);
}

static void taken_done(struct taken *taken)
{
	aw_scim_rows_done(&taken->rows);
	aw_buf_done(&taken->said);
}

static const struct {
	const char *name, *row, *what;
	size_t n;
	const char *want;
	bool odd; /* its "active" is neither true nor false */
} odd_users[] = {
	{ "all is well",
	    "{'id':'a','userName':'b','displayName':'C D',"
	    "'externalId':'e','active':true}",
	    "", 0, "p=a n=b d=C D x=" ISSUER " e ", false },
	{ "the longest name", "{'id':'a','userName':'%'}", "u", 512,
	    "p=a n:512 ", false },
	{ "too long a name", "{'id':'a','userName':'%'}", "u", 513,
	    "p=a n= ", false },
	{ "a newline in the name", "{'id':'a','userName':'b\\nc'}", "", 0,
	    "p=a n= ", false },
	{ "a NUL in the name", "{'id':'a','userName':'b\\u0000c'}", "", 0,
	    "p=a n= ", false },
	{ "an empty name", "{'id':'a','userName':''}", "", 0,
	    "p=a n= ", false },
	{ "no name", "{'id':'a'}", "", 0, "p=a n= ", false },
	{ "a null for a name", "{'id':'a','userName':null}", "", 0,
	    "p=a n= ", false },
	{ "a number for a name", "{'id':'a','userName':7}", "", 0,
	    "p=a n= ", false },
	{ "too long a display name",
	    "{'id':'a','userName':'b','displayName':'%'}", "x", 5000,
	    "p=a n=b d:4096 ", false },
	{ "cut at a character", "{'id':'a','userName':'b','displayName':'x%'}",
	    "\xe2\x82\xac", 1500, "p=a n=b d:4096 ", false },
	{ "cut before a character",
	    "{'id':'a','userName':'b','displayName':'%'}", "\xe2\x82\xac", 1500,
	    "p=a n=b d:4095 ", false },
	{ "a newline in a display name",
	    "{'id':'a','userName':'b','displayName':'c\\nd'}", "", 0,
	    "p=a n=b d=c d ", false },
	{ "a display name that is none",
	    "{'id':'a','userName':'b','displayName':['c']}", "", 0, "p=a n=b ",
	    false },
	{ "the formatted name",
	    "{'id':'a','userName':'b','name':{'formatted':'C D'}}", "", 0,
	    "p=a n=b d=C D ", false },
	{ "the formatted name instead",
	    "{'id':'a','userName':'b','displayName':'',"
	    "'name':{'formatted':'C D'}}",
	    "", 0, "p=a n=b d=C D ", false },
	{ "a text for the parts of a name",
	    "{'id':'a','userName':'b','name':'C D'}", "", 0, "p=a n=b ",
	    false },
	{ "too long an external id",
	    "{'id':'a','userName':'b','externalId':'%'}", "x", 5000, "p=a n=b ",
	    false },
	{ "an external id with a newline",
	    "{'id':'a','userName':'b','externalId':'\\n'}", "", 0, "p=a n=b ",
	    false },
	{ "a number for an external id",
	    "{'id':'a','userName':'b','externalId':7}", "", 0, "p=a n=b ",
	    false },
	{ "inactive", "{'id':'a','userName':'b','active':false}", "", 0,
	    "p=a n=b s=DISABLED ", false },
	{ "active as a text", "{'id':'a','userName':'b','active':'True'}", "",
	    0, "p=a n=b ", false },
	{ "inactive as a text", "{'id':'a','userName':'b','active':'FALSE'}",
	    "", 0, "p=a n=b s=DISABLED ", false },
	{ "active is null", "{'id':'a','userName':'b','active':null}", "", 0,
	    "p=a n=b ", false },
	{ "active is one", "{'id':'a','userName':'b','active':1}", "", 0,
	    "p=a n=b s=DISABLED ", true },
	{ "active is empty", "{'id':'a','userName':'b','active':''}", "", 0,
	    "p=a n=b s=DISABLED ", true },
	{ "active and more", "{'id':'a','userName':'b','active':'true\\u0000'}",
	    "", 0, "p=a n=b s=DISABLED ", true },
	{ "active is a list", "{'id':'a','userName':'b','active':[true]}", "",
	    0, "p=a n=b s=DISABLED ", true },
	{ "an id with odd characters", "{'id':'urn:x/1 ?&#%','userName':'b'}",
	    "%", 1, "p=urn:x/1 ?&#% n=b ", false },
	{ "an id with quotes", "{'id':'a\\\"b\\\\c','userName':'b'}", "", 0,
	    "p=a\"b\\c n=b ", false },
	{ "an address for an id", "{'id':'b@example.com','userName':'b'}", "",
	    0, "p=b@example.com n=b ", false },
	{ "fields of other schemas, and lists that are null",
	    "{'id':'a','userName':'b','emails':null,'groups':null,'roles':7,"
	    "'urn:x:User':{'active':false},'meta':null}",
	    "", 0, "p=a n=b ", false },
	{ "two primary addresses",
	    "{'id':'a','userName':'b','emails':[{'value':'x','primary':true},"
	    "{'value':'y','primary':true}]}",
	    "", 0, "p=a n=b ", false },
	{ "the longest id", "{'id':'%','userName':'b'}", "i", 128, "p:128 n=b ",
	    false },
	{ "a number for an id", "{'id':4711,'userName':'b'}", "", 0,
	    "p=4711 n=b ", false },
	{ "the lowest number for an id", "{'id':0,'userName':'b'}", "", 0,
	    "p=0 n=b ", false },
	{ "the highest number for an id",
	    "{'id':9007199254740992,'userName':'b'}", "", 0,
	    "p=9007199254740992 n=b ", false },
};

static void odd_users_go_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(odd_users) / sizeof(odd_users[0]); i++) {
		struct taken got;

		take(true,
		    row_of(odd_users[i].row, odd_users[i].what, odd_users[i].n),
		    &got);
		if (got.r != 0)
			fail_msg("%s: %s", odd_users[i].name, got.why.text);
		if (strcmp(aw_buf_text(&got.said), odd_users[i].want) != 0)
			fail_msg("%s: %s", odd_users[i].name,
			    aw_buf_text(&got.said));
		if (got.rows.n_users != 1 ||
		    got.rows.n_odd != odd_users[i].odd ||
		    (odd_users[i].odd && strcmp(got.rows.odd_id, "a") != 0))
			fail_msg("%s: %u users, %u odd, the first %s",
			    odd_users[i].name, (unsigned)got.rows.n_users,
			    (unsigned)got.rows.n_odd, got.rows.odd_id);
		taken_done(&got);
	}
}

static const struct {
	const char *name, *row, *what;
	size_t n;
	const char *want;
	unsigned nested, lost;
} odd_groups[] = {
	{ "all is well",
	    "{'id':'a','displayName':'C D','members':[{'value':'m'}]}", "", 0,
	    "p=a d=C D g=a p=m ", 0, 0 },
	{ "no name", "{'id':'a'}", "", 0, "p=a ", 0, 0 },
	{ "too long a name", "{'id':'a','displayName':'%'}", "x", 5000,
	    "p=a d:4096 ", 0, 0 },
	{ "a newline in the name", "{'id':'a','displayName':'c\\nd'}", "", 0,
	    "p=a d=c d ", 0, 0 },
	{ "a number for a name", "{'id':'a','displayName':7}", "", 0, "p=a ", 0,
	    0 },
	{ "a group within",
	    "{'id':'a','members':[{'value':'m','type':'GROUP'}]}", "", 0,
	    "p=a ", 1, 0 },
	{ "a group within, by its address",
	    "{'id':'a','members':[{'value':'m',"
	    "'$ref':'https://x/Groups/m'}]}",
	    "", 0, "p=a ", 1, 0 },
	{ "a type that is none",
	    "{'id':'a','members':[{'value':'m','type':7,'$ref':[]}]}", "", 0,
	    "p=a g=a p=m ", 0, 0 },
	{ "too long an address",
	    "{'id':'a','members':[{'value':'m','$ref':'%'}]}", "x", 5000,
	    "p=a g=a p=m ", 0, 0 },
	{ "a member without a value",
	    "{'id':'a','members':[{'display':'m'},{'value':'n'}]}", "", 0,
	    "p=a g=a p=n ", 0, 1 },
	{ "members that are none",
	    "{'id':'a','members':[null,7,'m',[],{},{'value':7.5},"
	    "{'value':''},{'value':null},{'value':'m\\nn'},{'value':-1},"
	    "{'value':9007199254740993},{'value':true},{'value':[7]}]}",
	    "", 0, "p=a ", 0, 13 },
	{ "numbers for ids",
	    "{'id':3,'members':[{'value':7},{'value':0},"
	    "{'value':9007199254740992},{'value':8,'type':'Group'}]}",
	    "", 0, "p=3 g=3 p=7 g=3 p=0 g=3 p=9007199254740992 ", 1, 0 },
	{ "members by their address",
	    "{'id':'a','members':[{'$ref':'https://x/scim/v2/Users/m'},"
	    "{'$ref':'../Users/n','value':null},"
	    "{'$ref':'/Users/urn:x%2f1%20%3F@%C3%BC'}]}",
	    "%", 1, "p=a g=a p=m g=a p=n g=a p=urn:x/1 ?@\xc3\xbc ", 0, 0 },
	{ "the value counts, not the address",
	    "{'id':'a','members':[{'value':'m','$ref':'/Users/n'},"
	    "{'value':'','$ref':'/Users/n'}]}",
	    "", 0, "p=a g=a p=m ", 0, 1 },
	{ "addresses that are nobody's",
	    "{'id':'a','members':[{'$ref':'/Users/'},{'$ref':'m'},"
	    "{'$ref':'Users/m'},{'$ref':'/XUsers/m'},{'$ref':'/Users/m/n'},"
	    "{'$ref':'/Users/m?n'},{'$ref':'/x?/Users/m'},"
	    "{'$ref':'/Users/m#n'},{'$ref':'/Users/m%0An'},"
	    "{'$ref':'/Users/m%00n'},{'$ref':'/Users/m%4'},"
	    "{'$ref':'/Users/m%'},{'$ref':'/Users/%x1'},{'$ref':7},"
	    "{'$ref':'/Users/%ff'}]}",
	    "%", 1, "p=a ", 0, 15 },
	{ "the longest member by its address",
	    "{'id':'a','members':[{'$ref':'/Users/%'}]}", "i", 128,
	    "p=a g=a p:128 ", 0, 0 },
	{ "too long a member by its address",
	    "{'id':'a','members':[{'$ref':'/Users/%'}]}", "i", 129, "p=a ", 0,
	    1 },
	{ "too long a member", "{'id':'a','members':[{'value':'%'}]}", "i", 129,
	    "p=a ", 0, 1 },
	{ "a group within, without a value",
	    "{'id':'a','members':[{'type':'Group'}]}", "", 0, "p=a ", 1, 0 },
	{ "no list of members", "{'id':'a','members':{'value':'m'}}", "", 0,
	    "p=a ", 0, 1 },
	{ "members are null", "{'id':'a','members':null}", "", 0, "p=a ", 0,
	    0 },
};

static void odd_groups_go_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(odd_groups) / sizeof(odd_groups[0]);
	     i++) {
		struct taken got;

		take(false,
		    row_of(
			odd_groups[i].row, odd_groups[i].what, odd_groups[i].n),
		    &got);
		if (got.r != 0)
			fail_msg("%s: %s", odd_groups[i].name, got.why.text);
		if (strcmp(aw_buf_text(&got.said), odd_groups[i].want) != 0)
			fail_msg("%s: %s", odd_groups[i].name,
			    aw_buf_text(&got.said));
		if (got.rows.n_groups != 1 ||
		    got.rows.nested != odd_groups[i].nested ||
		    got.rows.n_lost != odd_groups[i].lost ||
		    strcmp(got.rows.lost_group,
			odd_groups[i].lost ? "a" : "") != 0)
			fail_msg("%s: %u groups, %u within, %u lost",
			    odd_groups[i].name, (unsigned)got.rows.n_groups,
			    (unsigned)got.rows.nested,
			    (unsigned)got.rows.n_lost);
		taken_done(&got);
	}
}

/* What it does not know is who: that must not pass for an absence. */
static void without_an_id_nothing_counts(void **state)
{
	static const struct {
		const char *name, *row, *what;
		size_t n;
		const char *says;
	} rows[] = {
		{ "none", "{'userName':'b'}", "", 0, "Resources[2].id: " },
		{ "empty", "{'id':''}", "", 0, "Resources[2].id: " },
		{ "a number below zero", "{'id':-1}", "", 0,
		    "Resources[2].id: a number that is not 0 to 2^53" },
		{ "too high a number", "{'id':9007199254740993}", "", 0,
		    "Resources[2].id: a number that is not 0 to 2^53" },
		{ "far too high a number", "{'id':18446744073709551616}", "", 0,
		    "Resources[2].id: a number that is not 0 to 2^53" },
		{ "a fraction", "{'id':7.0}", "", 0, "Resources[2].id: " },
		{ "a yes", "{'id':true}", "", 0, "Resources[2].id: " },
		{ "too long", "{'id':'%'}", "i", 129,
		    "Resources[2].id: an id longer than 128 bytes" },
		{ "a newline", "{'id':'a\\nb'}", "", 0, "Resources[2].id: " },
		{ "null", "{'id':null}", "", 0, "Resources[2].id: missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct taken got;

		take(false, row_of(rows[i].row, rows[i].what, rows[i].n), &got);
		if (got.r != -EBADMSG || !strstr(got.why.text, rows[i].says))
			fail_msg(
			    "%s: %d %s", rows[i].name, got.r, got.why.text);
		taken_done(&got);
	}
}

/* An id does not lead out of its quotes. */
static void ids_in_filters(void **state)
{
	struct aw_buf text = AW_BUF_INIT(4096);

	(void)state;
	aw_scim_filter(&text, "id", "a\" or id eq \"\\");
	assert_string_equal(aw_buf_text(&text),
	    "filter=id%20eq%20%22a%5C%22%20or%20id%20eq%20%5C%22%5C%5C%22");
	aw_buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_users_go_on),
		cmocka_unit_test(odd_groups_go_on),
		cmocka_unit_test(without_an_id_nothing_counts),
		cmocka_unit_test(ids_in_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
