/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCIM's filters, as far as they are served: ATTRIBUTE eq "VALUE", joined by
 * "and".  AWS knows few attributes, and some only in pairs.
 */
#ifndef AW_IDCSIM_SCIM_FILTER_H
#define AW_IDCSIM_SCIM_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/outcome.h"

struct aw_sim;
struct json_object;

struct aw_sim_scim_term {
	char attribute[64];
	char value[600];
};
struct aw_sim_scim_filter {
	size_t n; /* 0: everything matches */
	struct aw_sim_scim_term term[2];
};

/* Returns 0, or -EINVAL: not understood, or not served for users or groups at
 * this address. */
int aw_sim_scim_filter_read(const char *text, bool is_standard, bool is_user,
    struct aw_sim_scim_filter *ret) AW_MUST_USE;

/* The first external id of @doc: what the provider called it; or NULL. */
const char *aw_sim_scim_external(struct json_object *doc);

/* @doc, the person or group @id, fits @filter. */
bool aw_sim_scim_matches(struct aw_sim *sim,
    const struct aw_sim_scim_filter *filter, bool is_user,
    struct json_object *doc, const char *id);

#endif
