/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text with limits: formatting that reports truncation, numbers that are
 * whole or refused, and the one-sentence reason (struct aw_diag) that travels
 * from the place which knows why to the one place which reports it.
 */
#ifndef AW_COMMON_TEXT_H
#define AW_COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"

/* Why something failed, for a person.  Never holds a secret.  Zero it first. */
struct aw_diag {
	char text[320];
	const struct aw_fault *fault; /* an error of AWS's own (fault.h) */
};

/* Set @diag's sentence (cut off at its size); it is no fault.  @diag may be
 * NULL. */
void aw_diag_set(struct aw_diag *diag, const char *fmt, ...) AW_PRINTF(2, 3);

/*
 * snprintf that cannot be ignored.  Returns 0, or -EMSGSIZE when the text did
 * not fit; @buf is then the empty string (never a cut-off name or path).
 */
int aw_fmt(char *buf, size_t size, const char *fmt, ...)
    AW_PRINTF(3, 4) AW_MUST_USE;

/* Copy the string @text into @buf.  Returns 0 or -EMSGSIZE as aw_fmt(). */
int aw_copy(char *buf, size_t size, const char *text) AW_MUST_USE;

/*
 * The whole of @text as a decimal number from @min to @max: digits only, no
 * sign, no blanks, not empty.  Returns 0; -EINVAL (not a number) or -ERANGE.
 */
int aw_num_u64(
    const char *text, uint64_t min, uint64_t max, uint64_t *ret) AW_MUST_USE;

/*
 * As aw_num_u64(), with an optional unit s, m, h or d behind the digits:
 * a time span in seconds ("15m" is 900).
 */
int aw_num_span(
    const char *text, uint64_t min, uint64_t max, uint64_t *ret) AW_MUST_USE;

/* @text of @len bytes is well-formed UTF-8 without NUL and C0/C1 controls. */
bool aw_text_is_clean(const char *text, size_t len);

/*
 * @text (borrowed, NUL-terminated) made safe for a log line or a terminal:
 * every byte that is not printable ASCII or well-formed UTF-8, and the quote
 * and backslash, becomes \xNN.  Always terminates; cut off at @size.  Returns
 * @buf.
 */
const char *aw_text_escape(char *buf, size_t size, const char *text);

#endif
