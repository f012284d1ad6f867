/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as an error answer of AWS, or as STS's answer in XML
 * or JSON.  The first byte says of which service and status, up to the first
 * line feed stands the error type's header field.  No error answer is ever a
 * success, and none says "not found" but the one that names a user or group.
 * covers: spine.4, R11, R28
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/error.h"
#include "awssso_netd/sts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(enum aw_service service, long status, const char *type,
    const char *body, size_t len)
{
	struct aw_error error;
	struct aw_diag why = { .text = "" };
	enum aw_net net;

	aw_error_read(service, type, body, len, &error);
	if (!aw_text_is_clean(error.code, strlen(error.code)))
		abort();
	net = aw_error_judge(service, "Operation", status, &error, &why);
	if (net <= AW_NET_OK || net >= AW_NET_MAX_ || !why.text[0])
		abort();
	if (net == AW_NET_NOT_FOUND && strcmp(error.resource, "USER") != 0 &&
	    strcmp(error.resource, "GROUP") != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long status[] = { 400, 401, 403, 404, 429, 500, 302, 204 };
	struct aw_sts_identity sts;
	struct aw_diag why;
	char *text, *body;

	if (size < 1 || size > 65536)
		return 0;
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (aw_sts_read(text, size - 1, &sts, &why) == 0 &&
	    (!sts.arn[0] || !sts.account[0]))
		abort();
	body = memchr(text, '\n', size - 1);
	if (body) {
		*body++ = '\0';
		judge((enum aw_service)(data[0] % AW_SERVICE_N_),
		    status[data[0] / 32], text, body,
		    size - 1 - (size_t)(body - text));
	}
	free(text);
	return 0;
}
