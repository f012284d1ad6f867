/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container is told.
 */
#include "awssso_netd/environment.h"

#include <stdlib.h>

static const char *get(const char *name)
{
	const char *value = secure_getenv(name);

	return value && *value ? value : NULL;
}

void aw_environment_read(struct aw_environment *ret)
{
	ret->relative_uri = get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	ret->full_uri = get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	ret->token_file = get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	ret->token = get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
}
