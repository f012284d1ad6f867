/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso config: the settings, checked and shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssso/commands.h"
#include "awssso/conf_file.h"
#include "awssso/conf_paths.h"
#include "awssso/print.h"
#include "common/conf.h"
#include "common/own.h"
#include "common/paths.h"

enum {
	CHECK,
	DUMP,
	JSON,
};

static bool is_list(const struct aw_conf_keyword *keyword)
{
	return keyword->type == AW_CONF_LIST || keyword->type == AW_CONF_RULE ||
	       keyword->type == AW_CONF_REGION ||
	       keyword->type == AW_CONF_DOMAINS;
}

/* The value of @keyword is what it would be in an empty file. */
static bool is_default(const struct aw_conf *conf,
    const struct aw_conf *defaults, const struct aw_conf_keyword *keyword)
{
	char value[AW_CONF_TEXT + 32], fallback[AW_CONF_TEXT + 32];

	for (size_t i = 0;; i++) {
		const int r =
		    aw_conf_show(conf, keyword, i, value, sizeof(value));
		const int d = aw_conf_show(
		    defaults, keyword, i, fallback, sizeof(fallback));

		if (r != 0 || d != 0)
			return r == d;
		if (strcmp(value, fallback) != 0)
			return false;
	}
}

static void dump_groups(const struct aw_conf_groups *groups)
{
	char value[AW_CONF_TEXT + 64];

	printf("\n[" AW_CONF_GROUPS "]\n");
	for (size_t i = 0;
	     aw_conf_groups_show(groups, i, value, sizeof(value)) == 0; i++)
		printf("%s = %s\n", groups->item[i].name, value);
}

/* [service NAME], each with its lines in the order of the file. */
static void dump_services(const struct aw_conf_access *access)
{
	for (size_t i = 0; i < access->n_services; i++) {
		printf("\n[" AW_CONF_SERVICE "%s]\n", access->service[i]);
		for (size_t k = 0; k < access->n_rules; k++) {
			const struct aw_conf_rule *rule = &access->rule[k];

			if (rule->service == i + 1)
				printf("%s = %s\n",
				    aw_conf_rule_word(rule->kind, rule->deny),
				    rule->text);
		}
	}
}

static void dump_text(
    const struct aw_conf *conf, const struct aw_conf *defaults)
{
	const char *section = "";

	for (size_t i = 0; i < aw_conf_n_keywords; i++) {
		const struct aw_conf_keyword *keyword = &aw_conf_keywords[i];
		const char *mark =
		    is_default(conf, defaults, keyword) ? "#" : "";
		char value[AW_CONF_TEXT + 32];
		size_t n = 0;

		if (strcmp(keyword->section, section) != 0)
			printf(
			    "%s[%s]\n", *section ? "\n" : "", keyword->section);
		section = keyword->section;
		for (;
		     aw_conf_show(conf, keyword, n, value, sizeof(value)) == 0;
		     n++)
			printf("%s%s = %s\n", mark, keyword->keyword, value);
		if (n == 0)
			printf("#%s =\n", keyword->keyword);
	}
	dump_services(&conf->access);
	dump_groups(&conf->local_groups);
}

static struct json_object *json_groups(const struct aw_conf_groups *groups)
{
	struct json_object *object = aw_json_object();
	struct json_object *list;

	for (size_t i = 0; i < groups->n; i++) {
		const struct aw_conf_group *item = &groups->item[i];

		if (!json_object_object_get_ex(object, item->name, &list))
			list = aw_json_array(object, item->name);
		aw_json_append(list, json_object_new_string(item->from));
	}
	return object;
}

/* As local_groups: lists by name. */
static struct json_object *json_service(
    const struct aw_conf_access *access, uint8_t service)
{
	struct json_object *object = aw_json_object();
	struct json_object *list;

	for (size_t i = 0; i < access->n_rules; i++) {
		const struct aw_conf_rule *rule = &access->rule[i];
		const char *word = aw_conf_rule_word(rule->kind, rule->deny);

		if (rule->service != service)
			continue;
		if (!json_object_object_get_ex(object, word, &list))
			list = aw_json_array(object, word);
		aw_json_append(list, json_object_new_string(rule->text));
	}
	return object;
}

static void json_services(
    struct json_object *object, const struct aw_conf_access *access)
{
	char section[sizeof(AW_CONF_SERVICE) + AW_CONF_SERVICE_SIZE];

	for (size_t i = 0; i < access->n_services; i++)
		if (aw_fmt(section, sizeof(section), AW_CONF_SERVICE "%s",
			access->service[i]) == 0)
			json_object_object_add(object, section,
			    json_service(access, (uint8_t)(i + 1)));
}

static struct json_object *json_value(
    const struct aw_conf *conf, const struct aw_conf_keyword *keyword)
{
	struct json_object *list =
	    is_list(keyword) ? aw_json_array(NULL, NULL) : NULL;
	char value[AW_CONF_TEXT + 32];

	for (size_t n = 0;
	     aw_conf_show(conf, keyword, n, value, sizeof(value)) == 0; n++) {
		if (!list)
			return json_object_new_string(value);
		aw_json_append(list, json_object_new_string(value));
	}
	return list;
}

static void dump_json(
    const struct aw_conf *conf, const struct aw_conf *defaults)
{
	struct json_object *object = aw_json_object();
	struct json_object *section = NULL;

	for (size_t i = 0; i < aw_conf_n_keywords; i++) {
		const struct aw_conf_keyword *keyword = &aw_conf_keywords[i];
		struct json_object *setting = aw_json_object();

		if (i == 0 ||
		    strcmp(keyword->section, keyword[-1].section) != 0) {
			section = aw_json_object();
			json_object_object_add(
			    object, keyword->section, section);
		}
		json_object_object_add(
		    setting, "value", json_value(conf, keyword));
		aw_json_bool(
		    setting, "default", is_default(conf, defaults, keyword));
		json_object_object_add(section, keyword->keyword, setting);
	}
	json_services(object, &conf->access);
	json_object_object_add(
	    object, AW_CONF_GROUPS, json_groups(&conf->local_groups));
	aw_json_print(object);
}

static int check(const struct aw_conf *conf, const char *path)
{
	struct aw_diag diag = { 0 };

	if (aw_conf_require(conf, &diag) < 0)
		return aw_complain(path, diag.text);
	aw_conf_paths_warn(conf, path);
	if (!aw_conf_access_allows(&conf->access))
		printf("%s: good, but nobody may log in: no line of [access] "
		       "allows anybody\n",
		    path);
	else
		printf("%s: good\n", path);
	return AW_EXIT_OK;
}

static int run(const struct aw_args *args)
{
	const char *path = args->operand[0] ? args->operand[0] : AW_PATH_CONF;
	aw_own_free struct aw_conf *conf = calloc(2, sizeof(*conf));

	if (!args->option[CHECK] == !args->option[DUMP] ||
	    (args->option[JSON] && !args->option[DUMP])) {
		(void)aw_complain(
		    "config", "give --check, or --dump with or without --json");
		return AW_EXIT_USAGE;
	}
	if (!conf)
		return aw_complain("out of memory", NULL);
	if (aw_conf_file_load(path, (uid_t)-1, &conf[0]) != AW_EXIT_OK)
		return AW_EXIT_FAILED;
	aw_conf_init(&conf[1]);
	if (args->option[CHECK])
		return check(&conf[0], path);
	if (args->option[JSON])
		dump_json(&conf[0], &conf[1]);
	else
		dump_text(&conf[0], &conf[1]);
	return AW_EXIT_OK;
}

const struct aw_command aw_command_config = {
	.name = "config",
	.operands = "[FILE]",
	.max = 1,
	.help = "Check the settings, or show what is in force.\n\n"
		"FILE is " AW_PATH_CONF " unless given.  In a dump \"#\" marks "
		"what is the default.",
	.options = {
		[CHECK] = { "--check", NULL,
		    "Say whether awsssod would start with them, and which "
		    "files cannot be read." },
		[DUMP] = { "--dump", NULL, "Print every setting." },
		[JSON] = { "--json", NULL, "Dump as JSON." },
	},
	.run = run,
};
