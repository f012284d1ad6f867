/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stand LOG: stands in for awsssod on its socket.  What it says depends on the
 * user alone:
 *
 *   alice  yes, at auth after a code     dave   the policy says no
 *   bob    no, at auth after a code      carol  disabled
 *
 * Each question becomes a line of LOG: "ATTEMPT VERDICT FATE", FATE being
 * "read" when the client hung up with nothing left to read, "unread" when
 * something was left, "unsent" when the client was gone before.  An answer
 * takes a moment, so that whoever asks always waits for it in the same way.
 * Besides, it is the host's syslog, which forgets everything.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/paths.h"
#include "common/proto.h"
#include "common/sock.h"
#include "common/text.h"

#define PATIENCE 9000 /* ms */

static uint64_t soon(void)
{
	return aw_sock_now_ms() + PATIENCE;
}

static int say(int fd, struct aw_wire_out *out)
{
	const struct timespec moment = { .tv_nsec = 5 * 1000 * 1000 };

	(void)nanosleep(&moment, NULL);
	if (aw_wire_end(out) < 0)
		return -EINVAL;
	return aw_sock_send(fd, out->data, out->len, -1, soon());
}

static int say_prompt(int fd, uint64_t request)
{
	struct aw_wire_out out;
	uint8_t data[512];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PROMPT, request);
	aw_wire_put_text(
	    &out, AW_TAG_TEXT, "Open the page, then press Enter: ");
	aw_wire_put_num(&out, AW_TAG_EXPIRES_IN, 600);
	return say(fd, &out);
}

static int say_verdict(int fd, uint64_t request, enum aw_verdict verdict)
{
	struct aw_wire_out out;
	uint8_t data[512];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_VERDICT, request);
	aw_wire_put_num(&out, AW_TAG_VERDICT, verdict);
	if (verdict != AW_VERDICT_ALLOW) {
		aw_wire_put_text(
		    &out, AW_TAG_TEXT, "You may not sign in here.");
		aw_wire_put_text(&out, AW_TAG_CODE, "QWERT");
	}
	return say(fd, &out);
}

static const struct answer {
	const char *user;
	enum aw_verdict verdict;
	bool prompts;
} answers[] = {
	{ "alice", AW_VERDICT_ALLOW, true },
	{ "bob", AW_VERDICT_REFUSED, true },
	{ "carol", AW_VERDICT_EXPIRED, false },
	{ "dave", AW_VERDICT_POLICY, false },
	{ "", AW_VERDICT_FAILED, false },
};

static const struct answer *answer_for(const char *user)
{
	const struct answer *answer = answers;

	while (*answer->user && strcmp(answer->user, user) != 0)
		answer++;
	return answer;
}

static const char *fate_of(int fd)
{
	uint8_t rest[64];
	size_t len;
	int r;

	r = aw_sock_recv(fd, rest, sizeof(rest), soon(), &len, NULL);
	return r == AW_END ? "read" : r == -ECONNRESET ? "unread" : "odd";
}

static void serve(int fd, int log)
{
	char user[65] = "", attempt[129] = "", line[256];
	const struct answer *answer;
	const char *fate = "unsent";
	static uint8_t data[AW_WIRE_SMALL];
	struct aw_wire_in in;
	size_t len;
	int r;

	if (aw_sock_recv(fd, data, sizeof(data), soon(), &len, NULL) != 0 ||
	    aw_wire_open(data, len, &in) < 0 || in.type == AW_MSG_HINT ||
	    aw_wire_text(&in, AW_TAG_USER, user, sizeof(user)) != 0 ||
	    aw_wire_text(&in, AW_TAG_ATTEMPT, attempt, sizeof(attempt)) != 0)
		return;
	answer = answer_for(user);
	r = answer->prompts && in.type == AW_MSG_AUTH
		? say_prompt(fd, in.request)
		: 0;
	if (r == 0)
		r = say_verdict(fd, in.request, answer->verdict);
	if (r == 0)
		fate = fate_of(fd);
	if (aw_fmt(line, sizeof(line), "%s %s %s\n", attempt,
		aw_verdict_word(answer->verdict), fate) == 0)
		(void)!write(log, line, strlen(line));
}

/* In a process of its own, for as long as this one lives. */
static int forget_log(void)
{
	const struct sockaddr_un addr = { AF_UNIX, "/dev/log" };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char line[4096];

	if (fd < 0 || bind(fd, &addr, sizeof(addr)) < 0)
		return -1;
	if (fork() == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (recv(fd, line, sizeof(line), 0) >= 0)
			;
		_exit(0);
	}
	return close(fd);
}

int main(int argc, char **argv)
{
	int log, listener;

	if (argc != 2)
		return 2;
	log = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log < 0 || forget_log() < 0 ||
	    aw_sock_listen(AW_PATH_AUTH, 0666, (uid_t)-1, &listener) < 0) {
		perror("stand");
		return 1;
	}
	/* Whoever started it may be ended at any moment. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)fcntl(listener, F_SETFL, 0);
	for (;;) {
		const int fd =
		    accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0 && fork() == 0) {
			serve(fd, log);
			_exit(0);
		}
		if (fd >= 0)
			(void)close(fd);
	}
}
