/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask SOCKET UID USER: what the daemon behind SOCKET says to a process of UID,
 * for every type of message from 0 to 255, each sent whole and about USER over
 * a connection of its own.  One line each, "TYPE ANSWER":
 *
 *   answered  a message that is no refusal     silent   nothing, for a while
 *   refused   "Only root may ask this."        closed   it hung up
 *
 * or, when there is no connecting, the one line "0 unreachable".  Requests that
 * change ids are about somebody whom nobody knows.
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "common/proto.h"
#include "common/sock.h"
#include "common/text.h"

#define PATIENCE 5000 /* ms */
#define SILENCE  700  /* ms */

/* Each label that some request has; nobody minds those of others. */
static void put_labels(struct aw_wire_out *out, uint16_t type, const char *user)
{
	switch (type) {
	case AW_MSG_IDS_ADOPT:
	case AW_MSG_IDS_RENAME:
		user = "nobody-knows";
		break;
	default:
		break;
	}
	aw_wire_put_text(out, AW_TAG_USER, user);
	aw_wire_put_text(out, AW_TAG_NEW_USER, "nobody-else");
	aw_wire_put_text(out, AW_TAG_SERVICE, "sshd");
	aw_wire_put_text(out, AW_TAG_TTY, "pts/9");
	aw_wire_put_text(out, AW_TAG_CODE, "QWERT");
	aw_wire_put_text(out, AW_TAG_CLIENT_NAME, "ssh to here as nobody");
	aw_wire_put_text(out, AW_TAG_PRINCIPAL_ID,
	    "9067f4c2ab-00000000-0000-4000-8000-000000000000");
	aw_wire_put_text(out, AW_TAG_USER_NAME, "nobody@example.com");
	aw_wire_put_text(out, AW_TAG_ACCOUNT, "111122223333");
}

static void put_numbers(struct aw_wire_out *out)
{
	aw_wire_put_num(out, AW_TAG_ENTER, 0);
	aw_wire_put_num(out, AW_TAG_KEEP_TOKEN, 0);
	aw_wire_put_num(out, AW_TAG_DEADLINE, 60);
	aw_wire_put_num(out, AW_TAG_TOKEN, 4711);
	aw_wire_put_num(out, AW_TAG_POSIX_ID, 1500);
}

static int send_question(int fd, uint16_t type, const char *user)
{
	aw_own_fd int with = -1;
	struct aw_wire_out out;
	uint8_t data[4096];

	aw_wire_begin(&out, data, sizeof(data), type, 1);
	put_labels(&out, type, user);
	put_numbers(&out);
	if (aw_wire_end(&out) < 0)
		return -EINVAL;
	if (type == AW_MSG_IDS_IMPORT && aw_sock_memfd("ids", "", 0, &with) < 0)
		return -EIO;
	return aw_sock_send(
	    fd, data, out.len, with, aw_sock_now_ms() + PATIENCE);
}

static const char *hear(int fd)
{
	static uint8_t data[AW_WIRE_SMALL];
	struct aw_wire_in in;
	char text[1024] = "";
	size_t len;
	int r;

	r = aw_sock_recv(
	    fd, data, sizeof(data), aw_sock_now_ms() + SILENCE, &len, NULL);
	if (r == -ETIMEDOUT)
		return "silent";
	if (r == AW_END || r == -ECONNRESET)
		return "closed";
	if (r != 0 || aw_wire_open(data, len, &in) < 0)
		return "garbled";
	(void)!aw_wire_text(&in, AW_TAG_TEXT, text, sizeof(text));
	return strcmp(text, "Only root may ask this.") == 0 ? "refused"
							    : "answered";
}

static const char *ask(int fd, uint16_t type, const char *user)
{
	const int r = send_question(fd, type, user);

	/* Whom it hangs up on at once may be too late to ask. */
	if (r == -EPIPE || r == -ECONNRESET)
		return "closed";
	return r == 0 ? hear(fd) : "unsent";
}

int main(int argc, char **argv)
{
	uid_t uid;
	int r;

	if (argc != 4)
		return 2;
	uid = (uid_t)strtoul(argv[2], NULL, 10);
	if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
	    setresuid(uid, uid, uid) < 0) {
		perror("ask");
		return 1;
	}
	for (uint16_t type = 0; type < 256; type++) {
		aw_own_fd int fd = -1;

		r = aw_sock_connect(argv[1], PATIENCE, &fd);
		if (r == -EACCES) {
			printf("0 unreachable\n");
			return 0;
		}
		if (r < 0) {
			fprintf(stderr, "ask: %s\n", strerror(-r));
			return 1;
		}
		printf("%u %s\n", type, ask(fd, type, argv[3]));
	}
	return 0;
}
