/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing byte buffer with a limit.  The only place that grows memory.
 */
#include "common/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void aw_buf_done(struct aw_buf *buf)
{
	free(buf->data);
	buf->data = NULL;
	buf->len = 0;
	buf->size = 0;
	buf->error = 0;
}

void aw_buf_wipe(struct aw_buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->size);
	aw_buf_done(buf);
}

/*
 * Room for @len more bytes and a NUL.  Grows by copying, not by realloc, so
 * that bytes left behind are wiped: a buffer may hold a secret.
 */
static int reserve(struct aw_buf *buf, size_t len)
{
	size_t size = buf->size ? buf->size : 64;
	char *data;

	if (len >= buf->max || buf->len >= buf->max - len)
		return -EMSGSIZE;
	if (buf->data && len < buf->size - buf->len)
		return 0;
	while (size - buf->len <= len)
		size *= 2;
	data = malloc(size);
	if (!data)
		return -ENOMEM;
	if (buf->data) {
		memcpy(data, buf->data, buf->len + 1);
		explicit_bzero(buf->data, buf->size);
		free(buf->data);
	}
	buf->data = data;
	buf->size = size;
	return 0;
}

void aw_buf_add(struct aw_buf *buf, const void *data, size_t len)
{
	if (!buf->error)
		buf->error = reserve(buf, len);
	if (buf->error)
		return;
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void aw_buf_str(struct aw_buf *buf, const char *text)
{
	aw_buf_add(buf, text, strlen(text));
}

void aw_buf_fmt(struct aw_buf *buf, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0 && !buf->error)
		buf->error = -EINVAL;
	if (!buf->error)
		buf->error = reserve(buf, (size_t)n);
	if (buf->error)
		return;
	va_start(args, fmt);
	(void)vsnprintf(buf->data + buf->len, (size_t)n + 1, fmt, args);
	va_end(args);
	buf->len += (size_t)n;
}

int aw_buf_error(const struct aw_buf *buf)
{
	return buf->error;
}

const char *aw_buf_text(const struct aw_buf *buf)
{
	return buf->data ? buf->data : "";
}
