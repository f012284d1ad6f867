/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From "something changed" to a new file under the old name.
 */
#include "awsssod/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awsssod/daemon.h"
#include "awsssod/ledger.h"
#include "awsssod/log.h"
#include "awsssod/status.h"
#include "awsssod/worker.h"
#include "common/buf.h"
#include "common/group_file.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/snapshot_write.h"

#define CHUNK      (64 * 1024)
#define GATHER_MS  1000
#define AT_ONCE_MS 50
#define MANY_TIMES 30 /* as long, with so many principals: */
#define MANY       100000
#define RETRY_USEC (10u * 1000 * 1000)
#define PUNCH_USEC (60u * 1000 * 1000)

static void arm(sd_event_source *timer, uint64_t usec)
{
	(void)sd_event_source_set_time_relative(timer, usec);
	(void)sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

/* How long changes are gathered: a large snapshot costs more.  What comes
 * after a quiet time need not wait for others. */
static uint64_t gather_usec(struct aw_publish *publish)
{
	const uint64_t now = aw_sock_now_ms();
	uint64_t gather = publish->gather_ms, quiet;
	int64_t n = 0;

	if (aw_state_number(&publish->daemon->state, AW_Q_LAST_ROW, &n, "") < 0)
		n = 0;
	gather *= n > MANY ? MANY_TIMES : 1;
	quiet = now - publish->published_ms;
	return 1000 *
	       (quiet + AT_ONCE_MS < gather ? gather - quiet : AT_ONCE_MS);
}

bool aw_publish_is_busy(const struct aw_publish *publish)
{
	return publish->is_due || publish->worker != 0;
}

void aw_publish_soon(struct aw_publish *publish)
{
	if (publish->is_due)
		return;
	publish->is_due = true;
	arm(publish->soon, gather_usec(publish));
}

bool aw_publish_hurry(struct aw_publish *publish)
{
	if (publish->is_due && !publish->worker &&
	    gather_usec(publish) <= publish->gather_ms * 1000)
		arm(publish->soon, 0);
	return aw_publish_is_busy(publish);
}

/* The groups that the host owns, as they are now. */
static void put_local_groups(struct aw_publish *publish, struct aw_buf *text)
{
	const struct aw_conf_groups *groups =
	    &publish->daemon->conf.local_groups;
	uint32_t gids[AW_CONF_GROUPS_MAX];

	if (groups->n == 0 ||
	    aw_group_file_gids(
		groups, publish->daemon->settings.local.group, gids) < 0)
		return;
	for (size_t i = 0; i < groups->n; i++)
		aw_buf_fmt(text, "%s=%" PRIu32 "=%s\n", groups->item[i].name,
		    gids[i], groups->item[i].from);
}

/*
 * What is in the snapshot depends on the directory, on a few settings and on
 * the release ("pins"): all of it as one word, to know after a restart whether
 * the file in place is up to date.
 */
static int fingerprint(struct aw_publish *publish, char *buf, size_t size)
{
	const struct aw_conf *conf = &publish->daemon->conf;
	aw_own(aw_buf_done) struct aw_buf text = AW_BUF_INIT(65536);
	uint8_t digest[32];
	int64_t generation = 0;
	int r;

	r = aw_state_get_num(
	    &publish->daemon->state, "generation", &generation);
	if (r != 0)
		return r < 0 ? r : AW_ABSENT;
	aw_buf_fmt(
	    &text, "pins\n%" PRIu64 "\n%s\n", conf->enumerate, conf->shell);
	for (size_t i = 0; i < conf->access.n_services; i++)
		aw_buf_fmt(&text, "%s\n", conf->access.service[i]);
	for (size_t i = 0; i < conf->access.n_rules; i++) {
		const struct aw_conf_rule *rule = &conf->access.rule[i];

		aw_buf_fmt(&text, "%d %s %s %s\n", rule->service,
		    aw_conf_rule_word(rule->kind, rule->deny), rule->text,
		    rule->pin);
	}
	for (size_t i = 0; i < conf->local_groups.n; i++)
		aw_buf_fmt(&text, "%s %s\n", conf->local_groups.item[i].from,
		    conf->local_groups.item[i].pin);
	put_local_groups(publish, &text);
	if (aw_buf_error(&text) < 0 ||
	    aw_ledger_sha256(aw_buf_text(&text), text.len, digest) < 0)
		return -ENOMEM;
	return aw_fmt(buf, size, "%" PRId64 " %02x%02x%02x%02x%02x%02x",
	    generation, digest[0], digest[1], digest[2], digest[3], digest[4],
	    digest[5]);
}

void aw_publish_if_stale(struct aw_publish *publish)
{
	struct aw_state *state = &publish->daemon->state;
	char want[64], have[64];
	struct stat st;

	if (fingerprint(publish, want, sizeof(want)) != 0)
		return;
	if (aw_state_get(state, "published", have, sizeof(have)) == 0 &&
	    strcmp(want, have) == 0 &&
	    fstatat(publish->dir_fd, AW_SNAPSHOT_NAME, &st, 0) == 0)
		return;
	publish->is_due = true;
	arm(publish->soon, 0);
}

void aw_publish_retry(struct aw_publish *publish)
{
	if (!publish->trouble[0])
		return;
	publish->trouble[0] = '\0';
	arm(publish->soon, 0);
}

static int on_punch(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_publish *publish = user;
	int r = 0;

	if (publish->old_fd >= 0)
		r = aw_snapw_punch(publish->old_fd);
	if (r < 0 && r != -EOPNOTSUPP)
		aw_log(LOG_WARNING,
		    "snapshot: cannot give the old one's space "
		    "back: %s",
		    strerror(-r));
	aw_own_fd_done(&publish->old_fd);
	return 0;
}

/* It is tried again; whoever waits, or asks, hears of it. */
static void fail(struct aw_publish *publish, int error)
{
	aw_ignore(aw_fmt(publish->trouble, sizeof(publish->trouble),
	    "the snapshot cannot be written: %s", strerror(-error)));
	publish->is_due = true;
	aw_status_sync_done(publish->daemon);
}

static int put_in_place(struct aw_publish *publish)
{
	int old_fd = -1;
	int r;

	r = aw_snapw_publish(publish->dir_fd, AW_WORKER_TEMP, &old_fd);
	if (r < 0)
		return r;
	publish->n_published++;
	publish->trouble[0] = '\0';
	publish->published_ms = aw_sock_now_ms();
	/* Two within a minute: the older one has been seen least. */
	if (publish->old_fd >= 0)
		(void)on_punch(NULL, 0, publish);
	publish->old_fd = old_fd;
	arm(publish->punch, PUNCH_USEC);
	if (aw_state_set(&publish->daemon->state, "published", publish->mark) <
	    0)
		aw_log(LOG_WARNING, "state.db: cannot note the snapshot");
	aw_log(LOG_INFO,
	    "snapshot: published, %" PRIu32 " users, %" PRIu32 " groups",
	    publish->rows.n_users, publish->rows.n_groups);
	if (!publish->is_due)
		aw_opening_published(publish->daemon);
	return 0;
}

/* Everything of the run is over but the child itself. */
static void end_stream(struct aw_publish *publish)
{
	publish->pipe = sd_event_source_disable_unref(publish->pipe);
	aw_own_fd_done(&publish->pipe_fd);
	aw_own_free_done(&publish->chunk);
	publish->chunk_len = publish->chunk_sent = 0;
}

void aw_publish_anew(struct aw_publish *publish)
{
	/* Without its last rows the worker writes nothing. */
	if (publish->pipe)
		end_stream(publish);
	aw_publish_soon(publish);
}

static int on_worker_end(
    sd_event_source *source AW_UNUSED, const siginfo_t *info, void *user)
{
	struct aw_publish *publish = user;
	const bool complete = publish->rows.part == AW_ROWS_DONE;
	int r = 0;

	publish->child = sd_event_source_disable_unref(publish->child);
	publish->worker = 0;
	end_stream(publish);
	if (complete && info->si_code == CLD_EXITED && info->si_status == 0)
		r = put_in_place(publish);
	else if (complete || !publish->is_due)
		r = -EIO;
	aw_rows_done(&publish->rows);
	if (r < 0) {
		aw_log(LOG_ERR, "snapshot: not published (worker: %d): %s",
		    info->si_status, strerror(-r));
		fail(publish, r);
	}
	/* Also what changed while it was written. */
	if (publish->is_due)
		arm(publish->soon, r < 0 ? RETRY_USEC : gather_usec(publish));
	aw_status_sync_done(publish->daemon);
	return 0;
}

/* The next rows into the empty chunk.  AW_END: there are none. */
static int refill(struct aw_publish *publish)
{
	publish->chunk_sent = 0;
	publish->chunk_len = 0;
	return aw_rows_next(
	    &publish->rows, publish->chunk, CHUNK, &publish->chunk_len);
}

static int drain(struct aw_publish *publish)
{
	const ssize_t n =
	    write(publish->pipe_fd, publish->chunk + publish->chunk_sent,
		publish->chunk_len - publish->chunk_sent);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	publish->chunk_sent += (size_t)n;
	return 0;
}

static int on_pipe(sd_event_source *source AW_UNUSED, int fd AW_UNUSED,
    uint32_t events AW_UNUSED, void *user)
{
	struct aw_publish *publish = user;
	int r = 0;

	if (publish->chunk_sent == publish->chunk_len)
		r = refill(publish);
	if (r == 0)
		r = drain(publish);
	if (r == 0)
		return 0;
	if (r < 0)
		aw_log(LOG_ERR, "snapshot: cannot send the rows: %s",
		    strerror(-r));
	/* The worker sees the end of the pipe, and whether it was the end. */
	end_stream(publish);
	return 0;
}

/* Descriptors 3 and 4 may be taken by what goes there: step aside first. */
static int move_up(int *fd)
{
	const int up = fcntl(*fd, F_DUPFD_CLOEXEC, 10);

	if (up < 0)
		return -errno;
	aw_own_fd_done(fd);
	*fd = up;
	return 0;
}

static int spawn_with(struct aw_publish *publish,
    posix_spawn_file_actions_t *actions, posix_spawnattr_t *attr, int in_fd,
    int dir_fd)
{
	char *const argv[] = { (char *)(uintptr_t) "awsssod",
		(char *)(uintptr_t) "--snapshot-worker", NULL };
	char *const envp[] = { NULL };
	sigset_t none;
	int r;

	(void)sigemptyset(&none);
	if ((r = posix_spawn_file_actions_adddup2(
		 actions, in_fd, AW_WORKER_IN)) != 0 ||
	    (r = posix_spawn_file_actions_adddup2(
		 actions, dir_fd, AW_WORKER_DIR)) != 0 ||
	    (r = posix_spawnattr_setsigmask(attr, &none)) != 0 ||
	    (r = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK)) != 0 ||
	    (r = posix_spawn(&publish->worker, publish->program, actions, attr,
		 argv, envp)) != 0)
		return -r;
	return 0;
}

static int spawn(struct aw_publish *publish, int in_fd)
{
	aw_own_fd int dir_fd = fcntl(publish->dir_fd, F_DUPFD_CLOEXEC, 10);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int r;

	if (dir_fd < 0)
		return -errno;
	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&attr);
	if (r != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return -r;
	}
	r = spawn_with(publish, &actions, &attr, in_fd, dir_fd);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&actions);
	return r;
}

static int start_worker(struct aw_publish *publish)
{
	aw_own_fd int in_fd = -1, out_fd = -1;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in_fd = ends[0];
	out_fd = ends[1];
	if (fcntl(out_fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	r = move_up(&in_fd);
	if (r == 0)
		r = spawn(publish, in_fd);
	if (r < 0)
		return r;
	r = sd_event_add_child(publish->daemon->event, &publish->child,
	    publish->worker, WEXITED, on_worker_end, publish);
	if (r < 0)
		return r;
	publish->pipe_fd = aw_take_fd(&out_fd);
	return sd_event_add_io(publish->daemon->event, &publish->pipe,
	    publish->pipe_fd, EPOLLOUT, on_pipe, publish);
}

static int start(struct aw_publish *publish)
{
	int r;

	publish->chunk = malloc(CHUNK);
	if (!publish->chunk)
		return -ENOMEM;
	r = fingerprint(publish, publish->mark, sizeof(publish->mark));
	if (r != 0)
		return r < 0 ? r : -ENODATA;
	r = aw_rows_init(&publish->rows, &publish->daemon->state,
	    &publish->daemon->conf, publish->daemon->settings.local.group);
	if (r < 0)
		return r;
	return start_worker(publish);
}

static int on_soon(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_publish *publish = user;
	int r;

	if (publish->worker)
		return 0; /* its end comes back to this */
	publish->is_due = false;
	r = start(publish);
	if (r == 0)
		return 0;
	aw_log(LOG_ERR, "snapshot: cannot start: %s", strerror(-r));
	end_stream(publish);
	aw_rows_done(&publish->rows);
	fail(publish, r);
	arm(publish->soon, RETRY_USEC);
	return 0;
}

int aw_publish_init(struct aw_publish *publish, struct aw_daemon *daemon)
{
	sd_event *event = daemon->event;
	int r;

	publish->daemon = daemon;
	publish->program = "/proc/self/exe";
	publish->gather_ms = GATHER_MS;
	publish->pipe_fd = -1;
	publish->old_fd = -1;
	publish->dir_fd = open(daemon->settings.public_dir,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (publish->dir_fd < 0)
		return -errno;
	if ((r = sd_event_add_time(event, &publish->soon, CLOCK_BOOTTIME, 0,
		 1000, on_soon, publish)) < 0 ||
	    (r = sd_event_source_set_enabled(publish->soon, SD_EVENT_OFF)) <
		0 ||
	    (r = sd_event_add_time(event, &publish->punch, CLOCK_BOOTTIME, 0,
		 1000, on_punch, publish)) < 0)
		return r;
	return sd_event_source_set_enabled(publish->punch, SD_EVENT_OFF);
}

void aw_publish_done(struct aw_publish *publish)
{
	end_stream(publish);
	publish->child = sd_event_source_disable_unref(publish->child);
	publish->soon = sd_event_source_disable_unref(publish->soon);
	publish->punch = sd_event_source_disable_unref(publish->punch);
	aw_rows_done(&publish->rows);
	aw_own_fd_done(&publish->old_fd);
	if (publish->daemon)
		aw_own_fd_done(&publish->dir_fd);
}
