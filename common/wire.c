/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages: writing, checking, reading.  Lengths are compared as "n > left",
 * never added first.
 */
#include "common/wire.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "common/proto.h"
#include "common/text.h"

#define FIELD_HEADER 8

static const char magic[4] = { 'A', 'W', 'S', '1' };

static uint16_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static void put16(uint8_t *p, uint16_t v)
{
	v = htole16(v);
	memcpy(p, &v, sizeof(v));
}

static void put32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

static void put64(uint8_t *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

/* Clean UTF-8 but for line feeds, which prompts and QR codes need. */
static bool is_text(const char *text, size_t len)
{
	while (len > 0) {
		const char *lf = memchr(text, '\n', len);
		const size_t n = lf ? (size_t)(lf - text) : len;

		if (!aw_text_is_clean(text, n))
			return false;
		if (!lf)
			break;
		text += n + 1;
		len -= n + 1;
	}
	return true;
}

void aw_wire_begin(struct aw_wire_out *out, void *data, size_t size,
    uint16_t type, uint64_t request)
{
	out->data = data;
	out->size = size < AW_WIRE_MAX ? size : AW_WIRE_MAX;
	out->len = AW_WIRE_HEADER;
	out->error = 0;
	if (size < AW_WIRE_HEADER) {
		out->error = -EMSGSIZE;
		return;
	}
	memset(out->data, 0, AW_WIRE_HEADER);
	memcpy(out->data, magic, sizeof(magic));
	put16(out->data + 4, type);
	put64(out->data + 16, request);
}

static void put_field(struct aw_wire_out *out, uint16_t tag,
    enum aw_wire_kind kind, const void *value, size_t len)
{
	enum aw_wire_kind want;
	uint32_t max;
	uint8_t *p;

	if (out->error)
		return;
	if (!aw_proto_tag(tag, &want, &max) || want != kind || len > max) {
		out->error = -EINVAL;
		return;
	}
	if (out->size - out->len < FIELD_HEADER ||
	    out->size - out->len - FIELD_HEADER < len) {
		out->error = -EMSGSIZE;
		return;
	}
	p = out->data + out->len;
	put16(p, tag);
	put16(p + 2, 0);
	put32(p + 4, (uint32_t)len);
	if (len > 0)
		memcpy(p + FIELD_HEADER, value, len);
	out->len += FIELD_HEADER + len;
}

void aw_wire_put_num(struct aw_wire_out *out, uint16_t tag, uint64_t value)
{
	uint8_t raw[8];

	put64(raw, value);
	put_field(out, tag, AW_WIRE_NUMBER, raw, sizeof(raw));
}

void aw_wire_put_text(struct aw_wire_out *out, uint16_t tag, const char *text)
{
	if (text)
		aw_wire_put_bytes(out, tag, text, strlen(text));
}

void aw_wire_put_bytes(
    struct aw_wire_out *out, uint16_t tag, const char *text, size_t len)
{
	if (!out->error && !is_text(text, len))
		out->error = -EINVAL;
	put_field(out, tag, AW_WIRE_TEXT, text, len);
}

int aw_wire_end(struct aw_wire_out *out)
{
	if (out->error)
		return out->error;
	put32(out->data + 8, (uint32_t)out->len);
	return 0;
}

static bool is_field(const uint8_t *p, size_t left)
{
	enum aw_wire_kind kind;
	uint32_t len, max;

	if (left < FIELD_HEADER)
		return false;
	len = get32(p + 4);
	if (len > left - FIELD_HEADER || get16(p + 2) != 0)
		return false;
	if (!aw_proto_tag(get16(p), &kind, &max))
		return false;
	if (kind == AW_WIRE_NUMBER)
		return len == 8;
	return len <= max && is_text((const char *)p + FIELD_HEADER, len);
}

int aw_wire_open_first(
    const void *data, size_t len, struct aw_wire_in *ret, size_t *ret_used)
{
	const uint8_t *p = data;
	uint32_t whole;

	if (len < AW_WIRE_HEADER || memcmp(p, magic, sizeof(magic)) != 0)
		return -EBADMSG;
	whole = get32(p + 8);
	if (whole < AW_WIRE_HEADER || whole > len || whole > AW_WIRE_MAX)
		return -EBADMSG;
	if (!aw_proto_is_message(get16(p + 4)) || get16(p + 6) != 0 ||
	    get32(p + 12) != 0)
		return -EBADMSG;
	for (size_t at = AW_WIRE_HEADER; at < whole;) {
		if (!is_field(p + at, whole - at))
			return -EBADMSG;
		at += FIELD_HEADER + get32(p + at + 4);
	}
	ret->data = p;
	ret->len = whole;
	ret->type = get16(p + 4);
	ret->request = get64(p + 16);
	*ret_used = whole;
	return 0;
}

int aw_wire_open(const void *data, size_t len, struct aw_wire_in *ret)
{
	struct aw_wire_in in;
	size_t used;
	int r;

	r = aw_wire_open_first(data, len, &in, &used);
	if (r < 0)
		return r;
	if (used != len)
		return -EBADMSG;
	*ret = in;
	return 0;
}

int aw_wire_next(const struct aw_wire_in *in, struct aw_wire_field *field)
{
	const size_t at = field->next ? field->next : AW_WIRE_HEADER;
	enum aw_wire_kind kind = AW_WIRE_TEXT;
	const uint8_t *p = in->data + at;
	uint32_t max;

	if (at >= in->len)
		return AW_END;
	field->tag = get16(p);
	field->len = get32(p + 4);
	field->text = (const char *)p + FIELD_HEADER;
	(void)aw_proto_tag(field->tag, &kind, &max);
	field->number = kind == AW_WIRE_NUMBER ? get64(p + FIELD_HEADER) : 0;
	field->next = at + FIELD_HEADER + field->len;
	return 0;
}

static int find(
    const struct aw_wire_in *in, uint16_t tag, struct aw_wire_field *ret)
{
	struct aw_wire_field field = { 0 };

	while (aw_wire_next(in, &field) == 0)
		if (field.tag == tag) {
			*ret = field;
			return 0;
		}
	return AW_ABSENT;
}

uint64_t aw_wire_num(
    const struct aw_wire_in *in, uint16_t tag, uint64_t fallback)
{
	struct aw_wire_field field;

	return find(in, tag, &field) == 0 ? field.number : fallback;
}

int aw_wire_text(
    const struct aw_wire_in *in, uint16_t tag, char *buf, size_t size)
{
	struct aw_wire_field field;

	buf[0] = '\0';
	if (find(in, tag, &field) != 0)
		return AW_ABSENT;
	if (field.len >= size)
		return -EMSGSIZE;
	memcpy(buf, field.text, field.len);
	buf[field.len] = '\0';
	return 0;
}

bool aw_wire_is(const struct aw_wire_field *field, const char *text)
{
	return field->len == strlen(text) &&
	       memcmp(field->text, text, field->len) == 0;
}
