/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When to ask again, and how long to wait: the retry rules common to AWS's own
 * clients.  Pure.
 */
#ifndef AW_AWSSSO_NETD_RETRY_H
#define AW_AWSSSO_NETD_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define AW_RETRY_ATTEMPTS    3
#define AW_RETRY_HINT_MAX_MS (60 * 60 * 1000)

/* @code (normalised) says "slower". */
bool aw_retry_is_throttle(const char *code);

/* An answer of HTTP @status and error @code is worth another attempt. */
bool aw_retry_is_worth(long status, const char *code);

/*
 * Milliseconds before retry @retry (0, 1, ...): a random part, given by
 * @random, of min(2^retry s, 20 s); more when the server's @hint_ms (0: none)
 * says so, but at most @slack_ms more.
 */
uint64_t aw_retry_delay_ms(
    unsigned retry, uint32_t random, uint64_t hint_ms, uint64_t slack_ms);

/*
 * Milliseconds that a server asks to wait by @text: a number of @unit_ms each,
 * or an HTTP date that is seen at @now (seconds since 1970).  At most
 * AW_RETRY_HINT_MAX_MS; 0: it says nothing.
 */
uint64_t aw_retry_hint_ms(const char *text, uint64_t unit_ms, int64_t now);

/* 32 random bits. */
uint32_t aw_retry_random(void);

#endif
