/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Module options, from one table.  A word that the table does not know is an
 * error: a misspelt "permission_set" must not become "no permission set".
 */
#include "pam_awssso/options.h"

#include <errno.h>
#include <string.h>

#define N_OPTIONS (sizeof(aw_pam_option_table) / sizeof(aw_pam_option_table[0]))

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static int set_permission_set(struct aw_pam_options *options, const char *value)
{
	for (const char *p = value; *p; p++)
		if (!is_alnum(*p) && !strchr("_+=,.@-", *p))
			return -EINVAL;
	if (!*value)
		return -EINVAL;
	return aw_copy(
	    options->permission_set, sizeof(options->permission_set), value);
}

static int set_account(struct aw_pam_options *options, const char *value)
{
	uint64_t unused;

	if (strlen(value) != 12)
		return -EINVAL;
	if (aw_num_u64(value, 0, UINT64_MAX, &unused) < 0)
		return -EINVAL;
	return aw_copy(options->account, sizeof(options->account), value);
}

/* reuse and reauth answer one question, so only one of them may. */
static int set_age(struct aw_pam_options *options, uint64_t age)
{
	if (options->age_is_said)
		return -EEXIST;
	options->age_is_said = true;
	options->reuse = age;
	return 0;
}

static int set_reuse(struct aw_pam_options *options, const char *value)
{
	uint64_t age;

	if (aw_num_span(value, 0, AW_PAM_REUSE_MAX, &age) < 0)
		return -EINVAL;
	return set_age(options, age);
}

static int set_reauth(struct aw_pam_options *options, const char *value)
{
	if (strcmp(value, "always") == 0)
		return set_age(options, 0);
	if (strcmp(value, "reuse") == 0)
		return set_age(options, AW_PAM_REUSE_UNSET);
	return -EINVAL;
}

static int set_prompt(struct aw_pam_options *options, const char *value)
{
	static const char *const words[] = {
		[AW_PAM_PROMPT_AUTO] = "auto",
		[AW_PAM_PROMPT_ENTER] = "enter",
		[AW_PAM_PROMPT_POLL] = "poll",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(value, words[i]) == 0) {
			options->prompt = (enum aw_pam_prompt)i;
			return 0;
		}
	return -EINVAL;
}

static int set_debug(struct aw_pam_options *options, const char *value)
{
	(void)value;
	options->debug = true;
	return 0;
}

const struct aw_pam_option aw_pam_option_table[] = {
	{ "permission_set", "NAME",
	    "The person must hold this permission set at this moment.",
	    set_permission_set },
	{ "account", "NNNNNNNNNNNN",
	    "The AWS account in which permission_set counts.", set_account },
	{ "reuse", "SPAN",
	    "How long ago the last approval of this session may be, 0 to 8h.",
	    set_reuse },
	{ "reauth", "always|reuse",
	    "always: a new approval every time, as reuse=0; reuse: as "
	    "awssso.conf says. Not beside the option reuse.",
	    set_reauth },
	{ "prompt", "auto|enter|poll",
	    "Wait for Enter, or poll without a prompt; auto knows which "
	    "services can do without.",
	    set_prompt },
	{ "debug", NULL, "Log more; never a secret.", set_debug },
};
const size_t aw_pam_n_options = N_OPTIONS;

/* The row for the word @word; *@ret_value is behind its '=' or NULL. */
static const struct aw_pam_option *find(
    const char *word, const char **ret_value)
{
	const size_t len = strcspn(word, "=");

	*ret_value = word[len] ? word + len + 1 : NULL;
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (strlen(aw_pam_option_table[i].name) == len &&
		    memcmp(aw_pam_option_table[i].name, word, len) == 0)
			return &aw_pam_option_table[i];
	return NULL;
}

static int complain(struct aw_diag *diag, const char *what, const char *word)
{
	char shown[80];

	aw_diag_set(diag, "%s option '%s'", what,
	    aw_text_escape(shown, sizeof(shown), word));
	return -EINVAL;
}

int aw_pam_options_parse(int argc, const char **argv,
    struct aw_pam_options *ret, struct aw_diag *diag)
{
	struct aw_pam_options options = { .reuse = AW_PAM_REUSE_UNSET };
	bool seen[N_OPTIONS] = { false };

	for (int i = 0; i < argc; i++) {
		const struct aw_pam_option *option;
		const char *value;
		int r = -EINVAL;

		option = find(argv[i], &value);
		if (!option)
			return complain(diag, "unknown", argv[i]);
		if (seen[option - aw_pam_option_table])
			return complain(diag, "repeated", argv[i]);
		seen[option - aw_pam_option_table] = true;
		if (!value == !option->value)
			r = option->set(&options, value);
		if (r < 0)
			return complain(diag,
			    r == -EEXIST ? "contradicting" : "malformed",
			    argv[i]);
	}
	*ret = options;
	return 0;
}
