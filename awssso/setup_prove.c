/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One child for all questions.  It has no terminal, waits for nobody, and what
 * it loads into its memory goes with it.
 */
#include "awssso/setup_prove.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/setup_tree.h"
#include "common/file.h"
#include "common/own.h"
#include "common/text.h"

#define SECONDS 90 /* for all; the prompt of a sign-in takes a few */

/* Whatever of it is staged. */
static const char *const places[] = {
	"/etc/nsswitch.conf",
	"/etc/pam.d",
	"/etc/ssh/sshd_config",
	"/etc/ssh/sshd_config.d",
	"/etc/sudoers.d",
};

static int enter(void)
{
	int r = 0;

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	for (size_t i = 0; r == 0 && i < sizeof(places) / sizeof(places[0]);
	     i++)
		r = aw_tree_mount(places[i]);
	return r;
}

/* --- the child -------------------------------------------------------------
 */

/* Keep the first prompt, answer none. */
static int converse(int n, const struct pam_message **messages,
    struct pam_response **ret AW_UNUSED, void *user)
{
	struct aw_prove *prove = user;

	for (int i = 0; i < n; i++)
		if (!*prove->text)
			aw_ignore(aw_fmt(prove->text, sizeof(prove->text),
			    "%.2000s", messages[i]->msg));
	return PAM_CONV_ERR;
}

static void no_delay(
    int code AW_UNUSED, unsigned us AW_UNUSED, void *user AW_UNUSED)
{
}

static void ask(struct aw_prove *prove)
{
	const struct pam_conv conv = { converse, prove };
	pam_handle_t *pam = NULL;
	int code;

	code = pam_start(prove->service, prove->user, &conv, &pam);
	if (code == PAM_SUCCESS)
		code = pam_set_item(
		    pam, PAM_FAIL_DELAY, (const void *)(uintptr_t)no_delay);
	if (code == PAM_SUCCESS)
		code = prove->auth ? pam_authenticate(pam, 0)
				   : pam_acct_mgmt(pam, PAM_SILENT);
	if (pam)
		(void)pam_end(pam, code);
	prove->code = code;
}

static void be_child(int out, struct aw_prove *cases, size_t n, bool staged)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int r = 0;

	/* Whatever a module does, it ends. */
	(void)alarm(SECONDS);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		(void)dup2(null, fd);
	(void)setsid();
	if (staged)
		r = enter();
	if (aw_file_write(out, &r, sizeof(r)) < 0 || r < 0)
		_exit(1);
	for (size_t i = 0; i < n; i++) {
		cases[i].text[0] = '\0';
		ask(&cases[i]);
		if (aw_file_write(out, &cases[i], sizeof(cases[i])) < 0)
			_exit(1);
	}
	_exit(0);
}

/* --- the parent ------------------------------------------------------------
 */

static int read_all(int fd, void *data, size_t size)
{
	uint8_t *at = data;
	ssize_t n;

	while (size > 0) {
		n = read(fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ETIMEDOUT; /* it was killed */
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

static int hear(int in, struct aw_prove *cases, size_t n)
{
	struct aw_prove answer;
	int entered, r;

	r = read_all(in, &entered, sizeof(entered));
	if (r == 0)
		r = entered;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = read_all(in, &answer, sizeof(answer));
		if (r < 0)
			break;
		cases[i].code = answer.code;
		memcpy(cases[i].text, answer.text, sizeof(answer.text));
	}
	return r;
}

int aw_prove(struct aw_prove *cases, size_t n, bool staged)
{
	aw_own_fd int in = -1;
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in = ends[0];
	pid = fork();
	if (pid == 0)
		be_child(ends[1], cases, n, staged);
	(void)close(ends[1]);
	if (pid < 0)
		return -errno;
	r = hear(in, cases, n);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return r;
}

const char *aw_prove_word(int code)
{
	return pam_strerror(NULL, code);
}

/* --- sshd and sudo ---------------------------------------------------------
 */

/* Run @argv where the staged files are: its exit status, or a negative errno.
 * The child answers by its output only. */
static int run_staged(const char *const argv[], bool staged, struct aw_buf *out)
{
	aw_own_fd int in = -1;
	struct aw_buf said = AW_BUF_INIT(65536);
	char data[4096];
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	if (!staged)
		return aw_child_run(argv, 20, out);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in = ends[0];
	pid = fork();
	if (pid == 0) {
		status = enter();
		if (status == 0)
			status = aw_child_run(argv, 20, &said);
		aw_ignore(aw_file_write(ends[1], aw_buf_text(&said), said.len));
		_exit(status < 0 ? 125 : status);
	}
	(void)close(ends[1]);
	if (pid < 0)
		return -errno;
	while ((n = read(in, data, sizeof(data))) > 0)
		aw_buf_add(out, data, (size_t)n);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EIO;
}

/* The value of the line "key value" of @text. */
static void find_value(
    const char *text, const char *key, char *value, size_t size)
{
	const size_t len = strlen(key);

	value[0] = '\0';
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (!strncmp(text, key, len) && text[len] == ' ') {
			aw_ignore(aw_fmt(value, size, "%.*s",
			    (int)strcspn(text + len + 1, "\n"),
			    text + len + 1));
			return;
		}
}

int aw_prove_sshd(
    bool staged, const char *key, char *value, size_t size, struct aw_diag *why)
{
	static const char *const argv[] = { "/usr/sbin/sshd", "-T", NULL };
	struct aw_buf out = AW_BUF_INIT(65536);
	int r;

	value[0] = '\0';
	if (access(argv[0], X_OK) < 0)
		return 0;
	r = run_staged(argv, staged, &out);
	if (r == 0)
		find_value(aw_buf_text(&out), key, value, size);
	else if (r > 0)
		aw_diag_set(why, "sshd -T: %.200s", aw_buf_text(&out));
	aw_buf_done(&out);
	return r > 0 ? AW_DENIED : r;
}

int aw_prove_sudoers(bool staged, struct aw_diag *why)
{
	static const char *const argv[] = { "/usr/sbin/visudo", "-c", NULL };
	struct aw_buf out = AW_BUF_INIT(65536);
	int r;

	if (access(argv[0], X_OK) < 0)
		return 0;
	r = run_staged(argv, staged, &out);
	if (r > 0)
		aw_diag_set(why, "visudo -c: %.200s", aw_buf_text(&out));
	aw_buf_done(&out);
	return r > 0 ? AW_DENIED : r;
}
