/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a request apart: target, headers, arguments.
 *
 * Every text comes from the network: each piece has a limit, and what does not
 * decode is refused rather than passed on half decoded.
 */
#include "tests/idcsim/call.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"
#include "tests/idcsim/crypto.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that "%xy" at @text stands for, or -1; NUL is refused. */
static int decode_byte(const char *text, size_t left)
{
	int high;
	int low;

	if (left < 3)
		return -1;
	high = hex_digit(text[1]);
	low = hex_digit(text[2]);
	if (high < 0 || low < 0 || high + low == 0)
		return -1;
	return high * 16 + low;
}

/* A '+' is a blank in queries and forms, but not in paths. */
static int decode(
    const char *text, size_t len, bool is_path, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int byte = (unsigned char)text[i];

		if (byte == '%') {
			byte = decode_byte(text + i, len - i);
			i += 2;
		} else if (byte == '+' && !is_path) {
			byte = ' ';
		}
		if (byte < 0)
			return -EINVAL;
		if (n + 1 >= size)
			return -EMSGSIZE;
		buf[n++] = (char)byte;
	}
	buf[n] = '\0';
	return 0;
}

int aw_sim_req_split(struct aw_sim_req *req)
{
	const size_t len = strcspn(req->target, "?#");

	req->query = req->target + len;
	if (*req->query == '?')
		req->query++;
	if (req->target[0] != '/')
		return -EINVAL;
	if (decode(req->target, len, true, req->path, sizeof(req->path)) != 0)
		return -EINVAL;
	return 0;
}

const char *aw_sim_req_header(const struct aw_sim_req *req, const char *name)
{
	for (size_t i = 0; i < req->n_headers; i++) {
		if (strcasecmp(req->header[i].name, name) == 0)
			return req->header[i].value;
	}
	return NULL;
}

bool aw_sim_req_is_type(const struct aw_sim_req *req, const char *type)
{
	const char *value = aw_sim_req_header(req, "Content-Type");
	const size_t len = strlen(type);

	return value != NULL && strncasecmp(value, type, len) == 0 &&
	       (value[len] == '\0' || value[len] == ';');
}

int aw_sim_arg_next(struct aw_sim_arg *arg)
{
	const char *at = arg->next;
	size_t len;
	size_t name_len;

	while (*at == '&')
		at++;
	if (*at == '\0')
		return AW_END;
	len = strcspn(at, "&");
	name_len = strcspn(at, "=&");
	if (decode(at, name_len, false, arg->name, sizeof(arg->name)) != 0)
		return -EINVAL;
	arg->value[0] = '\0';
	if (name_len < len && decode(at + name_len + 1, len - name_len - 1,
				  false, arg->value, sizeof(arg->value)) != 0)
		return -EINVAL;
	arg->next = at + len;
	return 0;
}

int aw_sim_arg_get(const char *text, const char *name, char *buf, size_t size)
{
	struct aw_sim_arg arg;
	int r;

	arg.next = text;
	buf[0] = '\0';
	while ((r = aw_sim_arg_next(&arg)) == 0) {
		if (strcmp(arg.name, name) == 0)
			return aw_copy(buf, size, arg.value);
	}
	return r < 0 ? r : AW_ABSENT;
}

void aw_sim_call_init(
    struct aw_sim_call *call, struct aw_sim *sim, const struct aw_sim_req *req)
{
	memset(call, 0, sizeof(*call));
	call->sim = sim;
	call->req = req;
	call->status = 200;
	call->type = "text/plain";
	call->body.max = AW_SIM_ANSWER_MAX;
	aw_sim_uuid(call->request_id);
}

void aw_sim_call_done(struct aw_sim_call *call)
{
	aw_buf_done(&call->body);
}
