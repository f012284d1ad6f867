/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One flat list of rules, since most files have a handful and each section may
 * have many.
 */
#include "common/conf_access.h"

#include <errno.h>
#include <string.h>

const char *aw_conf_rule_word(enum aw_rule_kind kind, bool deny)
{
	static const char *const words[][2] = {
		[AW_RULE_USER] = { "allow_users", "deny_users" },
		[AW_RULE_GROUP] = { "allow_groups", "deny_groups" },
		[AW_RULE_SET] = { "allow_permission_sets",
		    "deny_permission_sets" },
		[AW_RULE_ACCOUNT] = { "allow_accounts", "deny_accounts" },
		[AW_RULE_KEY_FIRST] = { "require_publickey_first",
		    "require_publickey_first" },
		[AW_RULE_GRACE] = { "offline_grace", "offline_grace" },
	};

	return words[kind][deny];
}

/* As PAM's services are called: files of /etc/pam.d. */
static bool is_service(const char *name)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return *name && *name != '.' && strlen(name) < AW_CONF_SERVICE_SIZE &&
	       name[strspn(name, chars)] == '\0';
}

uint8_t aw_conf_access_of(const struct aw_conf_access *access, const char *name)
{
	for (size_t i = 0; i < access->n_services; i++)
		if (strcmp(access->service[i], name) == 0)
			return (uint8_t)(i + 1);
	return 0;
}

int aw_conf_access_section(struct aw_conf_access *access, const char *name,
    uint8_t *ret, struct aw_diag *diag)
{
	const size_t prefix = sizeof(AW_CONF_SERVICE) - 1;

	*ret = 0;
	if (strcmp(name, AW_CONF_ACCESS) == 0)
		return 0;
	if (strncmp(name, AW_CONF_SERVICE, prefix) != 0)
		return AW_UNKNOWN;
	name += prefix;
	*ret = aw_conf_access_of(access, name);
	if (*ret)
		return 0;
	if (!is_service(name)) {
		aw_diag_set(diag, "not the name of a PAM service");
		return -EINVAL;
	}
	if (access->n_services == AW_CONF_SERVICES_MAX) {
		aw_diag_set(diag, "more than %d services with a section",
		    AW_CONF_SERVICES_MAX);
		return -EINVAL;
	}
	if (aw_copy(access->service[access->n_services], AW_CONF_SERVICE_SIZE,
		name) < 0)
		return -EINVAL;
	*ret = (uint8_t)++access->n_services;
	return 0;
}

/* How many digits @text begins with are an account, 0 or 12, when @end follows
 * them.  No name of a set holds a slash. */
static size_t account_len(const char *text, char end)
{
	const size_t len = strspn(text, "0123456789");

	return len == AW_CONF_ACCOUNT_SIZE - 1 && text[len] == end ? len : 0;
}

static size_t named_account(const struct aw_conf_rule *rule)
{
	if (rule->kind == AW_RULE_SET)
		return account_len(rule->text, '/');
	return rule->kind == AW_RULE_ACCOUNT ? account_len(rule->text, '\0')
					     : 0;
}

const char *aw_conf_rule_set(const struct aw_conf_rule *rule)
{
	const size_t len = named_account(rule);

	return len > 0 ? rule->text + len + 1 : rule->text;
}

/* The place of the account that @rule names, which is noted; 0: it names none,
 * or (-EINVAL) one too many. */
static int find_elsewhere(
    struct aw_conf_access *access, struct aw_conf_rule *rule)
{
	const size_t len = named_account(rule);
	size_t i = 0;

	rule->elsewhere = 0;
	if (len == 0)
		return 0;
	while (i < access->n_elsewhere &&
	       memcmp(access->elsewhere[i], rule->text, len) != 0)
		i++;
	if (i == AW_CONF_ELSEWHERE)
		return -EINVAL;
	if (i == access->n_elsewhere)
		memcpy(
		    access->elsewhere[access->n_elsewhere++], rule->text, len);
	rule->elsewhere = (uint8_t)(i + 1);
	return 0;
}

void aw_conf_access_at_home(struct aw_conf_access *access, const char *account)
{
	for (size_t i = 0; i < access->n_rules; i++) {
		struct aw_conf_rule *rule = &access->rule[i];

		if (rule->elsewhere &&
		    strcmp(access->elsewhere[rule->elsewhere - 1], account) ==
			0)
			rule->elsewhere = 0;
	}
}

int aw_conf_access_add(struct aw_conf_access *access,
    const struct aw_conf_rule *rule, struct aw_diag *diag)
{
	struct aw_conf_rule added = *rule;

	if (access->n_rules == AW_CONF_RULES_MAX) {
		aw_diag_set(diag,
		    "more than %d lines that allow or deny: use a group",
		    AW_CONF_RULES_MAX);
		return -EINVAL;
	}
	if (AW_RULE_IS_SETTING(rule->kind) &&
	    aw_conf_access_line(access, rule->service,
		(enum aw_rule_kind)rule->kind, true, 0)) {
		aw_diag_set(diag, "set twice");
		return -EINVAL;
	}
	if (find_elsewhere(access, &added) < 0) {
		aw_diag_set(diag, "more than %d accounts", AW_CONF_ELSEWHERE);
		return -EINVAL;
	}
	access->rule[access->n_rules++] = added;
	return 0;
}

const struct aw_conf_rule *aw_conf_access_line(
    const struct aw_conf_access *access, uint8_t service,
    enum aw_rule_kind kind, bool deny, size_t index)
{
	for (size_t i = 0; i < access->n_rules; i++) {
		const struct aw_conf_rule *rule = &access->rule[i];

		if (rule->service == service && rule->kind == kind &&
		    rule->deny == deny && index-- == 0)
			return rule;
	}
	return NULL;
}

const char *aw_conf_rule_show(const struct aw_conf_access *access,
    const struct aw_conf_rule *rule, char *buf, size_t size)
{
	const bool own = rule->service > 0;

	aw_ignore(aw_fmt(buf, size, "awssso.conf:%u: [%s%s] %s = %s%s%s%s",
	    rule->line, own ? AW_CONF_SERVICE : AW_CONF_ACCESS,
	    own ? access->service[rule->service - 1] : "",
	    aw_conf_rule_word(rule->kind, rule->deny), rule->text,
	    rule->pin[0] ? " (" : "", rule->pin, rule->pin[0] ? ")" : ""));
	return buf;
}

const struct aw_conf_rule *aw_conf_access_setting(
    const struct aw_conf_access *access, const char *name,
    enum aw_rule_kind kind)
{
	const struct aw_conf_rule *rule = aw_conf_access_line(
	    access, aw_conf_access_of(access, name), kind, true, 0);

	return rule ? rule : aw_conf_access_line(access, 0, kind, true, 0);
}

bool aw_conf_access_key_first(
    const struct aw_conf_access *access, const char *name)
{
	const struct aw_conf_rule *rule =
	    aw_conf_access_setting(access, name, AW_RULE_KEY_FIRST);

	return rule && strcmp(rule->text, "yes") == 0;
}

uint64_t aw_conf_access_grace(
    const struct aw_conf_access *access, const char *name)
{
	const struct aw_conf_rule *rule =
	    aw_conf_access_setting(access, name, AW_RULE_GRACE);
	uint64_t seconds;

	if (!rule ||
	    aw_num_span(rule->text, 0, AW_CONF_GRACE_MAX, &seconds) < 0)
		return 0;
	return seconds;
}

bool aw_conf_access_has(
    const struct aw_conf_access *access, enum aw_rule_kind kind)
{
	for (size_t i = 0; i < access->n_rules; i++)
		if (access->rule[i].kind == kind)
			return true;
	return false;
}

bool aw_conf_access_allows(const struct aw_conf_access *access)
{
	for (size_t i = 0; i < access->n_rules; i++)
		if (!access->rule[i].deny)
			return true;
	return false;
}
