/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/http.c: over real sockets: waiting, breaking off,
 * limits. covers: spine.9
 */
#include "tests/unit/idcsim/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/own.h"
#include "common/sock.h"
#include "tests/idcsim/address.h"
#include "tests/idcsim/http.h"

#define PATIENCE_MS 5000

struct guest {
	int fd;
	struct aw_buf got;
	bool is_closed;
	uint64_t done_ms; /* when the first byte or the end came */
};

static struct aw_sim_http *listen_at(struct probe *probe)
{
	struct aw_sim_http *http = NULL;
	struct aw_diag diag = { .text = "" };

	if (aw_sim_http_open(&probe->sim, AW_SIM_PLAIN, "127.0.0.1:0", NULL,
		NULL, &http, &diag) != 0)
		fail_msg("%s", diag.text);
	return http;
}

static void visit(struct guest *guest, const struct aw_sim_http *http)
{
	const char *port = strrchr(aw_sim_http_address(http), ':') + 1;
	union {
		struct sockaddr any;
		struct sockaddr_in four;
	} to = { .four = { .sin_family = AF_INET } };
	uint64_t number;

	assert_int_equal(aw_num_u64(port, 1, 65535, &number), 0);
	to.four.sin_port = htons((uint16_t)number);
	to.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memset(guest, 0, sizeof(*guest));
	guest->got.max = 16 * 1024 * 1024;
	guest->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(guest->fd >= 0);
	assert_int_equal(connect(guest->fd, &to.any, sizeof(to.four)), 0);
}

static void leave(struct guest *guest)
{
	(void)close(guest->fd);
	aw_buf_done(&guest->got);
}

static void say(struct guest *guest, const char *text)
{
	assert_int_equal(
	    send(guest->fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void listen_to(struct guest *guest)
{
	char bytes[8192];
	const ssize_t n = recv(guest->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (guest->done_ms == 0)
		guest->done_ms = aw_sock_now_ms();
	if (n > 0)
		aw_buf_add(&guest->got, bytes, (size_t)n);
	else
		guest->is_closed = true;
}

/* Run the server until all @n guests have seen their connections close. */
static void serve(struct aw_sim_http *http, struct guest *guests, size_t n)
{
	const uint64_t deadline = aw_sock_now_ms() + PATIENCE_MS;
	size_t open = n;

	while (open > 0) {
		struct pollfd fd = { .fd = aw_sim_http_fd(http),
			.events = POLLIN };

		(void)aw_sim_http_run(http);
		open = 0;
		for (size_t i = 0; i < n; i++) {
			if (!guests[i].is_closed)
				listen_to(&guests[i]);
			open += !guests[i].is_closed;
		}
		assert_true(aw_sock_now_ms() < deadline);
		(void)poll(&fd, 1, 5);
	}
}

static const char *ask_once(
    struct aw_sim_http *http, struct guest *guest, const char *text)
{
	visit(guest, http);
	say(guest, text);
	serve(http, guest, 1);
	return aw_buf_text(&guest->got);
}

static void answers(void **state)
{
	static const struct {
		const char *text;
		const char *begins;
		const char *holds;
	} rows[] = {
		{ "GET /start HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		    "HTTP/1.1 200 ", "\r\nContent-Security-Policy: " },
		{ "GET /start HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		    "HTTP/1.1 200 ", "</html>\n" },
		{ "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		    "HTTP/1.1 400 ", "\r\nx-amzn-RequestId: " },
		{ "GET /%2fx HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		    "HTTP/1.1 404 ", "nothing of this name" },
		{ "POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
		  "Content-Type: application/json\r\nConnection: close\r\n\r\n"
		  "{}",
		    "HTTP/1.1 400 ",
		    "\r\nx-amzn-ErrorType: InvalidRequestException:" },
		{ "POST /board HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
		  "Connection: close\r\n\r\nw=pending",
		    "HTTP/1.1 303 ", "\r\nLocation: /board\r\n" },
	};
	struct probe *probe = *state;
	struct aw_sim_http *http = listen_at(probe);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guest guest;
		const char *got = ask_once(http, &guest, rows[i].text);

		if (strncmp(got, rows[i].begins, strlen(rows[i].begins)) != 0 ||
		    strstr(got, rows[i].holds) == NULL)
			fail_msg("row %zu: %s", i, got);
		leave(&guest);
	}
	aw_sim_http_close(http);
}

#define TOKEN_PUT                                                            \
	"PUT /latest/api/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" \
	"x-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n"

/* One request waits; the one behind it does not. */
static void latency(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_http *http = listen_at(probe);
	struct guest guests[2];
	const uint64_t start = aw_sock_now_ms();

	assert_int_equal(
	    probe_command(probe, "fault ImdsToken latency 400"), 0);
	visit(&guests[0], http);
	say(&guests[0], TOKEN_PUT);
	visit(&guests[1], http);
	say(&guests[1],
	    "GET /start HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	serve(http, guests, 2);
	assert_true(guests[0].done_ms >= start + 400);
	assert_true(guests[1].done_ms < guests[0].done_ms);
	assert_non_null(strstr(aw_buf_text(&guests[0].got), " 200 "));
	leave(&guests[0]);
	leave(&guests[1]);
	aw_sim_http_close(http);
}

/* Neither a guest who leaves while it waits nor the end is in its way. */
static void ends_while_waiting(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_http *http = listen_at(probe);
	struct guest guest;

	assert_int_equal(
	    probe_command(probe, "fault ImdsToken latency 60000"), 0);
	visit(&guest, http);
	say(&guest, TOKEN_PUT);
	for (int i = 0; i < 20; i++)
		(void)aw_sim_http_run(http);
	leave(&guest);
	for (int i = 0; i < 20; i++)
		(void)aw_sim_http_run(http);
	aw_sim_http_close(http);
}

static void breaks(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_http *http = listen_at(probe);
	struct guest guest;
	const char *got;
	const char *body;

	assert_int_equal(
	    probe_command(probe, "fault ImdsToken close --count 1"), 0);
	got = ask_once(http, &guest, TOKEN_PUT);
	assert_string_equal(got, "");
	leave(&guest);
	assert_int_equal(
	    probe_command(probe, "fault ImdsToken cut --count 1"), 0);
	got = ask_once(http, &guest, TOKEN_PUT);
	assert_non_null(strstr(got, "\r\nContent-Length: 46\r\n"));
	body = strstr(got, "\r\n\r\n");
	assert_non_null(body);
	assert_int_equal(strlen(body + 4), 23);
	leave(&guest);
	aw_sim_http_close(http);
}

/* Larger than any request of AWS's: told so, not stored. */
static void too_large(void **state)
{
	static char text[AW_SIM_BODY_MAX + 256];
	struct probe *probe = *state;
	struct aw_sim_http *http = listen_at(probe);
	struct guest guest;
	size_t sent = 0;
	size_t len;

	aw_ignore(aw_fmt(text, sizeof(text),
	    "POST /token HTTP/1.1\r\nHost: x"
	    "\r\nConnection: close\r\nContent-Length: %d\r\n\r\n",
	    AW_SIM_BODY_MAX + 1));
	len = strlen(text);
	memset(text + len, 'x', AW_SIM_BODY_MAX + 1);
	len += AW_SIM_BODY_MAX + 1;
	visit(&guest, http);
	while (sent < len) {
		const ssize_t n = send(guest.fd, text + sent, len - sent,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		assert_true(n > 0 || errno == EAGAIN);
		if (n > 0)
			sent += (size_t)n;
		(void)aw_sim_http_run(http);
	}
	serve(http, &guest, 1);
	assert_memory_equal(aw_buf_text(&guest.got), "HTTP/1.1 413 ", 13);
	leave(&guest);
	aw_sim_http_close(http);
}

/* The Date header is the simulator's clock: clients set theirs by it. */
static void dates(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_http *http = listen_at(probe);
	struct guest guest;
	const char *got;

	assert_int_equal(probe_command(probe, "clock +1"), 0);
	got = ask_once(http, &guest, TOKEN_PUT);
	assert_non_null(
	    strstr(got, "\r\nDate: Sun, 30 Aug 2015 12:36:01 GMT\r\n"));
	assert_null(strstr(strstr(got, "\r\nDate: ") + 1, "\r\nDate: "));
	leave(&guest);
	aw_sim_http_close(http);
}

static void addresses(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *begins;
	} rows[] = {
		{ "127.0.0.1:0", 0, "127.0.0.1:" },
		{ "[::1]:0", 0, "[::1]:" },
		{ "127.0.0.1", -EINVAL, "" },
		{ "127.0.0.1:", -EINVAL, "" },
		{ "127.0.0.1:65536", -EINVAL, "" },
		{ "127.0.0.1:-1", -EINVAL, "" },
		{ "localhost:0", -EINVAL, "" },
		{ "[::1:0", -EINVAL, "" },
		{ "[]:0", -EINVAL, "" },
		{ "::1:0", -EINVAL, "" },
		{ ":0", -EINVAL, "" },
		{ "192.0.2.1:0", -EADDRNOTAVAIL, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = -1;
		struct aw_diag diag = { .text = "" };
		char text[64] = "";
		const int r = aw_sim_address_listen(
		    rows[i].text, &fd, text, sizeof(text), &diag);

		if (r == -EAFNOSUPPORT ||
		    (r != 0 && rows[i].want == 0 && rows[i].text[0] == '['))
			continue; /* no IPv6 here */
		if (r != rows[i].want || (r == 0) != (fd >= 0) ||
		    strncmp(text, rows[i].begins, strlen(rows[i].begins)) != 0)
			fail_msg("%s: %d %s", rows[i].text, r, diag.text);
	}
}

static void what_is_no_certificate(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_http *http = NULL;
	struct aw_diag diag = { .text = "" };

	assert_int_equal(aw_sim_http_open(&probe->sim, AW_SIM_TLS,
			     "127.0.0.1:0", "no", "no", &http, &diag),
	    -EIO);
	assert_null(http);
	assert_non_null(strstr(diag.text, "are certificate and key good"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    answers, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    latency, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    ends_while_waiting, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    breaks, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    too_large, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    dates, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    addresses, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_no_certificate, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
