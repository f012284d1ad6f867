/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between our processes: one SOCK_SEQPACKET datagram each (bulk
 * records use the same form, one behind the other, in a sealed memfd).
 *
 *   offset size
 *   0      4    magic "AWS1"
 *   4      2    type, see common/proto.h
 *   6      2    0
 *   8      4    length of the whole message
 *   12     4    0
 *   16     8    request id (chosen by who asks, repeated by who answers)
 *   24     ...  fields, each:  tag u16 | 0 u16 | length u32 | value
 *
 * All numbers are little-endian.  A field's kind (number or text) and largest
 * length come from the tag's row in common/proto.c: aw_wire_open() refuses a
 * message with an unknown type or tag, a length that does not fit, a number
 * that is not 8 bytes, a text that is not clean UTF-8 (aw_text_is_clean, but
 * line feeds are allowed), or a byte too many, so that whoever reads fields
 * afterwards reads checked ones.  Nothing here allocates.
 */
#ifndef AW_COMMON_WIRE_H
#define AW_COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"

#define AW_WIRE_HEADER 24
#define AW_WIRE_MAX    (128 * 1024) /* bytes of one message */
#define AW_WIRE_SMALL  (16 * 1024)  /* enough for all that PAM sends or gets */

enum aw_wire_kind {
	AW_WIRE_NUMBER, /* u64 */
	AW_WIRE_TEXT,   /* clean UTF-8, line feeds allowed, no NUL */
};

/* A message being written into the caller's storage.  Errors are sticky and
 * come out of aw_wire_end(). */
struct aw_wire_out {
	uint8_t *data;
	size_t len;
	size_t size;
	int error;
};

void aw_wire_begin(struct aw_wire_out *out, void *data, size_t size,
    uint16_t type, uint64_t request);
void aw_wire_put_num(struct aw_wire_out *out, uint16_t tag, uint64_t value);
/* @text may be NULL: the field is left out. */
void aw_wire_put_text(struct aw_wire_out *out, uint16_t tag, const char *text);
void aw_wire_put_bytes(
    struct aw_wire_out *out, uint16_t tag, const char *text, size_t len);
/* 0; -EMSGSIZE (storage or AW_WIRE_MAX too small); -EINVAL (a tag of the other
 * kind, a text longer than the tag's limit or not clean). */
int aw_wire_end(struct aw_wire_out *out) AW_MUST_USE;

/* A message that was checked; borrows the caller's bytes. */
struct aw_wire_in {
	const uint8_t *data;
	size_t len;
	uint16_t type;
	uint64_t request;
};
struct aw_wire_field {
	uint16_t tag;
	uint64_t number;  /* AW_WIRE_NUMBER */
	const char *text; /* AW_WIRE_TEXT; not NUL-terminated */
	size_t len;
	size_t next; /* where aw_wire_next() goes on; start with zero */
};

/*
 * Check the message at @data, of at most @len bytes.  Returns 0, or -EBADMSG
 * for anything that is not exactly one good message of @len bytes.
 */
int aw_wire_open(
    const void *data, size_t len, struct aw_wire_in *ret) AW_MUST_USE;

/* The same for the first of several messages in a row; @ret_used is how many
 * bytes it takes. */
int aw_wire_open_first(const void *data, size_t len, struct aw_wire_in *ret,
    size_t *ret_used) AW_MUST_USE;

/* Step to the next field (zero @field first).  0 or AW_END. */
int aw_wire_next(
    const struct aw_wire_in *in, struct aw_wire_field *field) AW_MUST_USE;

/* The first field with @tag: its number, or @fallback when there is none. */
uint64_t aw_wire_num(
    const struct aw_wire_in *in, uint16_t tag, uint64_t fallback);

/*
 * The first field with @tag as a NUL-terminated string in @buf.  Returns 0;
 * AW_ABSENT (@buf is then ""); or -EMSGSIZE when it does not fit (@buf "").
 */
int aw_wire_text(const struct aw_wire_in *in, uint16_t tag, char *buf,
    size_t size) AW_MUST_USE;

/* @field's text equals @text. */
bool aw_wire_is(const struct aw_wire_field *field, const char *text);

#endif
