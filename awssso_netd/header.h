/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A header field of a request, as the signer and the HTTP client share it.
 */
#ifndef AW_AWSSSO_NETD_HEADER_H
#define AW_AWSSSO_NETD_HEADER_H

struct aw_header {
	const char *name;
	const char *value;
};

#endif
