/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The budgets, and what a name may stand for.
 */
#include "awsssod/hint.h"

#include <string.h>

/* Within the last minute: @at_ms is 0 for what never was. */
static bool is_recent(uint64_t at_ms, uint64_t now_ms)
{
	return at_ms != 0 && now_ms - at_ms < AW_HINT_MINUTE_MS;
}

static bool is_unknown(
    const struct aw_hints *hints, const char *name, uint64_t now_ms)
{
	for (size_t i = 0; i < AW_HINT_UNKNOWN_MAX; i++)
		if (hints->unknown[i].until_ms > now_ms &&
		    strcmp(hints->unknown[i].name, name) == 0)
			return true;
	return false;
}

/* The oldest of the last six is due to be replaced: when it is recent, so are
 * all. */
struct aw_hint *aw_hints_admit(struct aw_hints *hints, const char *name,
    const char *source, uint64_t now_ms)
{
	struct aw_hint *hint = &hints->last[hints->at];

	if (is_unknown(hints, name, now_ms) || is_recent(hint->at_ms, now_ms))
		return NULL;
	for (size_t i = 0; i < AW_HINT_PER_MINUTE; i++) {
		const struct aw_hint *other = &hints->last[i];

		if (is_recent(other->at_ms, now_ms) &&
		    (strcmp(other->source, source) == 0 ||
			strcmp(other->name, name) == 0))
			return NULL;
	}
	if (aw_copy(hint->name, sizeof(hint->name), name) < 0 ||
	    aw_copy(hint->source, sizeof(hint->source), source) < 0)
		return NULL;
	hint->at_ms = now_ms;
	hints->at = (hints->at + 1) % AW_HINT_PER_MINUTE;
	return hint;
}

void aw_hints_unknown(struct aw_hints *hints, const char *name, uint64_t now_ms)
{
	struct aw_hint_unknown *unknown = &hints->unknown[hints->unknown_at];

	if (aw_copy(unknown->name, sizeof(unknown->name), name) < 0)
		return;
	unknown->until_ms = now_ms + AW_HINT_UNKNOWN_MS;
	hints->unknown_at = (hints->unknown_at + 1) % AW_HINT_UNKNOWN_MAX;
}

bool aw_hint_was(
    const struct aw_hints *hints, const struct aw_ask *ask, uint64_t now_ms)
{
	if (!ask->key_is_connection)
		return false;
	for (size_t i = 0; i < AW_HINT_KEYS_MAX; i++)
		if (hints->keys[i].until_ms > now_ms &&
		    strcmp(hints->keys[i].key, ask->key) == 0)
			return true;
	return false;
}

/* Keep @user_name if the rules make @name of it. */
static void add_name(const struct aw_name_rules *rules, const char *name,
    const char *user_name, struct aw_hint_names *ret)
{
	char made[AW_NAME_SIZE];

	if (ret->n == AW_HINT_NAMES_MAX ||
	    aw_name_of_user(rules, user_name, made, NULL) != 0 ||
	    strcmp(made, name) != 0 ||
	    aw_copy(ret->user_name[ret->n], sizeof(ret->user_name[0]),
		user_name) < 0)
		return;
	ret->n++;
}

void aw_hint_names(const struct aw_name_rules *rules, const char *name,
    struct aw_hint_names *ret)
{
	const size_t len = strlen(name);
	char user_name[AW_USER_NAME_MAX + 1];

	ret->n = 0;
	for (size_t i = 0; i < rules->n_domains; i++) {
		const struct aw_name_domain *domain = &rules->domain[i];
		const size_t suffix = strlen(domain->suffix);

		if (suffix >= len ||
		    strcmp(name + len - suffix, domain->suffix) != 0 ||
		    aw_fmt(user_name, sizeof(user_name), "%.*s@%s",
			(int)(len - suffix), name, domain->domain) < 0)
			continue;
		add_name(rules, name, user_name, ret);
	}
	add_name(rules, name, name, ret);
}
