/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of [local_groups] (common/conf_groups.c), with the real inih.
 * covers: dir.9, R17, R23
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf.h"

#define N(a)  (sizeof(a) / sizeof((a)[0]))
#define KNOWS "i_know_this_is_root = yes"

static struct aw_conf conf;

static int parse(const char *lines, struct aw_diag *diag)
{
	char text[4096];

	memset(diag, 0, sizeof(*diag));
	assert_int_equal(
	    aw_fmt(text, sizeof(text), "[local_groups]\n%s", lines), 0);
	return aw_conf_parse(
	    text, strlen(text), "c", ini_parse_stream, &conf, diag);
}

static void reads(void **state)
{
	/* want: "host group <- directory's; " for each */
	static const struct {
		const char *lines, *want;
	} rows[] = {
		{ "", "" },
		{ "video = aws-Developer\n", "video<-aws-Developer;" },
		{ "team = Platform Team,aws-Developer , 906 abc\n",
		    "team<-Platform Team;team<-aws-Developer;team<-906 abc;" },
		{ "team = A,\nteam = B\nother = A\n",
		    "team<-A;team<-B;other<-A;" },
		{ "docker = aws-Developer, " KNOWS "\n",
		    "docker<-aws-Developer;" },
		{ "docker = i_know_this_is_root=yes, aws-Developer\n",
		    "docker<-aws-Developer;" },
		{ "sudo = A, i_know_this_is_root =yes\n", "sudo<-A;" },
		{ "Debian-xy = A: B\n", "Debian-xy<-A: B;" },
		{ "scanner = A\nbluetooth=B\n", "scanner<-A;bluetooth<-B;" },
	};
	struct aw_diag diag;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char got[512] = "";
		size_t len = 0;

		if (parse(rows[i].lines, &diag) != 0)
			fail_msg("row %zu: %s", i, diag.text);
		for (size_t k = 0; k < conf.local_groups.n; k++) {
			const struct aw_conf_group *g =
			    &conf.local_groups.item[k];

			assert_int_equal(aw_fmt(got + len, sizeof(got) - len,
					     "%s<-%s;", g->name, g->from),
			    0);
			len = strlen(got);
		}
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("row %zu: \"%s\"", i, got);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *lines, *want;
	} rows[] = {
		{ "root = A, " KNOWS "\n", "c:2: root: not a group that may" },
		{ "Root = A, " KNOWS "\n", "c:2: Root: not a group that may" },
		{ "0 = A\n", "c:2: 0: not a group that may" },
		{ "a b = A\n", "c:2: a b: not a group that may" },
		{ "docker = A\n", "c:2: docker: whoever is in this group" },
		{ "google-sudoers = A\n",
		    "c:2: google-sudoers: whoever is in this group" },
		{ "docker = A, i_know_this_is_root = no\n",
		    "c:2: docker: \"i_" },
		{ "docker = A, i_know_this_is_root\n", "c:2: docker: \"i_" },
		{ "docker = A, i_know_this_is_root = yes!\n",
		    "c:2: docker: \"i_" },
		/* one line does not speak for another */
		{ "docker = A, " KNOWS "\ndocker = B\n",
		    "c:3: docker: whoever is in this group" },
		{ "docker = " KNOWS "\n", "c:2: docker: names no group" },
		{ "video =\n", "c:2: video: has no value" },
		{ "video = ,A\n", "c:2: video: \"\": must be groups" },
		{ "video = A,,B\n", "c:2: video: \"\": must be groups" },
		{ "video = ,\n", "c:2: video: \"\": must be groups" },
	};
	struct aw_diag diag;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const int r = parse(rows[i].lines, &diag);

		if (r != -EINVAL ||
		    strncmp(diag.text, rows[i].want, strlen(rows[i].want)) != 0)
			fail_msg("row %zu: %d \"%s\"", i, r, diag.text);
	}
}

/* R23: what amounts to root is known by name. */
static void r23_root_by_another_name(void **state)
{
	static const char *const root[] = { "adm", "disk", "docker", "kmem",
		"kvm", "libvirt", "lxd", "root", "shadow", "staff", "sudo",
		"wheel", "DOCKER" };
	static const char *const plain[] = { "audio", "dialout", "video",
		"platform-team", "dockers" };

	(void)state;
	for (size_t i = 0; i < N(root); i++)
		if (!aw_conf_group_is_root(root[i]))
			fail_msg("%s", root[i]);
	for (size_t i = 0; i < N(plain); i++)
		if (aw_conf_group_is_root(plain[i]))
			fail_msg("%s", plain[i]);
}

static void lists_have_an_end(void **state)
{
	char text[4096];
	struct aw_diag diag;
	size_t len = 0;

	(void)state;
	for (int i = 0; i <= AW_CONF_GROUPS_MAX; i++) {
		memcpy(text + len, "video=a\n", 9);
		len += 8;
		assert_int_equal(
		    parse(text, &diag), i < AW_CONF_GROUPS_MAX ? 0 : -EINVAL);
	}
	assert_non_null(strstr(diag.text, "c:66: video: more than 64"));
}

static void shows_what_means_the_same(void **state)
{
	struct aw_diag diag;
	char text[256];

	(void)state;
	assert_int_equal(parse("video = A\ndocker = B," KNOWS "\n", &diag), 0);
	assert_int_equal(
	    aw_conf_groups_show(&conf.local_groups, 0, text, 256), 0);
	assert_string_equal(text, "A");
	assert_int_equal(
	    aw_conf_groups_show(&conf.local_groups, 1, text, 256), 0);
	assert_string_equal(text, "B, " KNOWS);
	assert_int_equal(
	    aw_conf_groups_show(&conf.local_groups, 1, text, 3), -EMSGSIZE);
	assert_int_equal(
	    aw_conf_groups_show(&conf.local_groups, 2, text, 256), AW_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(r23_root_by_another_name),
		cmocka_unit_test(lists_have_an_end),
		cmocka_unit_test(shows_what_means_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
