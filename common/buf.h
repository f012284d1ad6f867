/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing byte buffer that cannot be made without saying how large it may
 * become.  Errors are sticky: after the first failure (-ENOMEM or -EMSGSIZE)
 * every add does nothing and aw_buf_error() tells, so that a sequence of adds
 * is checked once, at its end.
 */
#ifndef AW_COMMON_BUF_H
#define AW_COMMON_BUF_H

#include <stddef.h>

#include "common/outcome.h"

struct aw_buf {
	char *data; /* always NUL-terminated behind @len once not NULL */
	size_t len;
	size_t size;
	size_t max;
	int error;
};

#define AW_BUF_INIT(limit)     \
	{                      \
		.max = (limit) \
	}

void aw_buf_done(struct aw_buf *buf); /* frees; ready to be used again */
void aw_buf_wipe(struct aw_buf *buf); /* zeroes the bytes, then as done */
void aw_buf_add(struct aw_buf *buf, const void *data, size_t len);
void aw_buf_str(struct aw_buf *buf, const char *text);
void aw_buf_fmt(struct aw_buf *buf, const char *fmt, ...) AW_PRINTF(2, 3);

/* 0, or the negative errno of the first add that failed. */
int aw_buf_error(const struct aw_buf *buf) AW_MUST_USE;

/* The text so far; "" when empty.  Borrowed until the next add. */
const char *aw_buf_text(const struct aw_buf *buf);

#endif
