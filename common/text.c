/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text with limits.  The only place that calls the printf family, and the only
 * place that turns digits into numbers.
 */
#include "common/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void aw_diag_set(struct aw_diag *diag, const char *fmt, ...)
{
	va_list args;

	if (!diag)
		return;
	diag->fault = NULL;
	va_start(args, fmt);
	if (vsnprintf(diag->text, sizeof(diag->text), fmt, args) < 0)
		diag->text[0] = '\0';
	va_end(args);
}

int aw_fmt(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= size) {
		if (size > 0)
			buf[0] = '\0';
		return -EMSGSIZE;
	}
	return 0;
}

int aw_copy(char *buf, size_t size, const char *text)
{
	const size_t len = strlen(text);

	if (len >= size) {
		if (size > 0)
			buf[0] = '\0';
		return -EMSGSIZE;
	}
	memcpy(buf, text, len + 1);
	return 0;
}

/* The number that the first @len bytes of @text spell. */
static int number(const char *text, size_t len, uint64_t *ret)
{
	uint64_t value = 0;

	if (len == 0)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(
			value, (uint64_t)(text[i] - '0'), &value))
			return -ERANGE;
	}
	*ret = value;
	return 0;
}

int aw_num_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value;
	int r;

	r = number(text, strlen(text), &value);
	if (r < 0)
		return r;
	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

static uint64_t unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

int aw_num_span(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	size_t len = strlen(text);
	uint64_t factor = 0;
	uint64_t value;
	int r;

	if (len > 0)
		factor = unit_seconds(text[len - 1]);
	if (factor == 0)
		factor = 1;
	else
		len--;
	r = number(text, len, &value);
	if (r < 0)
		return r;
	if (__builtin_mul_overflow(value, factor, &value) || value < min ||
	    value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

/*
 * The length of the well-formed UTF-8 sequence at @p (RFC 3629: no overlong
 * form, no surrogate, nothing above U+10FFFF), and its code point; 0 if the
 * @left bytes there begin none.
 */
static size_t utf8_len(const unsigned char *p, size_t left, uint32_t *ret_cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len;
	uint32_t cp;

	if (p[0] < 0x80) {
		*ret_cp = p[0];
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len > left)
		return 0;
	cp = p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3fu);
	}
	if (cp < least[len] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret_cp = cp;
	return len;
}

static bool is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

bool aw_text_is_clean(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t cp = 0;

	for (size_t i = 0; i < len;) {
		size_t n = 1;

		/* Most text is ASCII, and NSS judges some at each lookup. */
		if (p[i] < 0x20 || p[i] >= 0x7f) {
			n = utf8_len(p + i, len - i, &cp);
			if (n == 0 || is_control(cp))
				return false;
		}
		i += n;
	}
	return true;
}

const char *aw_text_escape(char *buf, size_t size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = (const unsigned char *)text;
	size_t left = strlen(text);
	size_t at = 0;
	uint32_t cp = 0;

	while (left > 0) {
		size_t n = utf8_len(p, left, &cp);
		const bool plain =
		    n > 0 && !is_control(cp) && cp != '"' && cp != '\\';

		if (at + (plain ? n : 4) >= size)
			break;
		if (plain) {
			memcpy(buf + at, p, n);
			at += n;
		} else {
			n = 1;
			buf[at++] = '\\';
			buf[at++] = 'x';
			buf[at++] = hex[*p >> 4];
			buf[at++] = hex[*p & 15];
		}
		p += n;
		left -= n;
	}
	if (size > 0)
		buf[at] = '\0';
	return buf;
}
