/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's world, played by a test.
 */
#include "tests/unit/awsssod/fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsssod/person.h"
#include "awsssod/worker.h"
#include "common/own.h"

int fake_worker(int argc, char **argv)
{
	struct aw_diag why = { .text = "" };

	if (argc < 2 || strcmp(argv[1], "--snapshot-worker") != 0)
		return -1;
	return aw_worker_run(AW_WORKER_IN, AW_WORKER_DIR, &why) < 0;
}

void fake_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void fake_rule(struct aw_conf *conf, const char *service, bool deny,
    enum aw_rule_kind kind, const char *text)
{
	struct aw_conf_rule rule = { .kind = (uint8_t)kind, .deny = deny };
	struct aw_diag why = { .text = "" };
	char section[64];

	assert_int_equal(aw_fmt(section, sizeof(section), "%s%s",
			     service ? AW_CONF_SERVICE : AW_CONF_ACCESS,
			     service ? service : ""),
	    0);
	if (aw_conf_access_section(
		&conf->access, section, &rule.service, &why) != 0 ||
	    aw_copy(rule.text, sizeof(rule.text), text) < 0 ||
	    aw_conf_access_add(&conf->access, &rule, &why) < 0)
		fail_msg("%s: %s", text, why.text);
}

void fake_allow(struct aw_conf *conf, enum aw_rule_kind kind, const char *text)
{
	memset(&conf->access, 0, sizeof(conf->access));
	if (text)
		fake_rule(conf, NULL, false, kind, text);
}

static void set_conf(struct aw_conf *conf)
{
	aw_conf_init(conf);
	assert_int_equal(aw_copy(conf->start_url, AW_CONF_TEXT,
			     "https://d-0123456789.awsapps.com/start"),
	    0);
	assert_int_equal(
	    aw_copy(conf->identity_store_id, AW_CONF_TEXT, FAKE_STORE), 0);
	assert_int_equal(aw_copy(conf->account, AW_CONF_TEXT, FAKE_ACCT), 0);
	assert_int_equal(aw_copy(conf->shell, AW_CONF_TEXT, "/bin/sh"), 0);
	fake_allow(conf, AW_RULE_GROUP, "admins");
}

struct fake *fake_new(void)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	assert_non_null(fake);
	fake->netd_fd = fake->listen_fd = fake->in_fd = -1;
	assert_int_equal(
	    aw_copy(fake->dir, sizeof(fake->dir), "/tmp/awsssod-test-XXXXXX"),
	    0);
	assert_non_null(mkdtemp(fake->dir));
	assert_int_equal(
	    aw_fmt(fake->run, sizeof(fake->run), "%s/run", fake->dir) |
		aw_fmt(fake->pub, sizeof(fake->pub), "%s/public", fake->dir) |
		aw_fmt(fake->state, sizeof(fake->state), "%s/state.db",
		    fake->dir) |
		aw_fmt(fake->passwd, sizeof(fake->passwd), "%s/passwd",
		    fake->dir) |
		aw_fmt(
		    fake->group, sizeof(fake->group), "%s/group", fake->dir) |
		aw_fmt(fake->subuid, sizeof(fake->subuid), "%s/subuid",
		    fake->dir) |
		aw_fmt(
		    fake->subgid, sizeof(fake->subgid), "%s/subgid", fake->dir),
	    0);
	assert_int_equal(mkdir(fake->run, 0755), 0);
	assert_int_equal(mkdir(fake->pub, 0755), 0);
	fake_file(fake->passwd, "root:x:0:0::/root:/bin/sh\n"
				"local:x:1000:1000::/home/local:/bin/sh\n");
	fake_file(fake->group, "root:x:0:\nlocal:x:1000:\nstaff2:x:50:\n");
	aw_settings_init(&fake->settings);
	fake->settings.run_dir = fake->run;
	fake->settings.state = fake->state;
	fake->settings.public_dir = fake->pub;
	fake->settings.local.passwd = fake->passwd;
	fake->settings.local.group = fake->group;
	fake->settings.local.subuid = fake->subuid;
	fake->settings.local.subgid = fake->subgid;
	fake->settings.root = geteuid();
	set_conf(&fake->conf);
	return fake;
}

static int bind_in(const struct fake *fake, const char *name)
{
	char path[128];
	int fd;

	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/%s", fake->run, name), 0);
	(void)unlink(path);
	assert_int_equal(aw_sock_listen(path, 0600, (uid_t)-1, &fd), 0);
	return fd;
}

void fake_turn(struct fake *fake, unsigned ms)
{
	assert_true(sd_event_run(fake->daemon->event, ms * 1000ull) >= 0);
}

static void accept_netd(struct fake *fake)
{
	const uint64_t until = aw_sock_now_ms() + FAKE_MS;

	while (fake->netd_fd < 0 && aw_sock_now_ms() < until) {
		fake_turn(fake, 10);
		fake->netd_fd = accept4(
		    fake->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	}
	assert_true(fake->netd_fd >= 0);
}

void fake_run(struct fake *fake)
{
	struct aw_diag why = { .text = "" };
	const int auth = bind_in(fake, "auth.sock");
	const int ctl = bind_in(fake, "ctl.sock");

	fake->listen_fd = bind_in(fake, "net.sock");
	if (aw_daemon_new(&fake->settings, &fake->conf, auth, ctl,
		&fake->daemon, &why) < 0)
		fail_msg("daemon: %s", why.text);
	fake->daemon->publish.gather_ms = 10;
	accept_netd(fake);
}

void fake_stop(struct fake *fake)
{
	aw_daemon_free(fake->daemon);
	fake->daemon = NULL;
	aw_own_fd_done(&fake->netd_fd);
	aw_own_fd_done(&fake->listen_fd);
	aw_own_fd_done(&fake->in_fd);
}

static int remove_one(const char *path, const struct stat *st AW_UNUSED,
    int type AW_UNUSED, struct FTW *at AW_UNUSED)
{
	return remove(path);
}

void fake_free(struct fake *fake)
{
	fake_stop(fake);
	(void)nftw(fake->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(fake);
}

/* One message from @fd, the daemon working meanwhile.  0, AW_END, or fails. */
static int next_message(struct fake *fake, int fd)
{
	const uint64_t until = aw_sock_now_ms() + FAKE_MS;
	size_t len;
	int r = -EAGAIN;

	aw_own_fd_done(&fake->in_fd);
	while (r == -EAGAIN && aw_sock_now_ms() < until) {
		fake_turn(fake, 0);
		r = aw_sock_recv(
		    fd, fake->data, sizeof(fake->data), 0, &len, &fake->in_fd);
		if (r == -EAGAIN)
			fake_turn(fake, 5);
	}
	if (r == AW_END || r == -ECONNRESET)
		return AW_END;
	if (r != 0)
		fail_msg("no message: %s", strerror(-r));
	assert_int_equal(aw_wire_open(fake->data, len, &fake->in), 0);
	return 0;
}

void fake_netd_wait(struct fake *fake, uint16_t type)
{
	assert_int_equal(next_message(fake, fake->netd_fd), 0);
	assert_int_equal(fake->in.type, type);
}

void fake_netd_silent(struct fake *fake, unsigned ms)
{
	const uint64_t until = aw_sock_now_ms() + ms;
	struct pollfd p = { .fd = fake->netd_fd, .events = POLLIN };

	do {
		fake_turn(fake, 5);
		assert_int_equal(poll(&p, 1, 0), 0);
	} while (aw_sock_now_ms() < until);
}

void fake_netd_hang_up(struct fake *fake)
{
	aw_own_fd_done(&fake->netd_fd);
	aw_own_fd_done(&fake->listen_fd);
	for (int i = 0; i < 100 && fake->daemon->netd.fd >= 0; i++)
		fake_turn(fake, 5);
	assert_true(fake->daemon->netd.fd < 0);
}

void fake_send(int fd, struct aw_wire_out *out)
{
	assert_int_equal(aw_wire_end(out), 0);
	assert_int_equal(aw_sock_send(fd, out->data, out->len, -1, 0), 0);
}

void fake_netd_send(struct fake *fake, struct aw_wire_out *out, int fd)
{
	assert_int_equal(aw_wire_end(out), 0);
	assert_int_equal(
	    aw_sock_send(fake->netd_fd, out->data, out->len, fd, 0), 0);
	fake_turn(fake, 5);
}

/* Records one behind the other, as in a page. */
static void add_record(struct aw_buf *page, uint16_t type, uint16_t tag1,
    const char *text1, uint16_t tag2, const char *text2, const char *status)
{
	uint8_t data[8192];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 0);
	aw_wire_put_text(&out, tag1, text1);
	aw_wire_put_text(&out, tag2, text2);
	if (status)
		aw_wire_put_text(&out, AW_TAG_USER_STATUS, status);
	assert_int_equal(aw_wire_end(&out), 0);
	aw_buf_add(page, data, out.len);
}

void fake_page(struct aw_buf *page, const struct fake_directory *d)
{
	for (size_t i = 0; i < d->n_users; i++)
		add_record(page, AW_MSG_USER_REC, AW_TAG_PRINCIPAL_ID,
		    d->users[i].id, AW_TAG_USER_NAME, d->users[i].name,
		    d->users[i].status);
	for (size_t i = 0; i < d->n_groups; i++)
		add_record(page, AW_MSG_GROUP_REC, AW_TAG_PRINCIPAL_ID,
		    d->groups[i].id, AW_TAG_DISPLAY_NAME, d->groups[i].name,
		    NULL);
	for (size_t i = 0; i < d->n_members; i++)
		add_record(page, AW_MSG_MEMBER_REC, AW_TAG_GROUP_ID,
		    d->members[i].group, AW_TAG_PRINCIPAL_ID,
		    d->members[i].user, NULL);
}

static void add_set(
    struct aw_buf *page, uint16_t type, const struct fake_grant *grant)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 0);
	aw_wire_put_text(&out, AW_TAG_ROLE, grant->set);
	if (grant->holder) {
		aw_wire_put_num(&out, AW_TAG_KIND, grant->kind);
		aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, grant->holder);
	}
	assert_int_equal(aw_wire_end(&out), 0);
	aw_buf_add(page, data, out.len);
}

void fake_set_page(struct aw_buf *page, const struct fake_sets *sets)
{
	if (!sets)
		return;
	for (size_t i = 0; i < sets->n_sets; i++)
		add_set(page, AW_MSG_SET_REC,
		    &(struct fake_grant){ .set = sets->sets[i] });
	for (size_t i = 0; i < sets->n_grants; i++)
		add_set(page, AW_MSG_GRANT_REC, &sets->grants[i]);
}

static void put_sets_end(struct aw_wire_out *out, const struct fake_sets *sets)
{
	if (!sets)
		return;
	aw_wire_put_num(out, AW_TAG_SETS, sets->n_sets);
	aw_wire_put_num(out, AW_TAG_GRANTS, sets->n_grants);
	aw_wire_put_num(out, AW_TAG_SETS_KNOWN, sets->known);
	if (sets->later) {
		aw_wire_put_num(out, AW_TAG_SETS_LATER, 1);
		aw_wire_put_text(out, AW_TAG_TEXT, "permission sets: 503");
	}
}

void fake_serve_sweep(
    struct fake *fake, const struct fake_directory *d, uint64_t net)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(64 << 20);
	const uint64_t id = fake->in.request;
	uint8_t data[512];
	struct aw_wire_out out;
	int fd;

	fake_page(&page, d);
	fake_set_page(&page, fake->sets);
	assert_int_equal(aw_buf_error(&page), 0);
	assert_int_equal(aw_sock_memfd("page", page.data, page.len, &fd), 0);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PAGE, id);
	fake_netd_send(fake, &out, fd);
	assert_int_equal(close(fd), 0);
	fake_netd_wait(fake, AW_MSG_PAGE_OK);
	assert_true(fake->in.request == id);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_SWEEP_END, id);
	aw_wire_put_num(&out, AW_TAG_NET, net);
	aw_wire_put_num(&out, AW_TAG_USERS, d->n_users);
	aw_wire_put_num(&out, AW_TAG_GROUPS, d->n_groups);
	aw_wire_put_num(&out, AW_TAG_MEMBERS, d->n_members);
	aw_wire_put_num(&out, AW_TAG_REQUESTS, 3);
	put_sets_end(&out, fake->sets);
	fake_netd_send(fake, &out, -1);
	for (int i = 0; i < 100 && aw_sweep_is_running(&fake->daemon->sweep);
	     i++)
		fake_turn(fake, 10);
}

void fake_sweep(struct fake *fake, const struct fake_directory *d, uint64_t net)
{
	fake_netd_wait(fake, AW_MSG_SWEEP);
	fake_serve_sweep(fake, d, net);
}

int fake_connect(struct fake *fake, const char *name)
{
	char path[128];
	int fd;

	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/%s", fake->run, name), 0);
	assert_int_equal(aw_sock_connect(path, 100, &fd), 0);
	return fd;
}

/* @user's uid, by the ledger of a daemon that runs. */
static uint64_t own_uid(struct fake *fake, const char *user)
{
	struct aw_person person;

	return user && aw_person_by_name(&fake->daemon->state, user, &person) ==
			   0
		   ? person.posix_id
		   : UINT32_MAX;
}

void fake_ask(struct fake *fake, int fd, const struct fake_ask *ask)
{
	uint8_t data[8192];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), ask->type, 7);
	aw_wire_put_text(&out, AW_TAG_USER, ask->user);
	aw_wire_put_text(
	    &out, AW_TAG_SERVICE, ask->service ? ask->service : "sshd");
	aw_wire_put_text(&out, AW_TAG_RHOST, ask->rhost);
	aw_wire_put_text(&out, AW_TAG_ATTEMPT, ask->attempt);
	aw_wire_put_text(&out, AW_TAG_PERMISSION_SET, ask->set);
	aw_wire_put_text(&out, AW_TAG_AUTH_INFO, ask->info);
	aw_wire_put_text(&out, AW_TAG_ACCOUNT, ask->account);
	if (ask->ksession)
		aw_wire_put_num(&out, AW_TAG_KSESSION, ask->ksession);
	aw_wire_put_num(&out, AW_TAG_REAL_UID,
	    ask->real_uid ? ask->real_uid : own_uid(fake, ask->user));
	aw_wire_put_num(&out, AW_TAG_REUSE, ask->reuse);
	aw_wire_put_num(&out, AW_TAG_ENTER, ask->enter);
	fake_send(fd, &out);
}

void fake_wait(struct fake *fake, int fd, uint16_t type)
{
	assert_int_equal(next_message(fake, fd), 0);
	assert_int_equal(fake->in.type, type);
}

uint16_t fake_next(struct fake *fake, int fd)
{
	assert_int_equal(next_message(fake, fd), 0);
	return fake->in.type;
}

void fake_wait_end(struct fake *fake, int fd)
{
	assert_int_equal(next_message(fake, fd), AW_END);
}

const char *fake_text(const struct fake *fake, uint16_t tag)
{
	static char text[17000];

	if (aw_wire_text(&fake->in, tag, text, sizeof(text)) < 0)
		fail_msg("field %u is too long", tag);
	return text;
}

void fake_verdict(
    struct fake *fake, int fd, enum aw_verdict verdict, const char *text)
{
	uint64_t got;

	fake_wait(fake, fd, AW_MSG_VERDICT);
	assert_true(fake->in.request == 7);
	got = aw_wire_num(&fake->in, AW_TAG_VERDICT, 0);
	if (got != verdict || !strstr(fake_text(fake, AW_TAG_TEXT), text))
		fail_msg("verdict %s (%s), not %s (%s)", aw_verdict_word(got),
		    fake_text(fake, AW_TAG_TEXT), aw_verdict_word(verdict),
		    text);
	assert_int_equal(verdict == AW_VERDICT_ALLOW,
	    fake_text(fake, AW_TAG_CODE)[0] == '\0');
}

static sqlite3_stmt *first_row(const struct fake *fake, const char *sql)
{
	sqlite3_stmt *stmt;

	assert_int_equal(
	    sqlite3_prepare_v2(fake->daemon->state.db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	if (sqlite3_step(stmt) != SQLITE_ROW)
		fail_msg("no row: %s", sql);
	return stmt;
}

int64_t fake_number(const struct fake *fake, const char *sql)
{
	sqlite3_stmt *stmt = first_row(fake, sql);
	const int64_t n = sqlite3_column_int64(stmt, 0);

	(void)sqlite3_finalize(stmt);
	return n;
}

const char *fake_string(const struct fake *fake, const char *sql)
{
	static char text[1024];
	sqlite3_stmt *stmt = first_row(fake, sql);

	assert_int_equal(
	    aw_copy(text, sizeof(text), aw_state_text(stmt, 0)), 0);
	(void)sqlite3_finalize(stmt);
	return text;
}

uint64_t fake_num(const struct fake *fake, uint16_t tag)
{
	return aw_wire_num(&fake->in, tag, 999999);
}

void fake_ctl_ask(int fd, uint16_t type, const char *user, bool accept)
{
	uint8_t data[256];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 7);
	aw_wire_put_text(&out, AW_TAG_USER, user);
	if (accept)
		aw_wire_put_num(&out, AW_TAG_ACCEPT_LOSS, 1);
	fake_send(fd, &out);
}
