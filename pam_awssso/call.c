/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The module's end of auth.sock.  One allocation of a fixed size, one
 * descriptor, both gone when the conversation is.
 */
#include "pam_awssso/call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "common/proto.h"
#include "common/sock.h"
#include "common/text.h"
#include "pam_awssso/paths.h"

void aw_pam_call_done(struct aw_pam_call *call)
{
	aw_own_fd_done(&call->fd);
	aw_own_free_done(&call->data);
}

bool aw_pam_call_enter(const struct aw_pam *pam)
{
	/* Programs that show text at once and hold the terminal themselves. */
	static const char *const poll[] = { "sudo", "sudo-i", "su", "su-l",
		"login" };

	if (pam->options.prompt != AW_PAM_PROMPT_AUTO)
		return pam->options.prompt == AW_PAM_PROMPT_ENTER;
	for (size_t i = 0; i < sizeof(poll) / sizeof(poll[0]); i++)
		if (strcmp(pam->service, poll[i]) == 0)
			return false;
	return true;
}

/* A label that somebody else chose: escaped and cut off instead of refused. */
static void put_label(struct aw_wire_out *out, uint16_t tag, const char *text)
{
	enum aw_wire_kind kind;
	char label[257];
	uint32_t max;

	if (!text || !*text || !aw_proto_tag(tag, &kind, &max))
		return;
	if (max > sizeof(label) - 1)
		max = sizeof(label) - 1;
	aw_wire_put_text(out, tag, aw_text_escape(label, max + 1, text));
}

static const char *item(const struct aw_pam *pam, int type)
{
	const void *value = NULL;

	if (pam_get_item(pam->pamh, type, &value) != PAM_SUCCESS)
		return NULL;
	return value;
}

/* The kernel's number of the login session, if this process is in one. */
static void put_session(struct aw_wire_out *out)
{
	aw_own_fd int fd = open(aw_pam_paths.session_id, O_RDONLY | O_CLOEXEC);
	char text[16];
	uint64_t id;
	ssize_t n;

	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	/* The largest number means that none was given. */
	if (aw_num_u64(text, 0, UINT32_MAX - 1, &id) == 0)
		aw_wire_put_num(out, AW_TAG_KSESSION, id);
}

/* The public key that sshd saw proved last in this connection: the last such
 * line of what it tells PAM.  Handed on whole or not at all. */
static void put_key(const struct aw_pam *pam, struct aw_wire_out *out)
{
	static const char method[] = "publickey ";
	const char *line = pam_getenv(pam->pamh, "SSH_AUTH_INFO_0");
	char key[AW_PROTO_AUTH_INFO_MAX + 1];
	const char *last = NULL;
	size_t len = 0;

	while (line && *line) {
		const size_t n = strcspn(line, "\n");

		if (strncmp(line, method, sizeof(method) - 1) == 0) {
			last = line;
			len = n;
		}
		line += n + (line[n] == '\n');
	}
	if (!last || len >= sizeof(key))
		return;
	memcpy(key, last, len);
	key[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (key[i] < ' ' || key[i] > '~')
			return;
	aw_wire_put_text(out, AW_TAG_AUTH_INFO, key);
}

/* What AUTH and ACCOUNT want to know besides who and where. */
static void put_wish(const struct aw_pam *pam, struct aw_wire_out *out)
{
	const struct aw_pam_options *options = &pam->options;

	aw_wire_put_num(out, AW_TAG_ENTER, aw_pam_call_enter(pam));
	/* Who called sudo or su: what was proved in a session is its own
	 * person's, not everybody's who runs in it. */
	aw_wire_put_num(out, AW_TAG_REAL_UID, getuid());
	put_key(pam, out);
	if (options->permission_set[0])
		aw_wire_put_text(
		    out, AW_TAG_PERMISSION_SET, options->permission_set);
	if (options->account[0])
		aw_wire_put_text(out, AW_TAG_ACCOUNT, options->account);
	if (options->reuse != AW_PAM_REUSE_UNSET)
		aw_wire_put_num(out, AW_TAG_REUSE, options->reuse);
}

static int compose(const struct aw_pam *pam, uint16_t type,
    const struct aw_pam_call *call, size_t *ret_len)
{
	struct aw_wire_out out;
	int r;

	aw_wire_begin(&out, call->data, AW_WIRE_SMALL, type, call->request);
	aw_wire_put_text(&out, AW_TAG_USER, pam->user);
	put_label(&out, AW_TAG_SERVICE, pam->service);
	if (type != AW_MSG_CLOSE) {
		put_label(&out, AW_TAG_TTY, item(pam, PAM_TTY));
		put_label(&out, AW_TAG_RHOST, item(pam, PAM_RHOST));
	}
	put_label(
	    &out, AW_TAG_ATTEMPT, pam_getenv(pam->pamh, "SSH_CONNECTION"));
	put_session(&out);
	if (type == AW_MSG_AUTH || type == AW_MSG_ACCOUNT)
		put_wish(pam, &out);
	r = aw_wire_end(&out);
	if (r < 0)
		return -EINVAL;
	*ret_len = out.len;
	return 0;
}

int aw_pam_call_start(
    const struct aw_pam *pam, uint16_t type, struct aw_pam_call *call)
{
	size_t len;
	int r;

	call->data = malloc(AW_WIRE_SMALL);
	if (!call->data)
		return -ENOMEM;
	/* One connection is one conversation, so that the number only has to
	 * differ from what awsssod might send by mistake. */
	call->request = aw_sock_now_ms() << 22 ^ (uint64_t)getpid();
	r = compose(pam, type, call, &len);
	if (r < 0)
		return r;
	r = aw_sock_connect(
	    aw_pam_paths.auth_sock, aw_pam_paths.connect_ms, &call->fd);
	if (r < 0)
		return r;
	call->deadline_ms = aw_sock_now_ms() + aw_pam_paths.answer_ms;
	return aw_sock_send(call->fd, call->data, len, -1, call->deadline_ms);
}

int aw_pam_call_next(struct aw_pam_call *call, uint64_t deadline_ms)
{
	struct aw_wire_in in;
	size_t len;
	int r;

	r = aw_sock_recv(
	    call->fd, call->data, AW_WIRE_SMALL, deadline_ms, &len, NULL);
	if (r == AW_END)
		return -ECONNRESET;
	if (r == -EMSGSIZE)
		return -EBADMSG;
	if (r < 0)
		return r;
	if (aw_wire_open(call->data, len, &in) < 0 ||
	    in.request != call->request ||
	    (in.type != AW_MSG_PROMPT && in.type != AW_MSG_VERDICT))
		return -EBADMSG;
	call->in = in;
	return 0;
}

bool aw_pam_call_hint(const struct aw_pam *pam)
{
	aw_own(aw_pam_call_done) struct aw_pam_call call = AW_PAM_CALL_INIT;
	size_t len;

	call.data = malloc(AW_WIRE_SMALL);
	call.request = 1;
	return call.data && compose(pam, AW_MSG_HINT, &call, &len) == 0 &&
	       aw_sock_connect(aw_pam_paths.auth_sock, 0, &call.fd) == 0 &&
	       aw_sock_send(call.fd, call.data, len, -1, 0) == 0;
}
