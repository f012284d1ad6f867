/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings as they would be written.
 */
#include <string.h>

#include "common/conf.h"

static const void *field_of(
    const struct aw_conf *conf, const struct aw_conf_keyword *key)
{
	return (const char *)conf + key->offset;
}

static int show_domain(
    const struct aw_conf *conf, size_t index, char *buf, size_t size)
{
	const struct aw_name_domain *domain = &conf->names.domain[index];

	if (index == 0 && conf->domains_auto)
		return aw_copy(buf, size, "auto");
	if (index >= conf->names.n_domains)
		return AW_END;
	return aw_fmt(buf, size, "%s%s%s", domain->domain,
	    domain->suffix[0] ? ":" : "", domain->suffix);
}

static int show_choice(
    const struct aw_conf_keyword *key, uint64_t value, char *buf, size_t size)
{
	const char *p = key->choices;

	for (; value > 0; value--)
		p += strcspn(p, "|") + 1;
	return aw_fmt(buf, size, "%.*s", (int)strcspn(p, "|"), p);
}

static int show_rule(const struct aw_conf *conf,
    const struct aw_conf_keyword *key, size_t index, char *buf, size_t size)
{
	const struct aw_conf_rule *rule = aw_conf_access_line(&conf->access, 0,
	    (enum aw_rule_kind)key->min, key->max == 1, index);

	return rule ? aw_copy(buf, size, rule->text) : AW_END;
}

int aw_conf_show(const struct aw_conf *conf, const struct aw_conf_keyword *key,
    size_t index, char *buf, size_t size)
{
	const struct aw_conf_list *list;
	const char *text;
	uint64_t number;

	if (key->type == AW_CONF_DOMAINS)
		return show_domain(conf, index, buf, size);
	if (key->type == AW_CONF_RULE)
		return show_rule(conf, key, index, buf, size);
	/* What it set is shown as "region". */
	if (key->type == AW_CONF_REGIONS)
		return AW_END;
	if (key->type == AW_CONF_LIST || key->type == AW_CONF_REGION) {
		list = field_of(conf, key);
		return index < list->n ? aw_copy(buf, size, list->item[index])
				       : AW_END;
	}
	if (index > 0)
		return AW_END;
	if (key->type == AW_CONF_NUMBER || key->type == AW_CONF_SPAN ||
	    key->type == AW_CONF_CHOICE) {
		memcpy(&number, field_of(conf, key), sizeof(number));
		if (key->type == AW_CONF_CHOICE)
			return show_choice(key, number, buf, size);
		return aw_fmt(buf, size, "%llu%s", (unsigned long long)number,
		    key->type == AW_CONF_SPAN ? "s" : "");
	}
	text = field_of(conf, key);
	return *text ? aw_copy(buf, size, text) : AW_END;
}
