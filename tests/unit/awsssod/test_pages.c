/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sweep that ends in trouble, behind each of its pages in turn: the last
 * generation is as it was, and a whole sweep afterwards is taken.
 * covers: dir.5, R11, R24
 */
#include "tests/unit/awsssod/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "common/own.h"

/* Somebody else, who is disabled, somebody renamed, another group, and nobody
 * in it who was in the old one. */
static const struct fake_user users[] = {
	{ ALICE, "alicia@example.com", "DISABLED" },
	{ "u-erin", "erin@example.com", NULL },
};
static const struct fake_group groups[] = { { "g-new", "new" } };
static const struct fake_member members[] = {
	{ "g-new", "u-erin" },
	{ "g-new", BOB },
};
static const struct fake_directory pages[] = {
	{ NULL, groups, NULL, 0, 1, 0 },
	{ NULL, NULL, members, 0, 0, 1 },
	{ NULL, NULL, NULL, 0, 0, 0 },
	{ NULL, NULL, members + 1, 0, 0, 1 },
	{ users, NULL, NULL, 1, 0, 0 },
	{ users + 1, NULL, NULL, 1, 0, 0 },
};
enum { PAGES = sizeof(pages) / sizeof(pages[0]) };

static void send_page(struct fake *fake, const void *data, size_t len)
{
	aw_own_fd int fd = -1;
	uint8_t head[128];
	struct aw_wire_out out;

	assert_int_equal(aw_sock_memfd("page", data, len, &fd), 0);
	aw_wire_begin(
	    &out, head, sizeof(head), AW_MSG_PAGE, fake->daemon->sweep.request);
	fake_netd_send(fake, &out, fd);
}

static void send_pages(struct fake *fake, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(4096);

		fake_page(&page, &pages[i]);
		send_page(fake, page.len ? page.data : "", page.len);
		fake_netd_wait(fake, AW_MSG_PAGE_OK);
	}
}

/* The end, which says @net and how many records came; @more users than did. */
static void send_end_of(
    struct fake *fake, size_t n, uint64_t net, unsigned more)
{
	uint64_t counts[3] = { more, 0, 0 };
	uint8_t data[512];
	struct aw_wire_out out;

	for (size_t i = 0; i < n; i++) {
		counts[0] += pages[i].n_users;
		counts[1] += pages[i].n_groups;
		counts[2] += pages[i].n_members;
	}
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_SWEEP_END,
	    fake->daemon->sweep.request);
	aw_wire_put_num(&out, AW_TAG_NET, net);
	aw_wire_put_num(&out, AW_TAG_USERS, counts[0]);
	aw_wire_put_num(&out, AW_TAG_GROUPS, counts[1]);
	aw_wire_put_num(&out, AW_TAG_MEMBERS, counts[2]);
	fake_netd_send(fake, &out, -1);
}

/* Ask for a sweep; the connection is to be closed. */
static int begin_sweep(struct fake *fake)
{
	const int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[128];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_SYNC, 7);
	fake_send(fd, &out);
	fake_netd_wait(fake, AW_MSG_SWEEP);
	return fd;
}

/* Until the sweep is no more. */
static void settle(struct fake *fake)
{
	for (int i = 0; i < 100 && aw_sweep_is_running(&fake->daemon->sweep);
	     i++)
		fake_turn(fake, 10);
	assert_false(aw_sweep_is_running(&fake->daemon->sweep));
}

/* All that a generation is. */
static void copy_generation(const struct fake *fake, char buf[1024])
{
	assert_int_equal(
	    aw_copy(buf, 1024,
		fake_string(fake,
		    "SELECT (SELECT group_concat(principal || user_name ||"
		    " disabled || present || missing || ifnull(name, '') ||"
		    " ifnull(posix_id, '') || ifnull(skip, ''), ' ')"
		    " FROM principals) || (SELECT group_concat(usr || '-' ||"
		    " grp, ' ') FROM members) || (SELECT group_concat(key ||"
		    " '=' || value, ' ') FROM meta"
		    " WHERE key != 'published')")),
	    0);
}

static const struct {
	const char *name;
	uint64_t net;
	unsigned more;
	bool is_page; /* that is none */
} troubles[] = {
	{ "throttled", AW_NET_THROTTLED, 0, false },
	{ "network", AW_NET_UNAVAIL, 0, false },
	{ "refused", AW_NET_REFUSED, 0, false },
	{ "odd answer", AW_NET_BAD_ANSWER, 0, false },
	{ "no outcome", 0, 0, false },
	{ "a record lost", AW_NET_OK, 1, false },
	{ "a page of rubbish", 0, 0, true },
};

static void behind_each_page(void **state)
{
	struct fake *fake = *state;
	char before[1024], after[1024];

	copy_generation(fake, before);
	for (size_t t = 0; t < sizeof(troubles) / sizeof(troubles[0]); t++)
		for (size_t n = 0; n <= PAGES; n++) {
			const int fd = begin_sweep(fake);

			send_pages(fake, n);
			if (troubles[t].is_page) {
				send_page(fake, "rubbish", 7);
				fake_netd_wait(fake, AW_MSG_CANCEL);
			} else {
				send_end_of(
				    fake, n, troubles[t].net, troubles[t].more);
			}
			settle(fake);
			assert_int_equal(close(fd), 0);
			copy_generation(fake, after);
			if (strcmp(after, before) != 0)
				fail_msg("%s behind %zu pages: \"%s\", was "
					 "\"%s\"",
				    troubles[t].name, n, after, before);
		}
}

/* The same pages without trouble: it was not that they say nothing. */
static void whole(void **state)
{
	struct fake *fake = *state;
	const int fd = begin_sweep(fake);

	send_pages(fake, PAGES);
	send_end_of(fake, PAGES, AW_NET_OK, 0);
	settle(fake);
	assert_int_equal(close(fd), 0);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE"
			      " user_name = 'alicia@example.com' AND disabled"),
	    1);
	assert_string_equal(
	    fake_string(
		fake, "SELECT name FROM principals WHERE principal = 'u-erin'"),
	    "erin");
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM members m JOIN principals g"
			      " ON g.n = m.grp WHERE g.principal = 'g-new'"),
	    2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)
		T(behind_each_page),
		T(whole),
	};

	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
