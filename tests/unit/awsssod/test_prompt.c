/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of what people read: awsssod/prompt.c, qr.c, catalogue.c.
 * covers: spine.5, spine.6, R19, R36
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awsssod/catalogue.h"
#include "awsssod/prompt.h"
#include "awsssod/qr.h"
#include "common/own.h"
#include "common/text.h"

#define URI \
	"https://d-0123456789.awsapps.com/start/#/device?user_code=ABCD-EFGH"

static void client_names(void **state)
{
	static const struct {
		const char *service, *want;
	} rows[] = {
		{ "sshd", "ssh to bastion-1 as alice" },
		{ "sudo", "sudo on bastion-1 as alice" },
		{ "su-l", "su-l on bastion-1 as alice" },
		{ "awssso-login", "awssso-login on bastion-1 as alice" },
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(aw_prompt_client_name(rows[i].service,
				     "bastion-1", "alice", name, sizeof(name)),
		    0);
		assert_string_equal(name, rows[i].want);
	}
	assert_int_equal(
	    aw_prompt_client_name("sshd", "bastion-1", "alice", name, 10),
	    -EMSGSIZE);
}

static void prompts(void **state)
{
	static const struct {
		const char *what;
		struct aw_prompt prompt;
		const char *want[5];
		const char * not [3];
	} rows[] = {
		{ "ssh",
		    { "alice", "bastion-1", "sshd", "10.0.0.9", URI,
			"ABCD-EFGH", "QRQR\n", 110, 0, true },
		    { "ssh to bastion-1 as alice, from 10.0.0.9\n",
			"Open  " URI "\n", "Code  ABCD-EFGH\n", "QRQR\n",
			"Approve ABCD-EFGH within 110 seconds" },
		    { NULL } },
		{ "sudo",
		    { "bob", "bastion-1", "sudo", "", URI, "ABCD-EFGH", "", 50,
			0, false },
		    { "sudo on bastion-1 as bob\n", "50 seconds" },
		    { "Enter", "from", "QR" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own(aw_buf_done) struct aw_buf buf = AW_BUF_INIT(8192);
		const char *text, *at;

		aw_prompt_compose(&rows[i].prompt, &buf);
		assert_int_equal(aw_buf_error(&buf), 0);
		text = aw_buf_text(&buf);
		at = text;
		for (size_t k = 0; k < 5 && rows[i].want[k]; k++) {
			at = strstr(at, rows[i].want[k]);
			if (!at)
				fail_msg("%s: no \"%s\", in order, in %s",
				    rows[i].what, rows[i].want[k], text);
		}
		for (size_t k = 0; k < 3 && rows[i].not [k]; k++)
			if (strstr(text, rows[i].not [k]))
				fail_msg("%s: \"%s\" in %s", rows[i].what,
				    rows[i].not [k], text);
		assert_null(strchr(text, '\033'));
		/* Whoever waits for Enter types behind the last word. */
		assert_int_equal(rows[i].prompt.enter,
		    strcmp(text + strlen(text) - 2, ": ") == 0);
	}
}

/* Lines of equal width, in columns: a UTF-8 character is one. */
static size_t columns(const char *line, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)line[i] & 0xc0) != 0x80;
	return n;
}

/* The library is a choice of the build. */
static bool is_built_in(void)
{
	aw_own(aw_buf_done) struct aw_buf buf = AW_BUF_INIT(65536);

	return aw_qr_draw("x", AW_QR_UTF8, &buf) == 0;
}

static void qr_codes(void **state)
{
	static const struct {
		const char *what;
		size_t text; /* bytes of the text */
		enum aw_conf_qr style;
		int want;
	} rows[] = {
		{ "utf8", sizeof(URI) - 1, AW_QR_UTF8, 0 },
		{ "ascii", sizeof(URI) - 1, AW_QR_ASCII, 0 },
		{ "off", sizeof(URI) - 1, AW_QR_NO, AW_ABSENT },
		{ "too wide in ascii", 200, AW_QR_ASCII, AW_ABSENT },
		{ "still fits in utf8", 200, AW_QR_UTF8, 0 },
		{ "too wide", 1000, AW_QR_UTF8, AW_ABSENT },
		{ "too long", 4000, AW_QR_UTF8, AW_ABSENT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own(aw_buf_done) struct aw_buf buf = AW_BUF_INIT(65536);
		char text[4001];
		int want = rows[i].want;
		size_t width = 0;

		memset(text, 'x', sizeof(text));
		text[rows[i].text] = '\0';
		if (!is_built_in())
			want = AW_ABSENT;
		if (aw_qr_draw(text, rows[i].style, &buf) != want)
			fail_msg("%s", rows[i].what);
		if (want != 0) {
			assert_int_equal(buf.len, 0);
			continue;
		}
		for (const char *p = aw_buf_text(&buf); *p;) {
			const size_t len = strcspn(p, "\n");

			assert_int_equal(p[len], '\n');
			if (width == 0)
				width = columns(p, len);
			assert_int_equal(columns(p, len), width);
			p += len + 1;
		}
		assert_true(width > 0 && width <= AW_QR_COLUMNS);
	}
}

/* Every outcome has its words; only what is allowed says nothing. */
static void catalogue(void **state)
{
	char text[AW_SAY_SIZE];

	(void)state;
	for (int i = 0; i < AW_SAY_COUNT_; i++) {
		const enum aw_say say = (enum aw_say)i;
		const bool allowed = aw_say_verdict(say) == AW_VERDICT_ALLOW;

		assert_true(aw_say_verdict(say) > 0);
		assert_true(aw_say_verdict(say) < AW_VERDICT_MAX_);
		assert_true(aw_say_event(say)[0]);
		assert_int_equal(
		    aw_say_text(say, "X", text, sizeof(text))[0] == '\0',
		    allowed);
		assert_null(strchr(text, '$'));
	}
	assert_int_equal(aw_say_verdict(AW_SAY_COUNT_), AW_VERDICT_FAILED);
	assert_int_equal(aw_say_verdict((enum aw_say)0), AW_VERDICT_FAILED);
	assert_string_equal(aw_say_text(AW_SAY_INTERNAL, NULL, text, 4), "The");
	assert_non_null(
	    strstr(aw_say_text(AW_SAY_NO_SET, "Admin", text, sizeof(text)),
		"set Admin,"));
	assert_non_null(strstr(
	    aw_say_text(AW_SAY_NO_SET, NULL, text, sizeof(text)), "set ,"));
}

static void outcomes_of_net(void **state)
{
	static const struct {
		uint64_t net;
		enum aw_verdict want;
	} rows[] = {
		{ 0, AW_VERDICT_UNAVAIL },
		{ AW_NET_OK, AW_VERDICT_UNAVAIL },
		{ AW_NET_DENIED, AW_VERDICT_REFUSED },
		{ AW_NET_EXPIRED, AW_VERDICT_REFUSED },
		{ AW_NET_CANCELLED, AW_VERDICT_REFUSED },
		{ AW_NET_NO_ROLE, AW_VERDICT_REFUSED },
		{ AW_NET_NOT_FOUND, AW_VERDICT_EXPIRED },
		{ AW_NET_TOKEN_DEAD, AW_VERDICT_UNAVAIL },
		{ AW_NET_REFUSED, AW_VERDICT_FAILED },
		{ AW_NET_THROTTLED, AW_VERDICT_UNAVAIL },
		{ AW_NET_UNAVAIL, AW_VERDICT_UNAVAIL },
		{ AW_NET_BAD_ANSWER, AW_VERDICT_UNAVAIL },
		{ AW_NET_CONFIG, AW_VERDICT_FAILED },
		{ AW_NET_MAX_, AW_VERDICT_UNAVAIL },
		{ UINT64_MAX, AW_VERDICT_UNAVAIL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_say_verdict(aw_say_of_net(rows[i].net)) != rows[i].want)
			fail_msg("net %llu", (unsigned long long)rows[i].net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client_names),
		cmocka_unit_test(prompts),
		cmocka_unit_test(qr_codes),
		cmocka_unit_test(catalogue),
		cmocka_unit_test(outcomes_of_net),
	};

	return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
