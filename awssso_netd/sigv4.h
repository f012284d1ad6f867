/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS Signature Version 4 (header form).  Pure: the time, the keys and the
 * request come in, text goes out.
 */
#ifndef AW_AWSSSO_NETD_SIGV4_H
#define AW_AWSSSO_NETD_SIGV4_H

#include <stddef.h>
#include <stdint.h>

#include "awssso_netd/header.h"
#include "awssso_netd/secret.h"
#include "common/outcome.h"

#define AW_SIGV4_DATE_SIZE 17 /* YYYYMMDDTHHMMSSZ */

struct aw_sigv4_request {
	const char *method;
	const char *path;  /* canonical already; we only ever sign plain ones */
	const char *query; /* canonical already, "" for none */
	/* All that is signed, in order of their lower-case names, values
	 * without blanks around or runs of blanks inside. */
	const struct aw_header *headers;
	size_t n_headers;
	const char *body;
	size_t body_len;
	const char *region;
	const char *service;
	const char *date; /* as in the x-amz-date field */
};

struct aw_sigv4 {
	char canonical[65];      /* hex SHA-256 of the canonical request */
	char signature[65];      /* hex */
	char authorization[640]; /* value of the Authorization field */
};

/* The x-amz-date text of @epoch.  Returns 0 or -ERANGE. */
int aw_sigv4_date(int64_t epoch, char ret[AW_SIGV4_DATE_SIZE]) AW_MUST_USE;

/*
 * Sign @request with @keys (their session token is signed only when it is
 * among the headers).  Returns 0; -ENOMEM; -EMSGSIZE when a part is absurdly
 * long; or -EIO when libcrypto fails.
 */
int aw_sigv4_sign(const struct aw_sigv4_request *request,
    const struct aw_keys *keys, struct aw_sigv4 *ret) AW_MUST_USE;

#endif
