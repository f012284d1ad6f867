/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command's end of auth.sock and ctl.sock.
 */
#include "awssso/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/command.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/sock.h"
#include "common/text.h"

#define CONNECT_MS 1000
#define SEND_MS    3000

void aw_talk_done(struct aw_talk *talk)
{
	aw_own_fd_done(&talk->fd);
	aw_own_free_done(&talk->data);
}

static int say(
    const struct aw_talk *talk, int error, const char *what, const char *why)
{
	if (talk->why)
		aw_diag_set(talk->why, "%s: %s", what, why);
	else
		(void)aw_complain(what, why);
	return error;
}

static int unreachable(const struct aw_talk *talk, int error)
{
	return say(talk, error, "awsssod", strerrordesc_np(-error));
}

int aw_talk_begin(
    struct aw_talk *talk, const char *run_dir, const char *name, uint16_t type)
{
	char path[256];
	int r;

	r = aw_fmt(
	    path, sizeof(path), "%s/%s", run_dir ? run_dir : AW_PATH_RUN, name);
	if (r < 0)
		return unreachable(talk, -ENAMETOOLONG);
	talk->data = malloc(AW_WIRE_MAX);
	if (!talk->data)
		return unreachable(talk, -ENOMEM);
	r = aw_sock_connect(path, CONNECT_MS, &talk->fd);
	if (r < 0)
		return say(talk, r, path,
		    r == -ENOENT || r == -ECONNREFUSED
			? "awsssod is not running"
			: strerrordesc_np(-r));
	talk->request = aw_sock_now_ms() << 22 ^ (uint64_t)getpid();
	aw_wire_begin(&talk->out, talk->data, AW_WIRE_MAX, type, talk->request);
	return 0;
}

int aw_talk_ask(struct aw_talk *talk)
{
	return aw_talk_ask_with(talk, -1);
}

int aw_talk_ask_with(struct aw_talk *talk, int fd)
{
	int r;

	r = aw_wire_end(&talk->out);
	if (r == 0)
		r = aw_sock_send(talk->fd, talk->data, talk->out.len, fd,
		    aw_sock_now_ms() + SEND_MS);
	return r < 0 ? unreachable(talk, r) : 0;
}

int aw_talk_next(struct aw_talk *talk, unsigned wait_s)
{
	size_t len;
	int r;

	r = aw_sock_recv(talk->fd, talk->data, AW_WIRE_MAX,
	    aw_sock_now_ms() + (uint64_t)wait_s * 1000, &len, NULL);
	if (r == AW_END)
		return say(talk, -ECONNRESET, "awsssod",
		    "hung up without an answer (is this yours to ask?)");
	if (r < 0)
		return unreachable(talk, r);
	if (aw_wire_open(talk->data, len, &talk->in) < 0 ||
	    talk->in.request != talk->request)
		return say(talk, -EBADMSG, "awsssod", "sent what is no answer");
	return 0;
}

char *aw_talk_text(const struct aw_talk *talk, uint16_t tag)
{
	struct aw_wire_field field = { 0 };

	while (aw_wire_next(&talk->in, &field) == 0)
		if (field.tag == tag)
			return strndup(field.text, field.len);
	return strdup("");
}

int aw_talk_odd(const struct aw_talk *talk)
{
	char what[64];

	if (aw_fmt(what, sizeof(what), "sent a message of kind %u",
		talk->in.type) < 0)
		what[0] = '\0';
	return aw_complain("awsssod", what);
}
