/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outcomes: what a function answers when nothing went wrong.
 *
 * Every function of the project that can fail returns an int:
 *   0             success
 *   < 0           a negative errno: fatal here, passed up unchanged
 *   enum aw_outcome (> 0)
 *                 an answer that the function's contract lists; the direct
 *                 caller handles it and never passes it on.
 * Outputs are written on 0 only, unless a contract says otherwise.
 */
#ifndef AW_COMMON_OUTCOME_H
#define AW_COMMON_OUTCOME_H

enum aw_outcome {
	AW_ABSENT = 1, /* the thing asked for is not there (yet) */
	AW_UNKNOWN,    /* the directory is valid and does not know it */
	AW_STALE,      /* what is there has been replaced: look again */
	AW_DENIED,     /* a rule says no */
	AW_PENDING,    /* not decided yet */
	AW_END,        /* no further element */
};

#define AW_MUST_USE       __attribute__((warn_unused_result))
#define AW_PRINTF(fmt, a) __attribute__((format(printf, fmt, a)))
#define AW_UNUSED         __attribute__((unused))

/* Says that a result which must be used is not wanted here ("(void)" does not
 * say it to gcc). */
#define aw_ignore(call)                                \
	do {                                           \
		__typeof__(call) aw_ignored_ = (call); \
		(void)aw_ignored_;                     \
	} while (0)

#endif
