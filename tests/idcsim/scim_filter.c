/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and applying filters.
 */
#include "tests/idcsim/scim_filter.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

/* One term from *@at on, which moves behind it. */
static int read_term(const char **at, struct aw_sim_scim_term *ret)
{
	const size_t name = strcspn(*at, " ");
	const char *value = *at + name;
	size_t len;

	if (strncasecmp(value, " eq \"", 5) != 0)
		return -EINVAL;
	value += 5;
	len = strcspn(value, "\"\\");
	if (value[len] != '"' ||
	    aw_fmt(ret->attribute, sizeof(ret->attribute), "%.*s", (int)name,
		*at) < 0 ||
	    aw_fmt(ret->value, sizeof(ret->value), "%.*s", (int)len, value) < 0)
		return -EINVAL;
	*at = value + len + 1;
	return 0;
}

static bool has(const struct aw_sim_scim_filter *filter, const char *attribute)
{
	for (size_t i = 0; i < filter->n; i++)
		if (strcasecmp(filter->term[i].attribute, attribute) == 0)
			return true;
	return false;
}

static bool is_served_by_aws(
    const struct aw_sim_scim_filter *filter, bool is_user)
{
	if (filter->n == 2)
		return has(filter, "id") &&
		       has(filter, is_user ? "manager" : "members");
	if (has(filter, "externalId"))
		return true;
	return is_user ? has(filter, "userName") || has(filter, "groups.value")
		       : has(filter, "displayName");
}

static bool is_served(const struct aw_sim_scim_filter *filter, bool is_user)
{
	for (size_t i = 0; i < filter->n; i++) {
		const char *name = filter->term[i].attribute;

		if (strcasecmp(name, "id") != 0 &&
		    strcasecmp(name, "externalId") != 0 &&
		    strcasecmp(name, is_user ? "userName" : "displayName") !=
			0 &&
		    (is_user || strcasecmp(name, "members.value") != 0))
			return false;
	}
	return true;
}

int aw_sim_scim_filter_read(const char *text, bool is_standard, bool is_user,
    struct aw_sim_scim_filter *ret)
{
	struct aw_sim_scim_filter filter = { .n = 0 };

	do {
		if (filter.n == 2 ||
		    read_term(&text, &filter.term[filter.n]) < 0)
			return -EINVAL;
		filter.n++;
		if (*text && strncasecmp(text, " and ", 5) != 0)
			return -EINVAL;
		text += *text ? 5 : 0;
	} while (*text);
	if (!(is_standard ? is_served(&filter, is_user)
			  : is_served_by_aws(&filter, is_user)))
		return -EINVAL;
	*ret = filter;
	return 0;
}

static bool is_in(struct aw_sim *sim, const char *group, const char *user)
{
	struct json_object *doc;

	return json_object_object_get_ex(sim->group_by_id, group, &doc) &&
	       aw_sim_is_member(doc, user);
}

const char *aw_sim_scim_external(struct json_object *doc)
{
	struct json_object *list = NULL;

	if (!json_object_object_get_ex(doc, "ExternalIds", &list) ||
	    json_object_array_length(list) == 0)
		return NULL;
	return aw_sim_text(json_object_array_get_idx(list, 0), "Id");
}

static bool term_matches(struct aw_sim *sim,
    const struct aw_sim_scim_term *term, bool is_user, struct json_object *doc,
    const char *id)
{
	const char *name = term->attribute;
	const char *external;

	if (strcasecmp(name, "id") == 0)
		return strcmp(id, term->value) == 0;
	if (strcasecmp(name, "userName") == 0)
		return strcasecmp(aw_sim_text(doc, "UserName"), term->value) ==
		       0;
	if (strcasecmp(name, "displayName") == 0)
		return strcasecmp(
			   aw_sim_text(doc, "DisplayName"), term->value) == 0;
	if (strcasecmp(name, "externalId") == 0) {
		external = aw_sim_scim_external(doc);
		return external && strcmp(external, term->value) == 0;
	}
	if (strcasecmp(name, "manager") == 0)
		return false;
	return is_user ? is_in(sim, term->value, id)
		       : is_in(sim, id, term->value);
}

bool aw_sim_scim_matches(struct aw_sim *sim,
    const struct aw_sim_scim_filter *filter, bool is_user,
    struct json_object *doc, const char *id)
{
	for (size_t i = 0; i < filter->n; i++)
		if (!term_matches(sim, &filter->term[i], is_user, doc, id))
			return false;
	return true;
}
