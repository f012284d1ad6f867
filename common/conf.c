/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso.conf: the reader that feeds the INI parser, and the setting of one
 * value by its keyword's type.  The keywords themselves: conf_keywords.c.
 */
#include "common/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf_value.h"
#include "common/own.h"

struct parse {
	struct aw_conf *conf;
	const char *file;
	const char *text; /* what the reader has not handed out yet */
	size_t left;
	unsigned line;
	struct aw_diag *diag;
	int error;
	unsigned error_line;
	unsigned line_of[128]; /* by keyword: where it was set; 0: nowhere */
};

static void *field(struct aw_conf *conf, const struct aw_conf_keyword *key)
{
	return (char *)conf + key->offset;
}

/* Where @value stands among "a|b|c", or -1. */
static int choice_of(const char *choices, const char *value)
{
	const size_t len = strlen(value);
	int index = 0;

	for (const char *p = choices; *p; index++) {
		const size_t n = strcspn(p, "|");

		if (n == len && memcmp(p, value, n) == 0)
			return index;
		p += n + (p[n] == '|');
	}
	return -1;
}

static int set_text(char *to, const char *value, struct aw_diag *diag)
{
	if (aw_copy(to, AW_CONF_TEXT, value) < 0) {
		aw_diag_set(diag, "longer than %d bytes", AW_CONF_TEXT - 1);
		return -EINVAL;
	}
	return 0;
}

static int set_list(
    struct aw_conf_list *list, const char *value, struct aw_diag *diag)
{
	if (list->n == AW_CONF_LIST_MAX) {
		aw_diag_set(diag, "more than %d times", AW_CONF_LIST_MAX);
		return -EINVAL;
	}
	if (set_text(list->item[list->n], value, diag) < 0)
		return -EINVAL;
	list->n++;
	return 0;
}

/* "auto", or domains with optional suffixes, comma-separated, repeatable. */
static int set_domains(
    struct aw_conf *conf, const char *value, struct aw_diag *diag)
{
	if (!strcmp(value, "auto")) {
		conf->domains_auto = true;
		return 0;
	}
	while (*value) {
		const size_t n = strcspn(value, ", ");
		char entry[AW_CONF_TEXT];

		if (n > 0) {
			if (aw_fmt(entry, sizeof(entry), "%.*s", (int)n,
				value) < 0 ||
			    aw_name_rules_add(&conf->names, entry, diag) != 0)
				return -EINVAL;
		}
		value += n + strspn(value + n, ", ");
	}
	return 0;
}

static int set_number(const struct aw_conf_keyword *key, const char *value,
    uint64_t *ret, struct aw_diag *diag)
{
	const bool span = key->type == AW_CONF_SPAN;
	const int r = span ? aw_num_span(value, key->min, key->max, ret)
			   : aw_num_u64(value, key->min, key->max, ret);

	if (r == 0)
		return 0;
	aw_diag_set(diag, "\"%.64s\": not a %s from %llu to %llu%s", value,
	    span ? "time" : "number", (unsigned long long)key->min,
	    (unsigned long long)key->max,
	    span ? " seconds (units: s, m, h, d)" : "");
	return -EINVAL;
}

/* One or more regions: no region's name holds a comma. */
static int set_regions(
    struct aw_conf_list *list, const char *value, struct aw_diag *diag)
{
	char region[AW_CONF_TEXT];

	while (*value) {
		const size_t n = strcspn(value, ",");

		if (aw_fmt(region, sizeof(region), "%.*s", (int)n, value) < 0 ||
		    aw_conf_value_wrong(AW_CONF_REGION, region)) {
			aw_diag_set(diag, "\"%.64s\": must be a region", value);
			return -EINVAL;
		}
		if (set_list(list, region, diag) < 0)
			return -EINVAL;
		value += n;
		value += strspn(value, ", ");
	}
	return 0;
}

static int set_choice(struct aw_conf *conf, const struct aw_conf_keyword *key,
    const char *value, struct aw_diag *diag)
{
	const int choice = choice_of(key->choices, value);

	if (choice < 0) {
		aw_diag_set(diag, "\"%.64s\": must be %s%s", value,
		    strchr(key->choices, '|') ? "one of " : "", key->choices);
		return -EINVAL;
	}
	*(uint64_t *)field(conf, key) = (uint64_t)choice;
	return 0;
}

static int set_value(struct aw_conf *conf, const struct aw_conf_keyword *key,
    const char *value, struct aw_diag *diag)
{
	const char *wrong;

	switch (key->type) {
	case AW_CONF_LIST:
		return set_list(field(conf, key), value, diag);
	case AW_CONF_REGION:
	case AW_CONF_REGIONS:
		return set_regions(field(conf, key), value, diag);
	case AW_CONF_DOMAINS:
		return set_domains(conf, value, diag);
	case AW_CONF_RULE: /* add_rule() */
		return -EINVAL;
	case AW_CONF_NUMBER:
	case AW_CONF_SPAN:
		return set_number(key, value, field(conf, key), diag);
	case AW_CONF_CHOICE:
		return set_choice(conf, key, value, diag);
	case AW_CONF_STRING:
	case AW_CONF_URL:
	case AW_CONF_PATH:
	case AW_CONF_STORE:
	case AW_CONF_ACCOUNT:
	case AW_CONF_ROLE:
	case AW_CONF_PROXY:
	case AW_CONF_DATE:
	case AW_CONF_KEY:
	case AW_CONF_PLACE:
	case AW_CONF_PATTERN:
	case AW_CONF_ARN:
	case AW_CONF_EXTERNAL_ID:
	case AW_CONF_SESSION:
	case AW_CONF_CONTAINER:
		break;
	}
	wrong = aw_conf_value_wrong(key->type, value);
	if (wrong) {
		aw_diag_set(diag, "\"%.100s\": must be %s", value, wrong);
		return -EINVAL;
	}
	return set_text(field(conf, key), value, diag);
}

static const struct aw_conf_keyword *find_keyword(
    const char *section, const char *keyword)
{
	for (size_t i = 0; i < aw_conf_n_keywords; i++)
		if (!strcmp(aw_conf_keywords[i].section, section) &&
		    !strcmp(aw_conf_keywords[i].keyword, keyword))
			return &aw_conf_keywords[i];
	return NULL;
}

static bool is_set(const struct aw_conf_rule *rule)
{
	const char *name = aw_conf_rule_set(rule);

	return *name && !strchr(name, '/');
}

/* What the text of @rule must be, when it is not; else NULL. */
static const char *rule_wrong(const struct aw_conf_rule *rule)
{
	uint64_t seconds;

	switch ((enum aw_rule_kind)rule->kind) {
	case AW_RULE_USER:
	case AW_RULE_GROUP:
		return NULL;
	case AW_RULE_SET:
		return is_set(rule) ? NULL : "must be NAME or ACCOUNT/NAME";
	case AW_RULE_ACCOUNT:
		return aw_conf_value_wrong(AW_CONF_ACCOUNT, rule->text)
			   ? "must be auto or 12 digits"
			   : NULL;
	case AW_RULE_KEY_FIRST:
		return strcmp(rule->text, "yes") == 0 ||
			       strcmp(rule->text, "no") == 0
			   ? NULL
			   : "must be yes or no";
	case AW_RULE_GRACE:
		return aw_num_span(
			   rule->text, 0, AW_CONF_GRACE_MAX, &seconds) == 0
			   ? NULL
			   : "not a time from 0 to 24h";
	}
	return "no such line";
}

/* "allow_users = @value" of @section. */
static int add_rule(struct parse *parse, const struct aw_conf_keyword *key,
    const char *section, const char *value, struct aw_diag *diag)
{
	struct aw_conf_rule rule = { .kind = (uint8_t)key->min,
		.deny = key->max == 1,
		.line = parse->line };
	const char *wrong;

	if (aw_conf_access_section(
		&parse->conf->access, section, &rule.service, diag) != 0 ||
	    set_text(rule.text, value, diag) < 0)
		return -EINVAL;
	wrong = rule_wrong(&rule);
	if (wrong) {
		aw_diag_set(diag, "\"%.64s\": %s", value, wrong);
		return -EINVAL;
	}
	return aw_conf_access_add(&parse->conf->access, &rule, diag);
}

/* The keyword of a section; all services' have those of [access] that are
 * lines of the policy. */
static const struct aw_conf_keyword *keyword_of(
    const char *section, const char *keyword)
{
	const struct aw_conf_keyword *key;

	if (strncmp(section, AW_CONF_SERVICE, sizeof(AW_CONF_SERVICE) - 1) != 0)
		return find_keyword(section, keyword);
	key = find_keyword(AW_CONF_ACCESS, keyword);
	return key && key->type == AW_CONF_RULE ? key : NULL;
}

static bool is_this(const char *name, const char *line, size_t len)
{
	const size_t n = strlen(name);

	return len >= n + 2 && memcmp(line + 1, name, n) == 0 &&
	       line[n + 1] == ']';
}

/* "[service NAME]" is there from now on.  0, AW_UNKNOWN when @line is another
 * one, or -EINVAL with @diag. */
static int take_service(
    struct parse *parse, const char *line, size_t len, struct aw_diag *diag)
{
	const char *end = memchr(line, ']', len);
	char name[128];
	uint8_t service;

	if (len == 0 || line[0] != '[' || !end ||
	    aw_fmt(name, sizeof(name), "%.*s", (int)(end - line - 1),
		line + 1) < 0)
		return AW_UNKNOWN;
	return aw_conf_access_section(
	    &parse->conf->access, name, &service, diag);
}

/* "[section]" as a line of its own: known, though it may hold nothing. */
static bool is_section(const char *line, size_t len)
{
	for (size_t i = 0; i < aw_conf_n_keywords; i++)
		if (is_this(aw_conf_keywords[i].section, line, len))
			return true;
	return is_this(AW_CONF_GROUPS, line, len);
}

static bool is_repeatable(const struct aw_conf_keyword *key)
{
	return key->type == AW_CONF_LIST || key->type == AW_CONF_RULE ||
	       key->type == AW_CONF_DOMAINS || key->type == AW_CONF_REGION ||
	       key->type == AW_CONF_REGIONS;
}

/* Report the first error only: later ones may follow from it. */
static int fail(struct parse *parse, const char *what, const char *why)
{
	char shown[96];

	if (!parse->error)
		aw_diag_set(parse->diag, "%s:%u: %s%s%s", parse->file,
		    parse->line, aw_text_escape(shown, sizeof(shown), what),
		    *what ? ": " : "", why);
	if (!parse->error)
		parse->error_line = parse->line;
	parse->error = -EINVAL;
	return 0;
}

/* A key of [local_groups] is no keyword. */
static int handle_group(
    struct parse *parse, const char *name, const char *value)
{
	struct aw_diag why = { 0 };

	if (!value || !*value)
		return fail(parse, name, "has no value");
	if (aw_conf_groups_add(&parse->conf->local_groups, name, value, &why) <
	    0)
		return fail(parse, name, why.text);
	return 1;
}

/* inih's handler: 1 goes on, 0 is an error. */
static int handle(
    void *user, const char *section, const char *name, const char *value)
{
	struct parse *parse = user;
	const struct aw_conf_keyword *key = keyword_of(section, name);
	struct aw_diag why = { 0 };
	char unknown[128];

	if (parse->error)
		return 0;
	if (!strcmp(section, AW_CONF_GROUPS))
		return handle_group(parse, name, value);
	if (!key) {
		if (aw_fmt(unknown, sizeof(unknown),
			"no such setting in section [%.64s]", section) < 0)
			unknown[0] = '\0';
		return fail(parse, name, unknown);
	}
	if (parse->line_of[key - aw_conf_keywords] && !is_repeatable(key))
		return fail(parse, name, "set twice");
	parse->line_of[key - aw_conf_keywords] = parse->line;
	if (!value || !*value)
		return fail(parse, name, "has no value");
	if ((key->type == AW_CONF_RULE
		    ? add_rule(parse, key, section, value, &why)
		    : set_value(parse->conf, key, value, &why)) < 0)
		return fail(parse, name, why.text);
	return 1;
}

/* Why the line must not get to inih, which would cut it, glue it to the line
 * before, or end there; NULL when it may. */
static const char *is_refused(const char *line, size_t len)
{
	const bool comment = len > 0 && (line[0] == '#' || line[0] == ';');

	if (len > AW_CONF_LINE_MAX)
		return "line longer than 190 bytes";
	if (!aw_text_is_clean(line, len))
		return "control character or broken UTF-8";
	if (len > 0 && line[0] == ' ')
		return "line begins with a blank";
	if (len > 0 && line[0] == '[' && memchr(line, ']', len) &&
	    !is_section(line, len))
		return "no such section";
	if (!comment && memmem(line, len, " ;", 2))
		return "a ; behind a blank would cut the value: put comments "
		       "on lines of their own";
	return NULL;
}

/* fgets() for inih, one whole line at a time. */
static char *read_line(char *buf, int size, void *stream)
{
	struct parse *parse = stream;
	const char *lf = memchr(parse->text, '\n', parse->left);
	size_t len = lf ? (size_t)(lf - parse->text) : parse->left;
	const char *line = parse->text;
	struct aw_diag diag = { 0 };
	const char *why;

	if (parse->left == 0 || parse->error)
		return NULL;
	parse->line++;
	parse->text += len + (lf != NULL);
	parse->left -= len + (lf != NULL);
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len + 2 > (size_t)size) {
		(void)fail(parse, "", "line longer than 190 bytes");
		return NULL;
	}
	for (size_t i = 0; i < len; i++)
		buf[i] = line[i] == '\t' ? ' ' : line[i];
	buf[len] = '\0';
	why = NULL;
	switch (take_service(parse, buf, len, &diag)) {
	case 0:
		break;
	case AW_UNKNOWN:
		why = is_refused(buf, len);
		break;
	default:
		why = diag.text;
	}
	if (why) {
		(void)fail(parse, buf[0] == '[' ? buf : "", why);
		return NULL;
	}
	buf[len] = '\n';
	buf[len + 1] = '\0';
	return buf;
}

void aw_conf_init(struct aw_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	for (size_t i = 0; i < aw_conf_n_keywords; i++)
		if (aw_conf_keywords[i].fallback)
			(void)set_value(conf, &aw_conf_keywords[i],
			    aw_conf_keywords[i].fallback, NULL);
}

/* What is wrong is @name in @section, as it was set last. */
static int fail_at(
    struct parse *parse, const char *section, const char *name, const char *why)
{
	const struct aw_conf_keyword *key = find_keyword(section, name);

	if (key)
		parse->line = parse->line_of[key - aw_conf_keywords];
	(void)fail(parse, name, why);
	return -EINVAL;
}

/* What one line alone cannot tell. */
static int check_whole(struct parse *parse)
{
	struct aw_conf *conf = parse->conf;
	const char *hole = strstr(conf->home, "%u");

	if (conf->names.n_domains > 0)
		conf->domains_auto = false;
	if (!hole || strstr(hole + 1, "%"))
		return fail_at(parse, "names", "home", "needs exactly one %u");
	/* Who wants only some people here must not get all of them. */
	if (conf->scope.n > 0 && conf->source != AW_SOURCE_IDENTITY_STORE)
		return fail_at(parse, "directory", "scope",
		    "needs source = identity-store; the other sources are "
		    "taken whole");
	aw_conf_access_at_home(&conf->access, conf->account);
	return 0;
}

int aw_conf_parse(const char *text, size_t len, const char *file,
    aw_conf_ini_fn *ini, struct aw_conf *ret, struct aw_diag *diag)
{
	aw_own_free struct aw_conf *conf = malloc(sizeof(*conf));
	struct parse parse = { .conf = conf,
		.file = file,
		.text = text,
		.left = len,
		.diag = diag };
	int line;

	if (!conf)
		return -ENOMEM;
	aw_conf_init(conf);
	line = ini(read_line, &parse, handle, &parse);
	/* inih goes on after a line it cannot read: its error may be the
	 * cause of ours. */
	if (line > 0 && (!parse.error || (unsigned)line < parse.error_line)) {
		parse.error = 0;
		parse.line = (unsigned)line;
		(void)fail(&parse, "", "neither [section] nor key = value");
	}
	if (parse.error || line < 0)
		return parse.error ? parse.error : -ENOMEM;
	if (check_whole(&parse) < 0)
		return -EINVAL;
	memcpy(ret, conf, sizeof(*ret));
	return 0;
}

/* What [credentials] lacks for the source that it names, or NULL. */
static const char *missing_credentials(const struct aw_conf *conf)
{
	const bool is_web =
	    conf->credentials_source == AW_CREDENTIALS_WEB_IDENTITY;

	if (conf->credentials_source == AW_CREDENTIALS_FILE &&
	    !conf->credentials_file[0])
		return "file";
	if (is_web && !conf->web_identity_token_file[0])
		return "web_identity_token_file";
	if (is_web && !conf->web_identity_role_arn[0])
		return "web_identity_role_arn";
	if (conf->external_id[0] && !conf->role_arn[0])
		return "role_arn";
	return NULL;
}

/* What the setting source needs. */
static const char *missing_directory(const struct aw_conf *conf)
{
	if (conf->source == AW_SOURCE_SCIM && !conf->scim_url[0])
		return "scim_url";
	if (conf->source != AW_SOURCE_PUBLISHED)
		return NULL;
	if (!conf->published_from[0])
		return "published_from";
	return conf->published_key[0] ? NULL : "published_key";
}

int aw_conf_require(const struct aw_conf *conf, struct aw_diag *diag)
{
	const char *section = "identity-center";
	const char *missing = NULL;

	if (!conf->start_url[0])
		missing = "start_url";
	else if (conf->regions.n == 0)
		missing = "region";
	else if (!conf->identity_store_id[0])
		missing = "identity_store_id";
	if (!missing) {
		section = "credentials";
		missing = missing_credentials(conf);
	}
	if (!missing) {
		section = "directory";
		missing = missing_directory(conf);
	}
	if (!missing)
		return 0;
	aw_diag_set(diag, "%s is not set in [%s]", missing, section);
	return -EINVAL;
}
