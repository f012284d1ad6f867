/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running the command for its tests.
 */
#include "tests/unit/awssso/cli.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awssso/command.h"
#include "common/proto.h"
#include "common/sock.h"

#define PATIENCE 5000 /* ms */

static char dir[] = "/tmp/awssso-cli-XXXXXX";

int cli_make(void **state)
{
	(void)state;
	(void)umask(022);
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

int cli_remove(void **state)
{
	struct dirent *entry;
	DIR *files = opendir(".");

	(void)state;
	while (files && (entry = readdir(files)))
		if (entry->d_name[0] != '.')
			(void)unlink(entry->d_name);
	if (files)
		(void)closedir(files);
	return chdir("/") < 0 || rmdir(dir) < 0 ? -1 : 0;
}

void cli_write(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

static void read_back(const char *name, char *buf, size_t size)
{
	FILE *file = fopen(name, "re");
	size_t n = file ? fread(buf, 1, size - 1, file) : 0;

	buf[n] = '\0';
	if (file)
		(void)fclose(file);
	(void)unlink(name);
}

/* --- the stand-in for awsssod ------------------------------------------ */

struct stand_in {
	int listener;
	int stop[2];
	cli_play_fn *play;
	struct cli_result *result;
};

void cli_send(int fd, struct aw_wire_out *out)
{
	if (aw_wire_end(out) < 0 || aw_sock_send(fd, out->data, out->len, -1,
					aw_sock_now_ms() + PATIENCE) < 0)
		(void)close(fd);
}

static void hear(const struct stand_in *stand_in, int fd)
{
	struct cli_result *result = stand_in->result;
	size_t len;

	if (aw_sock_recv(fd, result->asked, sizeof(result->asked),
		aw_sock_now_ms() + PATIENCE, &len, NULL) == 0 &&
	    aw_wire_open(result->asked, len, &result->in) == 0)
		stand_in->play(fd, &result->in);
}

static void *serve(void *user)
{
	const struct stand_in *stand_in = user;
	struct pollfd wait[2] = {
		{ .fd = stand_in->listener, .events = POLLIN },
		{ .fd = stand_in->stop[0], .events = POLLIN },
	};

	while (poll(wait, 2, PATIENCE) > 0 && wait[1].revents == 0) {
		const int fd =
		    accept4(stand_in->listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			break;
		hear(stand_in, fd);
		(void)close(fd);
	}
	return NULL;
}

/* --- the command ------------------------------------------------------- */

static _Noreturn void child(const char *const *words)
{
	char *argv[CLI_WORDS + 2] = { NULL };
	static char name[] = "awssso";
	int out = open(".out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int err = open(".err", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int argc = 1;
	int status;

	argv[0] = name;
	for (; argc <= CLI_WORDS && words[argc - 1]; argc++)
		argv[argc] = strdup(words[argc - 1]);
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(99);
	status = aw_command_main(argc, argv);
	for (int i = 1; i < argc; i++)
		free(argv[i]);
	(void)fflush(NULL);
	_exit(status);
}

static int run(const char *const *words)
{
	int status;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(words);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

void cli_run(const char *const *words, const char *socket, cli_play_fn *play,
    struct cli_result *ret)
{
	struct stand_in stand_in = { .play = play, .result = ret };
	pthread_t thread;

	memset(ret, 0, sizeof(*ret));
	if (!play) {
		ret->status = run(words);
	} else {
		if (aw_sock_listen(
			socket, 0666, (uid_t)-1, &stand_in.listener) < 0 ||
		    pipe2(stand_in.stop, O_CLOEXEC) < 0 ||
		    pthread_create(&thread, NULL, serve, &stand_in) != 0)
			abort();
		ret->status = run(words);
		(void)close(stand_in.stop[1]);
		(void)pthread_join(thread, NULL);
		(void)close(stand_in.stop[0]);
		(void)close(stand_in.listener);
		(void)unlink(socket);
	}
	read_back(".out", ret->out, sizeof(ret->out));
	read_back(".err", ret->err, sizeof(ret->err));
}

void cli_forget_the_outcome(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[256];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	cli_send(fd, &out);
}
