/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building the canonical request, piece by piece, into one buffer.
 */
#include "tests/idcsim/sigv4_canon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/own.h"
#include "common/text.h"
#include "tests/idcsim/call.h"

#define ARGS_MAX  64
#define CANON_MAX (256 * 1024)

static void add_encoded(struct aw_buf *out, const char *text, const char *keep)
{
	for (; *text; text++) {
		const char c = *text;

		if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c >= '0' && c <= '9') || strchr(keep, c) != NULL)
			aw_buf_add(out, &c, 1);
		else
			aw_buf_fmt(out, "%%%02X", (unsigned char)c);
	}
}

/* Without "." and "..", "//" made one; then encoded. */
static void add_path(struct aw_buf *out, const char *path, size_t len)
{
	struct aw_buf plain = AW_BUF_INIT(CANON_MAX);
	size_t i = 0;

	while (i < len) {
		size_t n = 0;

		while (i < len && path[i] == '/')
			i++;
		while (i + n < len && path[i + n] != '/')
			n++;
		if (n == 2 && path[i] == '.' && path[i + 1] == '.') {
			while (plain.len && plain.data[--plain.len] != '/')
				;
		} else if (n > 0 && !(n == 1 && path[i] == '.')) {
			aw_buf_str(&plain, "/");
			aw_buf_add(&plain, path + i, n);
		}
		i += n;
	}
	if (plain.len == 0 || (len > 1 && path[len - 1] == '/'))
		aw_buf_str(&plain, "/");
	if (plain.data)
		plain.data[plain.len] = '\0';
	if (aw_buf_error(&plain) != 0)
		out->error = plain.error;
	add_encoded(out, aw_buf_text(&plain), "-_.~/");
	aw_buf_done(&plain);
}

struct pair {
	struct aw_buf name, value;
};

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *one = a;
	const struct pair *two = b;
	const int r = strcmp(aw_buf_text(&one->name), aw_buf_text(&two->name));

	if (r != 0)
		return r;
	return strcmp(aw_buf_text(&one->value), aw_buf_text(&two->value));
}

static int read_pairs(
    const char *query, bool is_presigned, struct pair *pairs, size_t *ret_n)
{
	struct aw_sim_arg arg;
	size_t n = 0;
	int r;

	arg.next = query;
	while ((r = aw_sim_arg_next(&arg)) == 0) {
		if (is_presigned && strcmp(arg.name, "X-Amz-Signature") == 0)
			continue;
		if (n == ARGS_MAX)
			return -EINVAL;
		pairs[n].name.max = CANON_MAX;
		pairs[n].value.max = CANON_MAX;
		add_encoded(&pairs[n].name, arg.name, "-_.~");
		add_encoded(&pairs[n].value, arg.value, "-_.~");
		*ret_n = ++n;
	}
	return r == AW_END ? 0 : r;
}

static int add_query(struct aw_buf *out, const char *query, bool is_presigned)
{
	struct pair pairs[ARGS_MAX] = { 0 };
	size_t n = 0;
	int r;

	r = read_pairs(query, is_presigned, pairs, &n);
	qsort(pairs, n, sizeof(pairs[0]), compare_pairs);
	for (size_t i = 0; i < n; i++) {
		aw_buf_fmt(out, "%s%s=%s", i ? "&" : "",
		    aw_buf_text(&pairs[i].name), aw_buf_text(&pairs[i].value));
		aw_buf_done(&pairs[i].name);
		aw_buf_done(&pairs[i].value);
	}
	return r;
}

/* Trimmed, inner runs of blanks made one. */
static void add_value(struct aw_buf *out, const char *value)
{
	value += strspn(value, " \t");
	while (*value) {
		const size_t n = strcspn(value, " \t");

		aw_buf_add(out, value, n);
		value += n;
		value += strspn(value, " \t");
		if (*value)
			aw_buf_str(out, " ");
	}
}

static int add_header(struct aw_buf *out, const struct aw_sim_req *req,
    const char *name, size_t len)
{
	size_t n = 0;

	aw_buf_add(out, name, len);
	aw_buf_str(out, ":");
	for (size_t i = 0; i < req->n_headers; i++) {
		const char *this = req->header[i].name;

		if (strlen(this) != len || strncasecmp(this, name, len) != 0)
			continue;
		if (n++ > 0)
			aw_buf_str(out, ",");
		add_value(out, req->header[i].value);
	}
	aw_buf_str(out, "\n");
	return n > 0 ? 0 : -EINVAL;
}

static int add_headers(
    struct aw_buf *out, const struct aw_sim_req *req, const char *list)
{
	const char *last = "";
	size_t last_len = 0;

	while (*list) {
		const size_t len = strcspn(list, ";");
		const size_t shorter = len < last_len ? len : last_len;
		const int order = strncmp(last, list, shorter);

		if (len == 0 || order > 0 || (order == 0 && len <= last_len) ||
		    list[strcspn(list, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0')
			return -EINVAL;
		if (add_header(out, req, list, len) != 0)
			return -EINVAL;
		last = list;
		last_len = len;
		list += len + (list[len] == ';');
	}
	return 0;
}

int aw_sim_sigv4_canon(const struct aw_sim_req *req, const char *signed_headers,
    bool is_presigned, char ret[AW_SIM_HEX])
{
	struct aw_buf out = AW_BUF_INIT(CANON_MAX);
	uint8_t digest[AW_SIM_HASH];
	char body[AW_SIM_HEX];
	int r;

	aw_buf_fmt(&out, "%s\n", req->method);
	add_path(&out, req->target, strcspn(req->target, "?#"));
	aw_buf_str(&out, "\n");
	r = add_query(&out, req->query, is_presigned);
	aw_buf_str(&out, "\n");
	if (r == 0)
		r = add_headers(&out, req, signed_headers);
	aw_sim_sha256(req->body ? req->body : "", req->body_len, digest);
	aw_sim_hex(digest, sizeof(digest), body);
	aw_buf_fmt(&out, "\n%s\n%s", signed_headers, body);
	if (r == 0)
		r = aw_buf_error(&out);
	if (r == 0) {
		aw_sim_sha256(out.data, out.len, digest);
		aw_sim_hex(digest, sizeof(digest), ret);
	}
	aw_buf_done(&out);
	return r;
}
