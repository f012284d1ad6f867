/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/wire.c and the tables of common/proto.c.
 * covers: spine.2, R19, R28
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/proto.h"

static size_t sample(uint8_t *data, size_t size)
{
	struct aw_wire_out out;

	aw_wire_begin(&out, data, size, AW_MSG_AUTH, 0x1122334455667788);
	aw_wire_put_text(&out, AW_TAG_USER, "alice");
	aw_wire_put_num(&out, AW_TAG_ENTER, 1);
	aw_wire_put_text(&out, AW_TAG_RHOST, NULL);
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, "one");
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, "");
	assert_int_equal(aw_wire_end(&out), 0);
	return out.len;
}

static void round_trip(void **state)
{
	struct aw_wire_field field = { 0 };
	struct aw_wire_in in;
	uint8_t data[256];
	char text[16];
	size_t len;

	(void)state;
	len = sample(data, sizeof(data));
	assert_int_equal(aw_wire_open(data, len, &in), 0);
	assert_int_equal(in.type, AW_MSG_AUTH);
	assert_true(in.request == 0x1122334455667788);
	assert_int_equal(aw_wire_text(&in, AW_TAG_USER, text, 16), 0);
	assert_string_equal(text, "alice");
	assert_int_equal(aw_wire_text(&in, AW_TAG_USER, text, 6), 0);
	assert_int_equal(aw_wire_text(&in, AW_TAG_USER, text, 5), -EMSGSIZE);
	assert_string_equal(text, "");
	assert_int_equal(aw_wire_text(&in, AW_TAG_RHOST, text, 16), AW_ABSENT);
	assert_true(aw_wire_num(&in, AW_TAG_ENTER, 7) == 1);
	assert_true(aw_wire_num(&in, AW_TAG_REUSE, 7) == 7);

	assert_int_equal(aw_wire_next(&in, &field), 0);
	assert_int_equal(field.tag, AW_TAG_USER);
	assert_true(aw_wire_is(&field, "alice"));
	assert_false(aw_wire_is(&field, "alic"));
	assert_false(aw_wire_is(&field, "alice2"));
	assert_int_equal(aw_wire_next(&in, &field), 0);
	assert_int_equal(field.number, 1);
	assert_int_equal(aw_wire_next(&in, &field), 0);
	assert_true(aw_wire_is(&field, "one"));
	assert_int_equal(aw_wire_next(&in, &field), 0);
	assert_true(aw_wire_is(&field, ""));
	assert_int_equal(aw_wire_next(&in, &field), AW_END);
}

static void every_cut_is_refused(void **state)
{
	struct aw_wire_in in = { .type = 4711 };
	uint8_t data[256];
	size_t len;

	(void)state;
	len = sample(data, sizeof(data));
	for (size_t n = 0; n < len; n++)
		assert_int_equal(aw_wire_open(data, n, &in), -EBADMSG);
	data[len] = 0;
	assert_int_equal(aw_wire_open(data, len + 1, &in), -EBADMSG);
	assert_int_equal(in.type, 4711);
}

static void every_small_storage_is_refused(void **state)
{
	uint8_t data[256];
	size_t len;

	(void)state;
	len = sample(data, sizeof(data));
	for (size_t size = 0; size < len; size++) {
		struct aw_wire_out out;

		memset(data, 0xee, sizeof(data));
		aw_wire_begin(&out, data, size, AW_MSG_AUTH, 1);
		aw_wire_put_text(&out, AW_TAG_USER, "alice");
		aw_wire_put_num(&out, AW_TAG_ENTER, 1);
		aw_wire_put_text(&out, AW_TAG_GROUP_ID, "one");
		aw_wire_put_text(&out, AW_TAG_GROUP_ID, "");
		assert_int_equal(aw_wire_end(&out), -EMSGSIZE);
		assert_int_equal(data[size], 0xee);
	}
}

/* What a lying sender could put into each part of a message. */
static void lies_are_refused(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t byte;
	} rows[] = {
		{ "magic", 0, 'B' },
		{ "type 0", 4, 0 },
		{ "type unknown", 4, 20 },
		{ "type high byte", 5, 1 },
		{ "header word 6", 6, 1 },
		{ "length too large", 8, 255 },
		{ "length short", 8, 30 },
		{ "length huge", 11, 255 },
		{ "header word 12", 12, 1 },
		{ "tag 0", 24, 0 },
		{ "tag unknown", 24, 100 },
		{ "tag a number's", 24, AW_TAG_ENTER },
		{ "field word 2", 26, 1 },
		{ "field too long", 28, 200 },
		{ "field length -1", 31, 255 },
		{ "text NUL", 32, 0 },
		{ "text ESC", 32, 27 },
		{ "text broken UTF-8", 32, 0xc3 },
		{ "number of 7 bytes", 41, 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_wire_in in;
		uint8_t data[256];
		const size_t len = sample(data, sizeof(data));

		data[rows[i].at] = rows[i].byte;
		if (aw_wire_open(data, len, &in) != -EBADMSG)
			fail_msg("R28: %s passes", rows[i].name);
	}
}

static void what_must_not_be_sent(void **state)
{
	static const struct {
		const char *name;
		uint16_t tag;
		const char *text;
		int want;
	} rows[] = {
		{ "fits", AW_TAG_ACCOUNT, "123456789012", 0 },
		{ "too long", AW_TAG_ACCOUNT, "1234567890123", -EINVAL },
		{ "control", AW_TAG_USER, "a\tb", -EINVAL },
		{ "escape", AW_TAG_USER, "\033[0m", -EINVAL },
		{ "UTF-8", AW_TAG_DISPLAY_NAME, "\xc3\xbc", 0 },
		{ "broken UTF-8", AW_TAG_DISPLAY_NAME, "\xc3", -EINVAL },
		{ "line feed", AW_TAG_TEXT, "\na\n\nb\n", 0 },
		{ "no such tag", 99, "a", -EINVAL },
		{ "tag 0", 0, "a", -EINVAL },
		{ "a number's tag", AW_TAG_ENTER, "12345678", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_wire_out out;
		uint8_t data[256];

		aw_wire_begin(&out, data, sizeof(data), AW_MSG_AUTH, 1);
		aw_wire_put_text(&out, rows[i].tag, rows[i].text);
		if (aw_wire_end(&out) != rows[i].want)
			fail_msg("%s", rows[i].name);
	}
}

static void a_text_tag_takes_no_number(void **state)
{
	struct aw_wire_out out;
	uint8_t data[256];

	(void)state;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_AUTH, 1);
	aw_wire_put_num(&out, AW_TAG_USER, 1);
	aw_wire_put_num(&out, AW_TAG_ENTER, 1);
	assert_int_equal(aw_wire_end(&out), -EINVAL);
}

static void messages_in_a_row(void **state)
{
	struct aw_wire_in in;
	uint8_t data[512];
	size_t len, used;

	(void)state;
	len = sample(data, 256);
	memcpy(data + len, data, len);
	assert_int_equal(aw_wire_open_first(data, 2 * len, &in, &used), 0);
	assert_int_equal(used, len);
	assert_int_equal(in.len, len);
	assert_int_equal(aw_wire_open(data, 2 * len, &in), -EBADMSG);
	assert_int_equal(aw_wire_open_first(data + len, len, &in, &used), 0);
}

static void every_tag_and_word_is_known(void **state)
{
	enum aw_wire_kind kind;
	uint32_t max;

	(void)state;
	for (uint16_t tag = 1; tag <= AW_TAG_LAST_TEXT_; tag++) {
		assert_true(aw_proto_tag(tag, &kind, &max));
		assert_int_equal(kind, AW_WIRE_TEXT);
	}
	for (uint16_t tag = AW_TAG_KSESSION; tag <= AW_TAG_LAST_NUMBER_;
	     tag++) {
		assert_true(aw_proto_tag(tag, &kind, &max));
		assert_int_equal(kind, AW_WIRE_NUMBER);
	}
	assert_false(aw_proto_tag(0, &kind, &max));
	assert_false(aw_proto_tag(AW_TAG_LAST_TEXT_ + 1, &kind, &max));
	assert_false(aw_proto_tag(AW_TAG_LAST_NUMBER_ + 1, &kind, &max));
	for (uint64_t net = 1; net < AW_NET_MAX_; net++)
		assert_string_not_equal(aw_net_word(net), "unknown");
	for (uint64_t v = 1; v < AW_VERDICT_MAX_; v++)
		assert_string_not_equal(aw_verdict_word(v), "unknown");
	assert_string_equal(aw_net_word(0), "unknown");
	assert_string_equal(aw_net_word(AW_NET_MAX_), "unknown");
	assert_string_equal(aw_net_word(UINT64_MAX), "unknown");
	assert_string_equal(aw_verdict_word(0), "unknown");
	assert_string_equal(aw_verdict_word(AW_VERDICT_MAX_), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_small_storage_is_refused),
		cmocka_unit_test(lies_are_refused),
		cmocka_unit_test(what_must_not_be_sent),
		cmocka_unit_test(a_text_tag_takes_no_number),
		cmocka_unit_test(messages_in_a_row),
		cmocka_unit_test(every_tag_and_word_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
