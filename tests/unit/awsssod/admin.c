/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator asks for.
 */
#include "tests/unit/awsssod/admin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "common/snapshot.h"

#define NOBODYS \
	"root:x:0:0::/root:/bin/sh\nlocal:x:1000:1000::/home/l:/bin/sh\n"

struct fake *admin_start(const struct fake_directory *directory)
{
	struct fake *fake = fake_new();

	fake_file(
	    fake->passwd, NOBODYS "alice:x:1001:1001::/home/alice:/bin/sh\n");
	fake_file(fake->group, "root:x:0:\nlocal:x:1000:\nalice:x:1001:\n"
			       "frank:x:60:\nstaff2:x:1050:\n");
	fake_file(fake->subuid, "local:200000:65536\n");
	fake_run(fake);
	fake_sweep(fake, directory, AW_NET_OK);
	return fake;
}

int admin_tear_down(void **state)
{
	fake_free(*state);
	return 0;
}

void no_local_alice(struct fake *fake)
{
	fake_file(fake->passwd, NOBODYS);
	fake_file(fake->group, "root:x:0:\nfrank:x:60:\n");
}

void settle(struct fake *fake)
{
	for (int i = 0;
	     i < 500 && (aw_sweep_is_running(&fake->daemon->sweep) ||
			    aw_publish_is_busy(&fake->daemon->publish));
	     i++)
		fake_turn(fake, 10);
	assert_false(aw_publish_is_busy(&fake->daemon->publish));
}

void sync_with(struct fake *fake, const struct fake_directory *directory)
{
	aw_sweep_start(&fake->daemon->sweep, true);
	fake_sweep(fake, directory, AW_NET_OK);
	settle(fake);
	assert_int_equal(fake->daemon->sweep.net, AW_NET_OK);
}

void ask(struct fake *fake, const struct question *q)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[2048];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), q->type, 7);
	aw_wire_put_text(&out, AW_TAG_USER, q->who);
	if (q->id)
		aw_wire_put_num(&out, AW_TAG_POSIX_ID, q->id);
	aw_wire_put_text(&out, AW_TAG_NEW_USER, q->new_name);
	aw_wire_put_text(&out, AW_TAG_HOME, q->home);
	fake_send(fd, &out);
	fake_wait(fake, fd, AW_MSG_DONE);
	if (aw_wire_num(&fake->in, AW_TAG_NET, 0) != q->net ||
	    !strstr(fake_text(fake, AW_TAG_TEXT), q->says))
		fail_msg("%s %llu %s %s: %s: %s", q->who,
		    (unsigned long long)q->id, q->new_name ? q->new_name : "",
		    q->home ? q->home : "",
		    aw_net_word(aw_wire_num(&fake->in, AW_TAG_NET, 0)),
		    fake_text(fake, AW_TAG_TEXT));
}

void send_import(
    int fd, const struct import_row *rows, size_t n, bool theirs, bool sealed)
{
	aw_own(aw_buf_done) struct aw_buf records = AW_BUF_INIT(65536);
	aw_own_fd int memfd = -1;
	uint8_t data[1024];
	struct aw_wire_out out;

	for (size_t i = 0; i < n; i++) {
		aw_wire_begin(&out, data, sizeof(data), AW_MSG_ID_REC, 0);
		aw_wire_put_text(&out, AW_TAG_STORE, FAKE_STORE);
		aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, rows[i].principal);
		aw_wire_put_num(&out, AW_TAG_KIND, rows[i].kind);
		aw_wire_put_num(&out, AW_TAG_POSIX_ID, rows[i].id);
		aw_wire_put_text(&out, AW_TAG_USER, rows[i].name);
		aw_wire_put_text(&out, AW_TAG_HOME, rows[i].home);
		aw_wire_put_num(&out, AW_TAG_FLAGS,
		    rows[i].kind ? AW_ID_PRESENT : AW_ID_GIVEN_UP);
		assert_int_equal(aw_wire_end(&out), 0);
		aw_buf_add(&records, data, out.len);
	}
	assert_int_equal(aw_buf_error(&records), 0);
	if (sealed)
		assert_int_equal(
		    aw_sock_memfd("t", records.data, records.len, &memfd), 0);
	else
		assert_int_equal(aw_sock_memfd_new("t", &memfd), 0);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_IDS_IMPORT, 7);
	if (theirs)
		aw_wire_put_num(&out, AW_TAG_ACCEPT_LOSS, 1);
	assert_int_equal(aw_wire_end(&out), 0);
	assert_int_equal(aw_sock_send(fd, data, out.len, memfd, 0), 0);
}

const char *ledger_line(const struct fake *fake)
{
	return fake_string(fake,
	    "SELECT group_concat(principal || ' ' || posix_id || ' ' || name"
	    " || ' ' || coalesce(home, '-') || ' ' || adopted) FROM"
	    " (SELECT * FROM principals WHERE name IS NOT NULL ORDER BY n)");
}

const char *entry(const struct fake *fake, const char *principal)
{
	char sql[256];

	assert_int_equal(
	    aw_fmt(sql, sizeof(sql),
		"SELECT coalesce(name, '-') || ' ' || coalesce(home, '-') || "
		"' ' || adopted || ' ' || coalesce(skip, '') FROM principals"
		" WHERE principal = '%s'",
		principal),
	    0);
	return fake_string(fake, sql);
}

uint32_t shown_id(const struct fake *fake, const char *name)
{
	struct aw_snap_user user;
	struct aw_snap snap;
	char path[160];
	uint32_t id;

	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/directory.1", fake->pub), 0);
	assert_int_equal(aw_snap_open(path, geteuid(), &snap), 0);
	assert_int_equal(
	    aw_snap_user_by_name(&snap, name, strlen(name), &user), 0);
	id = user.id;
	aw_snap_close(&snap);
	return id;
}
