/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load RUN-DIR CONTROL USERS SIGN-INS A-SECOND POOL SOD-PID NETD-PID: many
 * sign-ins on one pair of daemons.  SIGN-INS of them start, A-SECOND in each
 * second; with POOL they all wait for the last one and are then approved by
 * themselves, approved by somebody else, denied, or hung up on, in turn;
 * without, each is approved as soon as its code is shown.  Says how each ended,
 * how long answers took, and what the daemons held at the most.  Exit status 1
 * when one did not end as it had to.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "common/proto.h"
#include "common/sock.h"
#include "common/text.h"
#include "tests/load/watch.h"

#define PATIENCE_MS 100000

enum fate { BY_SELF, BY_OTHER, DENY, HANG_UP, N_FATES };
static const char *const fate_words[N_FATES] = { "approved", "by another",
	"denied", "hung up" };
static const enum aw_verdict fate_wants[N_FATES] = { AW_VERDICT_ALLOW,
	AW_VERDICT_REFUSED, AW_VERDICT_REFUSED, 0 };

struct sign_in {
	int fd;
	enum fate fate;
	bool is_shown, is_told, is_over;
	char code[65];
	uint64_t asked_ms, shown_ms, told_ms, over_ms;
	uint64_t verdict;
};

struct load {
	const char *auth, *control;
	unsigned users, n, a_second;
	bool pool;
	struct sign_in *all;
	struct pollfd *polls;
	unsigned n_started, n_shown, n_over;
};

static int complain(const char *what, int error)
{
	fprintf(stderr, "load: %s: %s\n", what, strerrordesc_np(error));
	return 1;
}

/* --- asking ----------------------------------------------------------------
 */

static int ask(struct load *load, unsigned i)
{
	struct sign_in *s = &load->all[i];
	uint8_t data[1024];
	char user[16], attempt[64], rhost[32];
	struct aw_wire_out out;
	int r;

	r = aw_sock_connect(load->auth, 1000, &s->fd);
	if (r < 0)
		return r;
	/* A pool's connections are not those of the run behind it. */
	if (aw_fmt(user, sizeof(user), "u%u", i % load->users) < 0 ||
	    aw_fmt(rhost, sizeof(rhost), "10.%u.%u.%u", load->pool,
		i >> 8 & 255, i & 255) < 0 ||
	    aw_fmt(attempt, sizeof(attempt), "%s %u 10.0.0.1 22", rhost,
		1024 + i) < 0)
		return -EINVAL;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_AUTH, i + 1);
	aw_wire_put_text(&out, AW_TAG_USER, user);
	aw_wire_put_text(&out, AW_TAG_SERVICE, "sshd");
	aw_wire_put_text(&out, AW_TAG_RHOST, rhost);
	aw_wire_put_text(&out, AW_TAG_ATTEMPT, attempt);
	aw_wire_put_num(&out, AW_TAG_ENTER, 1);
	r = aw_wire_end(&out);
	s->asked_ms = aw_sock_now_ms();
	s->fate = load->pool ? (enum fate)(i % N_FATES) : BY_SELF;
	return r < 0 ? r : aw_sock_send(s->fd, out.data, out.len, -1, 0);
}

/* One command of the simulator's control socket. */
static int tell(const struct load *load, const char *json)
{
	aw_own_fd int fd = -1;
	char said[512] = "";
	size_t len = 0;
	int r;

	r = aw_sock_connect(load->control, 1000, &fd);
	if (r == 0)
		r = aw_sock_send(fd, json, strlen(json), -1, 0);
	if (r == 0)
		r = aw_sock_recv(fd, said, sizeof(said),
		    aw_sock_now_ms() + 10000, &len, NULL);
	return r < 0 ? r : len > 0 && said[0] == '0' ? 0 : -EPROTO;
}

/* What becomes of a code that is shown. */
static int decide(struct load *load, unsigned i)
{
	struct sign_in *s = &load->all[i];
	const unsigned who = (i + (s->fate == BY_OTHER)) % load->users;
	char json[160];
	int r = 0;

	s->is_told = true;
	if (s->fate == HANG_UP) {
		aw_own_fd_done(&s->fd);
		s->is_over = true;
		load->n_over++;
	} else if (s->fate == DENY) {
		r = aw_fmt(json, sizeof(json), "[\"deny\",\"%s\"]", s->code);
	} else {
		r = aw_fmt(json, sizeof(json),
		    "[\"approve\",\"%s\",\"--as\",\"u%u@example.com\"]",
		    s->code, who);
	}
	if (r == 0 && s->fate != HANG_UP)
		r = tell(load, json);
	s->told_ms = aw_sock_now_ms();
	return r;
}

/* --- answers ---------------------------------------------------------------
 */

static int take(struct load *load, unsigned i)
{
	static uint8_t data[AW_WIRE_SMALL + AW_WIRE_HEADER];
	struct sign_in *s = &load->all[i];
	struct aw_wire_in in;
	size_t len;
	int r;

	r = aw_sock_recv(s->fd, data, sizeof(data), 0, &len, NULL);
	if (r == 0)
		r = aw_wire_open(data, len, &in);
	if (r != 0) {
		aw_own_fd_done(&s->fd);
		s->is_over = true;
		load->n_over++;
		return 0;
	}
	if (in.type == AW_MSG_PROMPT && !s->is_shown) {
		s->is_shown = true;
		s->shown_ms = aw_sock_now_ms();
		load->n_shown++;
		return aw_wire_text(
		    &in, AW_TAG_USER_CODE, s->code, sizeof(s->code));
	}
	if (in.type != AW_MSG_VERDICT)
		return -EPROTO;
	s->verdict = aw_wire_num(&in, AW_TAG_VERDICT, 0);
	s->over_ms = aw_sock_now_ms();
	s->is_over = true;
	load->n_over++;
	aw_own_fd_done(&s->fd);
	return 0;
}

static int take_all(struct load *load, int wait_ms)
{
	for (unsigned i = 0; i < load->n_started; i++)
		load->polls[i] =
		    (struct pollfd){ .fd = load->all[i].fd, .events = POLLIN };
	if (poll(load->polls, load->n_started, wait_ms) < 0)
		return -errno;
	for (unsigned i = 0; i < load->n_started; i++) {
		int r = 0;

		if (load->all[i].fd >= 0 && load->polls[i].revents)
			r = take(load, i);
		if (r < 0)
			return r;
	}
	return 0;
}

/* --- the run ---------------------------------------------------------------
 */

static int start_due(struct load *load, uint64_t began_ms)
{
	const uint64_t due =
	    (aw_sock_now_ms() - began_ms) * load->a_second / 1000 + 1;

	while (load->n_started < load->n && load->n_started < due) {
		const int r = ask(load, load->n_started);

		if (r < 0)
			return r;
		load->n_started++;
	}
	return 0;
}

/* Those whose turn has come: a pool's when all are shown or over. */
static int decide_due(struct load *load)
{
	if (load->pool && (load->n_started < load->n ||
			      load->n_shown + load->n_over < load->n))
		return 0;
	for (unsigned i = 0; i < load->n_started; i++) {
		struct sign_in *s = &load->all[i];

		if (s->is_shown && !s->is_told && !s->is_over) {
			const int r = decide(load, i);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int run(struct load *load, struct watch *sod, struct watch *netd)
{
	const uint64_t began = aw_sock_now_ms();
	uint64_t looked = 0;
	int r = 0;

	while (r == 0 && load->n_over < load->n) {
		const uint64_t now = aw_sock_now_ms();

		if (now - began >
		    PATIENCE_MS + load->n * 1000u / load->a_second)
			break;
		r = start_due(load, began);
		if (r == 0)
			r = take_all(load, 10);
		if (now - looked >= 200) {
			watch_look(sod);
			watch_look(netd);
			looked = now;
		}
		if (r == 0)
			r = decide_due(load);
	}
	printf("%u sign-ins in %.1f s, %u codes shown\n", load->n_started,
	    (double)(aw_sock_now_ms() - began) / 1000, load->n_shown);
	return r;
}

/* How many ended as they had to, of each kind. */
static unsigned report(const struct load *load)
{
	unsigned right[N_FATES] = { 0 }, n[N_FATES] = { 0 }, wrong = 0;
	struct times shown = { 0 }, told = { 0 };

	for (unsigned i = 0; i < load->n; i++) {
		const struct sign_in *s = &load->all[i];
		const bool is_right = s->is_shown && s->is_over &&
				      s->verdict == fate_wants[s->fate];

		n[s->fate]++;
		right[s->fate] += is_right;
		wrong += !is_right;
		if (s->is_shown)
			times_add(&shown, s->shown_ms - s->asked_ms);
		if (s->over_ms && s->told_ms && s->over_ms >= s->told_ms)
			times_add(&told, s->over_ms - s->told_ms);
	}
	for (int i = 0; i < N_FATES; i++)
		if (n[i] > 0)
			printf("  %-10s %u of %u\n", fate_words[i], right[i],
			    n[i]);
	times_print("code shown after", &shown);
	times_print("verdict after the browser", &told);
	times_done(&shown);
	times_done(&told);
	return wrong;
}

int main(int argc, char **argv)
{
	struct load load = { .control = argc > 2 ? argv[2] : NULL };
	struct watch sod, netd;
	uint64_t number[6];
	char auth[256];
	unsigned wrong;
	int r;

	for (int i = 0; i < 6; i++)
		if (argc != 9 ||
		    aw_num_u64(argv[3 + i], 0, INT32_MAX, &number[i]) != 0)
			return complain("arguments", EINVAL);
	if (aw_fmt(auth, sizeof(auth), "%s/auth.sock", argv[1]) < 0)
		return complain(argv[1], ENAMETOOLONG);
	load.auth = auth;
	load.users = (unsigned)number[0];
	load.n = (unsigned)number[1];
	load.a_second = (unsigned)number[2];
	load.pool = number[3] != 0;
	watch_start(&sod, "awsssod", (pid_t)number[4]);
	watch_start(&netd, "awssso-netd", (pid_t)number[5]);
	load.all = calloc(load.n, sizeof(*load.all));
	load.polls = calloc(load.n, sizeof(*load.polls));
	if (!load.all || !load.polls || !load.users || !load.a_second)
		return complain("start", ENOMEM);
	for (unsigned i = 0; i < load.n; i++)
		load.all[i].fd = -1;
	r = run(&load, &sod, &netd);
	wrong = report(&load);
	watch_print(&sod);
	watch_print(&netd);
	free(load.all);
	free(load.polls);
	if (r < 0)
		return complain("run", -r);
	return wrong > 0;
}
