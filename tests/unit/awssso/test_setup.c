/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What awssso setup makes of the host's files, and of its answers:
 * awssso/setup_edit.c, setup_answers.c.
 * covers: hour.2, R35
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "awssso/conf_file.h"
#include "awssso/setup_edit.h"
#include "common/file.h"
#include "common/own.h"
#include "common/text.h"

static void nsswitch(void **state)
{
	static const struct {
		const char *before, *after; /* NULL: denied */
	} rows[] = {
		{ "passwd: files systemd\ngroup:\tfiles [SUCCESS=merge] x\n",
		    "passwd: files awssso systemd\n"
		    "group:\tfiles awssso [SUCCESS=merge] x\n" },
		{ "passwd: compat\ngroup: compat # files\n",
		    "passwd: compat awssso\ngroup: compat awssso # files\n" },
		{ "passwd: files awssso\ngroup: files awssso\n",
		    "passwd: files awssso\ngroup: files awssso\n" },
		{ "# passwd: sss\n passwd:sss files\nshadow: files\n"
		  "group: files",
		    "# passwd: sss\n passwd:sss files awssso\nshadow: files\n"
		    "group: files awssso\n" },
		{ "hosts: files\n", "hosts: files\npasswd: files awssso\n"
				    "group: files awssso\n" },
		{ "passwd: filesystem\ngroup: files\n", NULL },
		{ "passwd: sss # files\ngroup: files\n", NULL },
		{ "passwd: files\ngroup: files\ninitgroups: files\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_buf out = AW_BUF_INIT(4096);
		struct aw_buf again = AW_BUF_INIT(4096);
		struct aw_diag why = { .text = "" };
		const int r = aw_edit_nsswitch(rows[i].before, &out, &why);

		if (r != (rows[i].after ? 0 : AW_DENIED) ||
		    (rows[i].after &&
			strcmp(aw_buf_text(&out), rows[i].after) != 0) ||
		    (!rows[i].after) != (why.text[0] != '\0'))
			fail_msg("%s: %d: %s%s", rows[i].before, r,
			    aw_buf_text(&out), why.text);
		if (rows[i].after) {
			assert_int_equal(
			    aw_edit_nsswitch(aw_buf_text(&out), &again, &why),
			    0);
			assert_string_equal(
			    aw_buf_text(&again), aw_buf_text(&out));
		}
		aw_buf_done(&out);
		aw_buf_done(&again);
	}
}

#define SKIP(phase)                                                    \
	phase " [success=ignore default=1] pam_localuser.so\n" phase   \
	      " [success=1 ignore=1 default=ignore] pam_succeed_if.so" \
	      " quiet uid < 1879048192\n"
#define SUDO                                                                 \
	"# awssso setup: begin\n" SKIP(                                      \
	    "auth   ") "auth    [success=done user_unknown=ignore "          \
		       "ignore=ignore "                                      \
		       "default=die] pam_awssso.so\n" SKIP(                  \
			   "account") "account [success=ok "                 \
				      "new_authtok_reqd=ok "                 \
				      "user_unknown=ignore "                 \
				      "ignore=ignore default=die] "          \
				      "pam_awssso.so permission_set=Admin\n" \
				      "# awssso setup: end\n"

/* R35: ours first, once, and nobody else's lines in between. */
static void pam_sudo(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{ "#%PAM-1.0\n\n# Set up\nsession required pam_limits.so\n"
		  "@include common-auth\n",
		    "#%PAM-1.0\n\n# Set up\n" SUDO
		    "session required pam_limits.so\n@include common-auth\n" },
		{ "auth required pam_unix.so\n",
		    SUDO "auth required pam_unix.so\n" },
		{ SUDO "auth required pam_unix.so\n",
		    SUDO "auth required pam_unix.so\n" },
		{ "auth required pam_awssso.so\n", NULL },
		{ "# pam_awssso\nauth required pam_unix.so\n",
		    "# pam_awssso\n" SUDO "auth required pam_unix.so\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_buf out = AW_BUF_INIT(4096);
		struct aw_diag why = { .text = "" };
		const int r =
		    aw_edit_pam_sudo(rows[i].before, "Admin", &out, &why);

		if (r != (rows[i].after ? 0 : AW_DENIED) ||
		    (rows[i].after &&
			strcmp(aw_buf_text(&out), rows[i].after) != 0))
			fail_msg(
			    "%zu: %d: %s%s", i, r, aw_buf_text(&out), why.text);
		aw_buf_done(&out);
	}
}

static const char *write_file(char path[64], const char *text)
{
	aw_own_fd int fd = -1;

	assert_int_equal(aw_copy(path, 64, "/tmp/awssso-setup-XXXXXX"), 0);
	fd = mkostemp(path, O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(aw_file_write(fd, text, strlen(text)), 0);
	return path;
}

static void answers(void **state)
{
	static const struct {
		const char *text, *says; /* NULL: good */
	} rows[] = {
		{ "", NULL },
		{ "# a comment\n\n  start_url =  https://x/start \t\n", NULL },
		{ "start_url = a\nstart_url = b\n", ":2: answered twice" },
		{ "\nstart = a\n", ":2: no such question" },
		{ "start_url\n", ":1: not of the form" },
		{ "start_url = a\x01"
		  "b\n",
		    ":1: a control character" },
		{ "= a\n", ":1: no such question" },
		{ "allow_users = 1234567890123456789012345678901234567890"
		  "12345678901234567890123456789012345678901234567890"
		  "12345678901234567890123456789012345678901234567890"
		  "12345678901234567890123456789012345678901234567890"
		  "12345678901234567890123456789012345678901234567890"
		  "12345678901234567890123456789012345678901234567890\n",
		    ":1: too long" },
	};
	struct aw_setup_answers got;
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_diag why = { .text = "" };
		int r;

		memset(&got, 'x', sizeof(got));
		r = aw_setup_answers_read(
		    write_file(path, rows[i].text), &got, &why);
		assert_int_equal(unlink(path), 0);
		if (r != (rows[i].says ? AW_DENIED : 0) ||
		    (rows[i].says && !strstr(why.text, rows[i].says)))
			fail_msg("%s: %d: %s", rows[i].text, r, why.text);
		if (rows[i].says)
			assert_int_equal(got.text[0][0], 'x');
	}
}

static void guesses(void **state)
{
	static const struct {
		const char *url, *region, *store;
	} rows[] = {
		{ "https://d-9067f4c2ab.awsapps.com/start", "",
		    "d-9067f4c2ab" },
		{ "https://ssoins-1.portal.eu-west-1.app.aws", "eu-west-1",
		    "" },
		{ "https://ssoins-1.eu-west-3.portal.amazonaws.com/start",
		    "eu-west-3", "" },
		{ "https://ssoins-1.cn-north-1.portal.amazonaws.com.cn/",
		    "cn-north-1", "" },
		{ "https://portal.amazonaws.com/start", "", "" },
		{ "https://x.portal.evil.example/", "", "" },
		{ "https://my-d-company.awsapps.com/start", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_setup_answers a = { .text = { "" } };

		assert_int_equal(aw_copy(a.text[AW_ANSWER_START_URL],
				     AW_ANSWER_SIZE, rows[i].url),
		    0);
		aw_setup_answers_guess(&a);
		assert_string_equal(a.text[AW_ANSWER_REGION], rows[i].region);
		assert_string_equal(a.text[AW_ANSWER_STORE], rows[i].store);
	}
}

/* What it writes is a good file, in the shipped one or alone, and says what was
 * answered; nothing is written that a line cannot hold. */
static void conf(void **state)
{
	static const char text[] =
	    "start_url = https://d-9067f4c2ab.awsapps.com/start\n"
	    "region = us-east-1, eu-west-1\n"
	    "identity_role = 111122223333/Login\n"
	    "allow_groups = Platform Team,Ops , ,\nallow_users = zoe\n"
	    "domains = example.com, partner.com:-ext\nsudo_outage = 4h\n";
	static struct aw_conf loaded;
	static char shipped[32768];
	char path[64];
	struct aw_setup_answers a;
	struct aw_diag why = { .text = "" };
	const char *const bases[] = { "", shipped,
		"[access]\nallow_users = x\n" };
	size_t len;

	(void)state;
	assert_int_equal(aw_file_read(AW_SOURCE "/conf/awssso.conf", (uid_t)-1,
			     shipped, sizeof(shipped), &len),
	    0);
	assert_int_equal(
	    aw_setup_answers_read(write_file(path, text), &a, &why), 0);
	assert_int_equal(unlink(path), 0);
	aw_setup_answers_complete(&a);
	for (size_t i = 0; i < 3; i++) {
		struct aw_buf out = AW_BUF_INIT(65536);
		int r;

		assert_int_equal(aw_edit_conf(bases[i], &a, &out), 0);
		r = aw_conf_file_read(write_file(path, aw_buf_text(&out)),
		    (uid_t)-1, &loaded, &why);
		assert_int_equal(unlink(path), 0);
		if (r != 0)
			fail_msg("%zu: %s\n%s", i, why.text, aw_buf_text(&out));
		assert_string_equal(
		    loaded.start_url, "https://d-9067f4c2ab.awsapps.com/start");
		assert_string_equal(loaded.identity_store_id, "d-9067f4c2ab");
		assert_non_null(strstr(aw_buf_text(&out),
		    "\nallow_groups = Platform Team\nallow_groups = Ops"));
		assert_non_null(
		    strstr(aw_buf_text(&out), "[service sudo-i]\n"));
		assert_non_null(
		    strstr(aw_buf_text(&out), "\noffline_grace = 4h\n"));
		assert_null(strstr(aw_buf_text(&out), "\naccount = "));
		assert_null(strstr(aw_buf_text(&out), "allow_users = x"));
		assert_int_equal(
		    strstr(aw_buf_text(&out), "Nobody may log in") != NULL,
		    i == 1);
		aw_buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nsswitch),
		cmocka_unit_test(pam_sudo),
		cmocka_unit_test(answers),
		cmocka_unit_test(guesses),
		cmocka_unit_test(conf),
	};

	return cmocka_run_group_tests_name("setup", tests, NULL, NULL);
}
