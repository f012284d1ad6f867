/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Identity Store and SSO admin have in common: signed JSON 1.1 calls.
 */
#ifndef AW_IDCSIM_JSON11_H
#define AW_IDCSIM_JSON11_H

#include "common/outcome.h"
#include "tests/idcsim/call.h"
#include "tests/idcsim/paging.h"
#include "tests/idcsim/shape.h"

struct json_object;

/* Members of every listing's request, for its table of fields. */
#define AW_SIM_PAGING_FIELDS                                \
	{ "MaxResults", AW_SIM_INTEGER, false, 1, 100 },    \
	{                                                   \
		"NextToken", AW_SIM_STRING, false, 1, 65535 \
	}

/*
 * Check signature and body of @call, which only the host's keys may make.
 * Returns 0 with @ret to be put; or -EINVAL: the call has been answered.
 */
int aw_sim_json11_open(struct aw_sim_call *call,
    const struct aw_sim_field *fields, struct json_object **ret) AW_MUST_USE;

/* Answer that the request is not valid, and why. */
void aw_sim_json11_invalid(struct aw_sim_call *call, const char *why);

/*
 * The page of @total rows that @body asks for.  Returns 0; or -EINVAL: the
 * call has been answered.
 */
int aw_sim_json11_page(struct aw_sim_call *call, struct json_object *body,
    size_t total, const char *scope, struct aw_sim_page *ret) AW_MUST_USE;

/* Answer with @rows (taken) called @name and @page's NextToken. */
void aw_sim_json11_list(struct aw_sim_call *call, const char *name,
    struct json_object *rows, const struct aw_sim_page *page);

#endif
