/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a row of the directory was changed last: who provisions it may have
 * stopped, and nobody would notice.
 */
#ifndef AW_AWSSSO_NETD_UPDATED_H
#define AW_AWSSSO_NETD_UPDATED_H

#include <json-c/json.h>
#include <stdint.h>

/* "UpdatedAt" (seconds, the Identity Store's) or "meta.lastModified" (SCIM's)
 * of @row, in epoch seconds; 0: it does not say. */
uint64_t aw_updated_of(struct json_object *row);

/* The latest of @json, which is a row, or has rows under @list. */
uint64_t aw_updated_newest(struct json_object *json, const char *list);

#endif
