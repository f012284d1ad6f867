/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both ends of the control socket.  Only the user who runs the simulator, and
 * root, may give it commands.
 */
#include "tests/idcsim/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <json-c/json.h>

#include "common/buf.h"
#include "common/own.h"
#include "common/sock.h"
#include "tests/idcsim/command.h"
#include "tests/idcsim/shape.h"

#define PATIENCE_MS 1000
#define ANSWER_MS   10000

static int parse(const char *text, size_t len, struct aw_sim_words *ret,
    struct aw_diag *diag)
{
	struct json_object *list;
	int r;

	r = aw_sim_shape_parse(text, len, &list, diag);
	if (r < 0)
		return r;
	if (!json_object_is_type(list, json_type_array))
		r = -EINVAL;
	for (size_t i = 0; r == 0 && i < json_object_array_length(list); i++) {
		const char *word =
		    json_object_get_string(json_object_array_get_idx(list, i));

		r = word ? aw_sim_words_add(ret, word) : -EINVAL;
	}
	if (r < 0)
		aw_diag_set(diag, "not a list of words, or too long a one");
	(void)json_object_put(list);
	return r;
}

static void answer(struct aw_sim *sim, int fd, const char *text, size_t len)
{
	struct aw_buf said = AW_BUF_INIT(AW_SIM_CONTROL_MAX);
	struct aw_sim_words words = { 0 };
	struct aw_diag diag = { .text = "" };
	int r;

	aw_buf_str(&said, "0");
	r = parse(text, len, &words, &diag);
	if (r == 0)
		r = aw_sim_command(sim, &words, &said, &diag);
	aw_sim_words_done(&words);
	if (aw_buf_error(&said) != 0)
		aw_diag_set(&diag, "there is more to say than fits");
	if (r != 0 || aw_buf_error(&said) != 0) {
		aw_buf_done(&said);
		aw_buf_fmt(&said, "1%s", diag.text);
	}
	aw_ignore(aw_sock_send(
	    fd, said.data, said.len, -1, aw_sock_now_ms() + PATIENCE_MS));
	aw_buf_done(&said);
}

void aw_sim_control_serve(struct aw_sim *sim, int listen_fd)
{
	static char text[AW_SIM_CONTROL_MAX];
	aw_own_fd int fd = -1;
	struct aw_peer peer;
	size_t len;

	fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0 || aw_sock_peer(fd, &peer) != 0 ||
	    (peer.uid != 0 && peer.uid != geteuid()))
		return;
	if (aw_sock_recv(fd, text, sizeof(text), aw_sock_now_ms() + PATIENCE_MS,
		&len, NULL) == 0)
		answer(sim, fd, text, len);
}

static int exchange(const char *path, const char *text, char *buf, size_t size)
{
	aw_own_fd int fd = -1;
	size_t len;
	int r;

	r = aw_sock_connect(path, PATIENCE_MS, &fd);
	if (r == 0)
		r = aw_sock_send(
		    fd, text, strlen(text), -1, aw_sock_now_ms() + PATIENCE_MS);
	if (r == 0)
		r = aw_sock_recv(fd, buf, size - 1,
		    aw_sock_now_ms() + ANSWER_MS, &len, NULL);
	if (r != 0)
		return r < 0 ? r : -EPIPE;
	buf[len] = '\0';
	return 0;
}

int aw_sim_control_ask(const char *path, int argc, char **argv)
{
	static char text[AW_SIM_CONTROL_MAX + 1];
	struct json_object *list = json_object_new_array();
	int r;

	for (int i = 0; i < argc; i++)
		(void)json_object_array_add(
		    list, json_object_new_string(argv[i]));
	r = exchange(
	    path, json_object_to_json_string(list), text, sizeof(text));
	(void)json_object_put(list);
	if (r < 0) {
		(void)fprintf(stderr, "idcsim: %s: %s\n", path, strerror(-r));
		return 1;
	}
	if (text[0] != '0') {
		(void)fprintf(stderr, "idcsim: %s\n", text + 1);
		return 1;
	}
	(void)fputs(text + 1, stdout);
	return 0;
}
