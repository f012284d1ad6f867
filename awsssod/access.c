/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may log in.  Whole values, case and all.
 */
#include "awsssod/access.h"

#include <string.h>

static void set_fit(struct aw_access_facts *facts, size_t i)
{
	facts->fits[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool has_fit(const struct aw_access_facts *facts, size_t i)
{
	return facts->fits[i / 64] >> (i % 64) & 1;
}

/* All lines of @kind that say @value fit; of a @doubtful one those that deny.
 */
static void mark(const struct aw_conf *conf, struct aw_access_facts *facts,
    enum aw_rule_kind kind, const char *value, bool doubtful)
{
	for (size_t i = 0; *value && i < conf->access.n_rules; i++) {
		const struct aw_conf_rule *rule = &conf->access.rule[i];

		if (rule->kind == kind && (rule->deny || !doubtful) &&
		    strcmp(rule->text, value) == 0)
			set_fit(facts, i);
	}
}

void aw_access_user(const struct aw_conf *conf, struct aw_access_facts *facts,
    const char *name, const char *user_name, const char *principal_id,
    bool name_taken)
{
	mark(conf, facts, AW_RULE_USER, name, false);
	mark(conf, facts, AW_RULE_USER, principal_id, false);
	mark(conf, facts, AW_RULE_USER, user_name, name_taken);
}

void aw_access_group(const struct aw_conf *conf, struct aw_access_facts *facts,
    const char *group_id, const char *display_name, unsigned n_claims)
{
	mark(conf, facts, AW_RULE_GROUP, group_id, false);
	for (size_t i = 0; i < conf->access.n_rules; i++) {
		const struct aw_conf_rule *rule = &conf->access.rule[i];
		const bool is_named =
		    *display_name && strcmp(rule->text, display_name) == 0;
		const bool is_pinned = rule->pin[0] != '\0';

		if (rule->kind != AW_RULE_GROUP)
			continue;
		if ((is_pinned && strcmp(rule->pin, group_id) == 0) ||
		    (is_named && rule->deny) ||
		    (is_named && !is_pinned && n_claims == 1))
			set_fit(facts, i);
	}
}

static bool is_of_sets(const struct aw_conf_rule *rule)
{
	return rule->kind == AW_RULE_SET || rule->kind == AW_RULE_ACCOUNT;
}

static bool is_about(const struct aw_conf *conf,
    const struct aw_conf_rule *rule, const char *account, const char *ours)
{
	const char *of = rule->elsewhere
			     ? conf->access.elsewhere[rule->elsewhere - 1]
			     : ours;

	return is_of_sets(rule) && strcmp(account, of) == 0;
}

void aw_access_set_in(const struct aw_conf *conf, struct aw_access_facts *facts,
    const char *account, const char *ours, const char *set)
{
	for (size_t i = 0; *set && i < conf->access.n_rules; i++) {
		const struct aw_conf_rule *rule = &conf->access.rule[i];

		if (is_about(conf, rule, account, ours) &&
		    (rule->kind == AW_RULE_ACCOUNT ||
			strcmp(aw_conf_rule_set(rule), set) == 0))
			set_fit(facts, i);
	}
}

void aw_access_set(
    const struct aw_conf *conf, struct aw_access_facts *facts, const char *set)
{
	aw_access_set_in(conf, facts, "", "", set);
}

void aw_access_told(const struct aw_conf *conf, struct aw_access_facts *facts,
    const char *account, const char *ours)
{
	if (strcmp(account, ours) == 0)
		facts->sets_known = true;
	for (size_t i = 0; i < conf->access.n_elsewhere; i++)
		if (strcmp(conf->access.elsewhere[i], account) == 0)
			facts->elsewhere |= (uint8_t)(1 << i);
}

void aw_access_ask(struct aw_access_accounts *accounts, const char *account)
{
	for (size_t i = 0; i < accounts->n; i++)
		if (strcmp(accounts->id[i], account) == 0)
			return;
	if (*account && accounts->n < AW_ACCESS_ACCOUNTS &&
	    aw_copy(accounts->id[accounts->n], sizeof(accounts->id[0]),
		account) == 0)
		accounts->n++;
}

void aw_access_ask_in(const struct aw_conf *conf, const char *ours,
    struct aw_access_accounts *accounts)
{
	for (size_t i = 0; i < conf->access.n_rules; i++) {
		const struct aw_conf_rule *rule = &conf->access.rule[i];

		if (is_of_sets(rule))
			aw_access_ask(accounts,
			    rule->elsewhere
				? conf->access.elsewhere[rule->elsewhere - 1]
				: ours);
	}
}

/* All sets that count for @rule have been told. */
static bool is_told(
    const struct aw_conf_rule *rule, const struct aw_access_facts *facts)
{
	return rule->elsewhere ? facts->elsewhere >> (rule->elsewhere - 1) & 1
			       : facts->sets_known;
}

void aw_access_use_sets(const struct aw_conf *conf,
    struct aw_access_facts *facts, const struct aw_access_facts *live,
    bool alone)
{
	for (size_t i = 0; i < conf->access.n_rules; i++) {
		const struct aw_conf_rule *rule = &conf->access.rule[i];

		if (!is_of_sets(rule) || (!alone && !is_told(rule, live)))
			continue;
		facts->fits[i / 64] &= ~(UINT64_C(1) << (i % 64));
		if (has_fit(live, i))
			set_fit(facts, i);
	}
	facts->elsewhere = live->elsewhere;
	if (!alone && !live->sets_known)
		return;
	facts->sets_known = live->sets_known;
	facts->sets_read = false;
}

bool aw_access_wants_sets(const struct aw_conf *conf)
{
	return aw_conf_access_has(&conf->access, AW_RULE_SET) ||
	       aw_conf_access_has(&conf->access, AW_RULE_ACCOUNT);
}

static enum aw_access fits(
    const struct aw_conf *conf, const struct aw_access_facts *facts, size_t i)
{
	const struct aw_conf_rule *rule = &conf->access.rule[i];

	if (has_fit(facts, i))
		return AW_ACCESS_YES;
	if (rule->unread)
		return AW_ACCESS_UNKNOWN;
	if (!is_of_sets(rule) || is_told(rule, facts) ||
	    (rule->deny && facts->sets_read && !rule->elsewhere))
		return AW_ACCESS_NO;
	return AW_ACCESS_UNKNOWN;
}

/* The first line of @deny, in section @service, or also in [access] when it
 * denies, that fits; else the first that may. */
static enum aw_access find(const struct aw_conf *conf,
    const struct aw_access_facts *facts, uint8_t service, bool deny,
    const struct aw_conf_rule **ret)
{
	enum aw_access found = AW_ACCESS_NO;

	*ret = NULL;
	for (size_t i = 0; i < conf->access.n_rules; i++) {
		const struct aw_conf_rule *rule = &conf->access.rule[i];
		const bool counts =
		    rule->service == service || (deny && rule->service == 0);
		const enum aw_access it = counts && rule->deny == deny
					      ? fits(conf, facts, i)
					      : AW_ACCESS_NO;

		if (it == AW_ACCESS_YES ||
		    (it == AW_ACCESS_UNKNOWN && found == AW_ACCESS_NO)) {
			found = it;
			*ret = rule;
		}
		if (found == AW_ACCESS_YES)
			break;
	}
	return found;
}

enum aw_access aw_access_judge(const struct aw_conf *conf, const char *service,
    const struct aw_access_facts *facts, const struct aw_conf_rule **ret_rule)
{
	const uint8_t section = aw_conf_access_of(&conf->access, service);
	const struct aw_conf_rule *denied_by, *allowed_by, *decided_by;
	const enum aw_access denied =
	    find(conf, facts, section, true, &denied_by);
	enum aw_access allowed = find(conf, facts, section, false, &allowed_by);

	decided_by = allowed_by;
	if (denied == AW_ACCESS_YES) {
		allowed = AW_ACCESS_NO;
		decided_by = denied_by;
	} else if (denied == AW_ACCESS_UNKNOWN && allowed == AW_ACCESS_YES) {
		allowed = AW_ACCESS_UNKNOWN;
		decided_by = denied_by;
	}
	if (ret_rule)
		*ret_rule = decided_by;
	return allowed;
}

bool aw_access_anywhere(
    const struct aw_conf *conf, const struct aw_access_facts *facts)
{
	if (aw_access_judge(conf, "", facts, NULL) == AW_ACCESS_YES)
		return true;
	for (size_t i = 0; i < conf->access.n_services; i++)
		if (aw_access_judge(conf, conf->access.service[i], facts,
			NULL) == AW_ACCESS_YES)
			return true;
	return false;
}
