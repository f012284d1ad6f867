/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a directory of a given size costs awsssod: this program plays
 * awssso-netd, feeds the daemon as built with sweeps page by page, and asks
 * for its status all the while, which shows how long its loop stands still.
 *
 *   bench_apply AWSSSOD USERS GROUPS MEMBERS_OF_A_USER
 *
 * Four sweeps: the first ever, the same again, one with a hundredth changed,
 * and one with one person more.  For each: how long the pages take, then, from
 * the last page on, how long until it counts and until a lookup in the mapped
 * snapshot answers; the longest pause before and after the last page; the
 * daemon's memory at most (not the worker's, which is told apart).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/directory.h"
#include "common/own.h"
#include "common/proto.h"
#include "common/sock.h"
#include "common/text.h"

#define NOBODY    65534
#define A_PAGE    100
#define PING_MS   20
#define TIMEOUT_S 600

struct bench {
	char dir[64], run[80], state[80], pub[80], path[128];
	unsigned users, groups, each;
	int listen_fd, netd_fd;
	pid_t daemon;
	unsigned round;
	uint64_t *pause_ms; /* shared with who pings */
	struct aw_wire_in in;
	uint8_t data[AW_WIRE_MAX];
};

static void die(const char *what)
{
	fprintf(stderr, "bench_apply: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int path_of(char *buf, size_t size, const char *dir, const char *name)
{
	return aw_fmt(buf, size, "%s/%s", dir, name);
}

static void prepare(struct bench *bench)
{
	char path[128];
	FILE *file;

	memcpy(bench->dir, "/tmp/awssso-bench-XXXXXX", 25);
	if (!mkdtemp(bench->dir))
		die("mkdtemp");
	if (path_of(bench->run, sizeof(bench->run), bench->dir, "run") ||
	    path_of(bench->state, sizeof(bench->state), bench->dir, "s.db") ||
	    path_of(bench->pub, sizeof(bench->pub), bench->dir, "public") ||
	    path_of(
		bench->path, sizeof(bench->path), bench->pub, "directory.1") ||
	    path_of(path, sizeof(path), bench->dir, "awssso.conf") ||
	    mkdir(bench->run, 0755) || mkdir(bench->pub, 0755))
		die(bench->dir);
	file = fopen(path, "we");
	if (!file)
		die(path);
	fprintf(file, "[identity-center]\n"
		      "start_url = https://d-0123456789.awsapps.com/start\n"
		      "region = eu-central-1\n"
		      "identity_store_id = d-0123456789\n"
		      "account = 111122223333\n"
		      "[directory]\n"
		      "sweep_interval = 10s\n"
		      "sweep_rate = 1000\n"
		      "[access]\n"
		      "allow_groups = group 1\n"
		      "[names]\n"
		      "domains = example.com\n");
	if (fchmod(fileno(file), 0644) || fclose(file))
		die(path);
	if (path_of(path, sizeof(path), bench->run, "net.sock") ||
	    aw_sock_listen(path, 0600, (uid_t)-1, &bench->listen_fd))
		die(path);
}

/* Fork a child that ends with this program, also when it is killed. */
static pid_t fork_with_us(void)
{
	const pid_t us = getpid(), pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0 &&
	    (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != us))
		_exit(127);
	return pid;
}

static void start(struct bench *bench, const char *program)
{
	char config[128];

	if (path_of(config, sizeof(config), bench->dir, "awssso.conf"))
		die("config");
	bench->daemon = fork_with_us();
	if (bench->daemon == 0) {
		if (!getenv("BENCH_VERBOSE"))
			(void)!freopen("/dev/null", "we", stderr);
		execl(program, program, "--foreground", "--config", config,
		    "--run-dir", bench->run, "--state", bench->state,
		    "--public-dir", bench->pub, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 500 && bench->netd_fd < 0; i++) {
		struct pollfd p = { .fd = bench->listen_fd, .events = POLLIN };

		(void)poll(&p, 1, 20);
		bench->netd_fd =
		    accept4(bench->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	}
	if (bench->netd_fd < 0)
		die("awsssod does not connect");
}

/* The next message of @type from awsssod. */
static void wait_for(struct bench *bench, uint16_t type)
{
	const uint64_t until = aw_sock_now_ms() + TIMEOUT_S * 1000ull;

	do {
		size_t len;
		int fd = -1;
		const int r = aw_sock_recv(bench->netd_fd, bench->data,
		    sizeof(bench->data), until, &len, &fd);

		if (fd >= 0)
			(void)close(fd);
		if (r != 0 || aw_wire_open(bench->data, len, &bench->in) != 0) {
			errno = r < 0 ? -r : EPROTO;
			die("awsssod is silent");
		}
	} while (bench->in.type != type);
}

static void send_netd(struct bench *bench, struct aw_wire_out *out, int fd)
{
	if (aw_wire_end(out) != 0 ||
	    aw_sock_send(bench->netd_fd, out->data, out->len, fd,
		aw_sock_now_ms() + 10000) != 0)
		die("send");
}

static void add(struct aw_buf *page, uint16_t type, uint16_t tag1,
    const char *text1, uint16_t tag2, const char *text2, const char *display)
{
	uint8_t data[1024];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 0);
	aw_wire_put_text(&out, tag1, text1);
	aw_wire_put_text(&out, tag2, text2);
	aw_wire_put_text(&out, AW_TAG_DISPLAY_NAME, display);
	if (aw_wire_end(&out) != 0)
		die("record");
	aw_buf_add(page, data, out.len);
}

/* A made-up immutable id, spread as AWS's are. */
static void id_of(char buf[48], char kind, unsigned i)
{
	const uint64_t mix = (i + 1) * 0x9e3779b97f4a7c15ull;

	if (aw_fmt(buf, 48, "9067642ac0-%08x-%04x-4%03x-8%c%02x-%08x%04x",
		(unsigned)(mix >> 32), (unsigned)(mix & 0xffff), i & 0xfff,
		kind, i >> 24, i, i & 0xffff) < 0)
		die("id");
}

/* From the third round on a hundredth has gone, and as many have come. */
static unsigned person(const struct bench *bench, unsigned i)
{
	return bench->round >= 3 && i % 100 == 7 ? i + bench->users : i;
}

/* In the fourth one more has come, who is in no group. */
static unsigned n_users(const struct bench *bench)
{
	return bench->users + (bench->round == 4);
}

/* Who has come last. */
static unsigned newcomer(const struct bench *bench)
{
	return person(bench, bench->round == 4 ? bench->users : 7);
}

static void send_page(
    struct bench *bench, struct aw_buf *page, uint64_t request)
{
	uint8_t data[64];
	struct aw_wire_out out;
	int fd = -1;

	if (aw_buf_error(page) != 0 ||
	    aw_sock_memfd("page", page->data, page->len, &fd) != 0)
		die("page");
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PAGE, request);
	send_netd(bench, &out, fd);
	(void)close(fd);
	page->len = 0;
	wait_for(bench, AW_MSG_PAGE_OK);
}

static void send_users(struct bench *bench, uint64_t request)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(8 << 20);
	char id[48], name[64], display[64];

	for (unsigned i = 0; i < n_users(bench); i++) {
		const unsigned who = person(bench, i);

		id_of(id, 'a', who);
		if (aw_fmt(name, sizeof(name), "person%u@example.com", who) ||
		    aw_fmt(display, sizeof(display), "%s Person %u",
			bench->round >= 3 && i % 100 == 9 ? "Other" : "Example",
			who))
			die("name");
		add(&page, AW_MSG_USER_REC, AW_TAG_PRINCIPAL_ID, id,
		    AW_TAG_USER_NAME, name, display);
		if (i % A_PAGE == A_PAGE - 1 || i + 1 == n_users(bench))
			send_page(bench, &page, request);
	}
}

static void send_groups(struct bench *bench, uint64_t request)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(8 << 20);
	char id[48], name[64];

	for (unsigned i = 0; i < bench->groups; i++) {
		id_of(id, 'b', i);
		if (aw_fmt(name, sizeof(name), "group %u", i))
			die("name");
		add(&page, AW_MSG_GROUP_REC, AW_TAG_PRINCIPAL_ID, id,
		    AW_TAG_DISPLAY_NAME, name, NULL);
		if (i % A_PAGE == A_PAGE - 1 || i + 1 == bench->groups)
			send_page(bench, &page, request);
	}
}

/* As AWS lists them: a group after the other. */
static uint64_t send_members(struct bench *bench, uint64_t request)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(8 << 20);
	const uint64_t all = (uint64_t)bench->users * bench->each;
	const uint64_t of_one =
	    bench->groups > 0 ? (all + bench->groups - 1) / bench->groups : 0;
	char group[48], user[48];
	uint64_t n = 0, here = 0;

	for (unsigned g = 0; g < bench->groups; g++) {
		id_of(group, 'b', g);
		for (uint64_t i = 0; i < of_one && n < all; i++, n++) {
			id_of(user, 'a',
			    person(bench,
				(unsigned)((g * 7919ull + i * 104729ull) %
					   bench->users)));
			add(&page, AW_MSG_MEMBER_REC, AW_TAG_GROUP_ID, group,
			    AW_TAG_PRINCIPAL_ID, user, NULL);
			if (++here == A_PAGE) {
				send_page(bench, &page, request);
				here = 0;
			}
		}
		if (here > 0)
			send_page(bench, &page, request);
		here = 0;
	}
	return n;
}

/* Ask for the status: how long it took, and whether a sweep runs. */
static uint64_t ask_status(const struct bench *bench, bool *ret_runs)
{
	static uint8_t data[AW_WIRE_MAX];
	const uint64_t began = aw_sock_now_ms();
	const uint64_t end = began + TIMEOUT_S * 1000ull;
	struct aw_wire_out out;
	struct aw_wire_in in;
	aw_own_fd int fd = -1;
	char path[128], text[257];
	size_t len;

	if (path_of(path, sizeof(path), bench->run, "ctl.sock") ||
	    aw_sock_connect(path, 10000, &fd) < 0)
		die("ctl.sock");
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_STATUS, 1);
	if (aw_wire_end(&out) || aw_sock_send(fd, data, out.len, -1, end) < 0)
		die("ask");
	if (aw_sock_recv(fd, data, sizeof(data), end, &len, NULL) != 0 ||
	    aw_wire_open(data, len, &in) < 0 ||
	    aw_wire_text(&in, AW_TAG_SWEEP_STATE, text, sizeof(text)) < 0)
		die("answer");
	*ret_runs = strncmp(text, "running", 7) == 0;
	return aw_sock_now_ms() - began;
}

/* The daemon wants the next sweep: the last one is over. */
static bool is_asked_again(const struct bench *bench)
{
	struct pollfd netd = { .fd = bench->netd_fd, .events = POLLIN };

	return poll(&netd, 1, 0) > 0;
}

static void wait_until_it_counts(const struct bench *bench)
{
	bool runs = true;

	while (runs && !is_asked_again(bench)) {
		(void)ask_status(bench, &runs);
		(void)poll(NULL, 0, 5);
	}
}

static pid_t ping(struct bench *bench)
{
	const pid_t pid = fork_with_us();

	if (pid > 0)
		return pid;
	for (;;) {
		bool runs;
		const uint64_t ms = ask_status(bench, &runs);

		if (ms > *bench->pause_ms)
			*bench->pause_ms = ms;
		(void)poll(NULL, 0, PING_MS);
	}
}

/* A number of kB from the daemon's /proc status. */
static uint64_t memory(const struct bench *bench, const char *key)
{
	char path[64], line[128], *number;
	uint64_t kb = 0;
	FILE *file;

	if (aw_fmt(path, sizeof(path), "/proc/%d/status", (int)bench->daemon))
		die("status");
	file = fopen(path, "re");
	if (!file)
		die(path);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, key, strlen(key)) == 0) {
			number = line + strcspn(line, "0123456789");
			number[strspn(number, "0123456789")] = '\0';
			if (aw_num_u64(number, 0, UINT32_MAX, &kb) < 0)
				die(key);
		}
	(void)fclose(file);
	return kb;
}

static off_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : st.st_size;
}

static struct aw_dir directory = AW_DIR_INIT(NULL, "/nonexistent", 0);

/* As libc's getpwnam would ask the NSS module. */
static bool is_found(const char *name)
{
	struct aw_snap_user user;
	struct aw_dir_pin pin;
	bool found;

	if (aw_dir_get(&directory, &pin) != 0)
		return false;
	found = aw_snap_user_by_name(pin.snap, name, strlen(name), &user) == 0;
	return aw_dir_put(&directory, &pin) == 0 && found;
}

static void wait_for_lookup(const struct bench *bench)
{
	const uint64_t until = aw_sock_now_ms() + TIMEOUT_S * 1000ull;
	char name[64];

	if (aw_fmt(name, sizeof(name), "person%u", newcomer(bench)))
		die("name");
	while (!is_found(name)) {
		if (aw_sock_now_ms() > until)
			die("no lookup answers");
		(void)poll(NULL, 0, 2);
	}
}

static void sweep(struct bench *bench, const char *what)
{
	uint64_t request, began, sent, counts, members;
	uint64_t pause_pages;
	uint8_t data[128];
	struct aw_wire_out out;
	pid_t pinger;

	wait_for(bench, AW_MSG_SWEEP);
	request = bench->in.request;
	*bench->pause_ms = 0;
	pinger = ping(bench);
	began = aw_sock_now_ms();
	/* In the order of awssso-netd. */
	send_groups(bench, request);
	members = send_members(bench, request);
	send_users(bench, request);
	sent = aw_sock_now_ms();
	pause_pages = *bench->pause_ms;
	*bench->pause_ms = 0;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_SWEEP_END, request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_USERS, n_users(bench));
	aw_wire_put_num(&out, AW_TAG_GROUPS, bench->groups);
	aw_wire_put_num(&out, AW_TAG_MEMBERS, members);
	send_netd(bench, &out, -1);
	wait_until_it_counts(bench);
	counts = aw_sock_now_ms();
	wait_for_lookup(bench);
	printf(
	    "  %-20s pages %6.1f s, pause %5llu ms; counts after %6.2f s, "
	    "a lookup answers after %6.2f s, pause %5llu ms; awsssod %llu kB "
	    "at most\n",
	    what, (double)(sent - began) / 1000,
	    (unsigned long long)pause_pages, (double)(counts - sent) / 1000,
	    (double)(aw_sock_now_ms() - sent) / 1000,
	    (unsigned long long)*bench->pause_ms,
	    (unsigned long long)memory(bench, "VmHWM"));
	(void)fflush(stdout);
	(void)kill(pinger, SIGKILL);
	(void)waitpid(pinger, NULL, 0);
}

static void clean_up(struct bench *bench)
{
	static const char *const names[] = { "run/net.sock", "run/auth.sock",
		"run/ctl.sock", "run", "public/directory.1", "public", "s.db",
		"s.db-wal", "awssso.conf", "" };
	struct rusage usage;
	char path[128];

	(void)kill(bench->daemon, SIGTERM);
	(void)waitpid(bench->daemon, NULL, 0);
	(void)getrusage(RUSAGE_CHILDREN, &usage);
	printf("  largest process, the one that builds the snapshot included: "
	       "%ld kB; state.db %lld bytes, snapshot %lld bytes\n",
	    usage.ru_maxrss, (long long)size_of(bench->state),
	    (long long)size_of(bench->path));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (path_of(path, sizeof(path), bench->dir, names[i]) == 0)
			(void)remove(path);
}

int main(int argc, char **argv)
{
	static struct bench bench = { .listen_fd = -1, .netd_fd = -1 };
	uint64_t numbers[3];

	for (int i = 0; i < 3; i++)
		if (argc != 5 ||
		    aw_num_u64(argv[i + 2], 0, 10000000, &numbers[i]) != 0) {
			fprintf(stderr,
			    "usage: bench_apply AWSSSOD USERS GROUPS "
			    "MEMBERS_OF_A_USER\n");
			return 2;
		}
	bench.users = (unsigned)numbers[0];
	bench.groups = (unsigned)numbers[1];
	bench.each = (unsigned)numbers[2];
	/* awsssod would become another user, whom this one is not. */
	if (geteuid() == 0 && (setresgid(NOBODY, NOBODY, NOBODY) ||
				  setresuid(NOBODY, NOBODY, NOBODY)))
		die("setresuid");
	bench.pause_ms = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (bench.pause_ms == MAP_FAILED)
		die("mmap");
	(void)umask(022);
	prepare(&bench);
	start(&bench, argv[1]);
	printf("%u users, %u groups, %u memberships a user\n", bench.users,
	    bench.groups, bench.each);
	(void)fflush(stdout);
	directory.path = bench.path;
	directory.root = geteuid();
	bench.round = 1;
	sweep(&bench, "first");
	bench.round = 2;
	sweep(&bench, "the same");
	bench.round = 3;
	sweep(&bench, "a hundredth changed");
	bench.round = 4;
	sweep(&bench, "one person more");
	clean_up(&bench);
	return 0;
}
