/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The questions of awssso setup: one table for the terminal and the file.
 */
#include "awssso/setup_answers.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/own.h"
#include "common/text.h"

#define FILE_MAX 16384

struct question {
	const char *key;
	bool of_conf;       /* awssso.conf is made of it */
	const char *text;   /* NULL: not asked for */
	const char *answer; /* if nothing is said; NULL: it has to be */
};

static const struct question questions[AW_ANSWER_COUNT_] = {
	[AW_ANSWER_START_URL] = { "start_url", true,
	    "The AWS access portal URL (Identity Center's settings show it)",
	    NULL },
	[AW_ANSWER_REGION] = { "region", true,
	    "Identity Center's region (several: with commas, tried in order)",
	    NULL },
	[AW_ANSWER_STORE] = { "identity_store_id", true,
	    "The identity store id (d-...; the same page shows it)", NULL },
	[AW_ANSWER_ACCOUNT] = { "account", true,
	    "The AWS account whose permission sets count here (auto: this "
	    "instance's)",
	    "auto" },
	[AW_ANSWER_IDENTITY_ROLE] = { "identity_role", true,
	    "The permission set that shows who approved, ACCOUNT/NAME (auto: "
	    "any that the approver holds)",
	    "auto" },
	[AW_ANSWER_DOMAINS] = { "domains", true,
	    "Mail domains to strip from names (auto: the one most people have)",
	    "auto" },
	[AW_ANSWER_ALLOW_GROUPS] = { "allow_groups", true,
	    "Groups whose members may log in (several: with commas)", "" },
	[AW_ANSWER_ALLOW_SETS] = { "allow_permission_sets", true,
	    "Permission sets whose holders may log in", "" },
	[AW_ANSWER_ALLOW_USERS] = { "allow_users", true,
	    "Single people who may log in", "" },
	[AW_ANSWER_SUDO_SET] = { "sudo_permission_set", false,
	    "The permission set that sudo asks for (nothing: sudo stays as it "
	    "is)",
	    "" },
	[AW_ANSWER_SUDO_OUTAGE] = { "sudo_outage", true,
	    "While AWS cannot be asked, sudo goes by its last yes for (4h, "
	    "...; "
	    "nothing: it is refused)",
	    "" },
	[AW_ANSWER_SETTINGS] = { "settings", true, NULL, "" },
	[AW_ANSWER_CONFIRM] = { "confirm_minutes", false,
	    "Minutes until everything is taken back unless a new login "
	    "confirms it",
	    "10" },
};

/* --- the file --------------------------------------------------------------
 */

static enum aw_answer_key find(const char *key, size_t len)
{
	enum aw_answer_key i = 0;

	while (i < AW_ANSWER_COUNT_ &&
	       (strlen(questions[i].key) != len ||
		   strncmp(questions[i].key, key, len) != 0))
		i++;
	return i;
}

/* @text without blanks at its ends. */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* NULL, or what is wrong with the line. */
static const char *read_line(
    char *line, bool seen[AW_ANSWER_COUNT_], struct aw_setup_answers *ret)
{
	char *value = strchr(line, '=');
	enum aw_answer_key key;

	if (!aw_text_is_clean(line, strlen(line)))
		return "a control character";
	if (!value)
		return "not of the form key = value";
	*value++ = '\0';
	line = trim(line);
	key = find(line, strlen(line));
	if (key == AW_ANSWER_COUNT_)
		return "no such question (awssso setup --help lists them)";
	if (seen[key])
		return "answered twice";
	seen[key] = true;
	return aw_copy(ret->text[key], AW_ANSWER_SIZE, trim(value)) < 0
		   ? "too long"
		   : NULL;
}

int aw_setup_answers_read(
    const char *path, struct aw_setup_answers *ret, struct aw_diag *why)
{
	aw_own_free char *text = malloc(FILE_MAX);
	struct aw_setup_answers answers = { .text = { "" } };
	bool seen[AW_ANSWER_COUNT_] = { false };
	const char *wrong = NULL;
	char *rest, *line;
	unsigned number = 0;
	size_t len;
	int r;

	if (!text)
		return -ENOMEM;
	r = aw_file_read(path, (uid_t)-1, text, FILE_MAX, &len);
	if (r != 0)
		return r == AW_ABSENT ? -ENOENT : r;
	if (strlen(text) != len)
		return -EBADMSG;
	for (rest = text; !wrong && (line = strsep(&rest, "\n")); number++)
		if (*trim(line) && *trim(line) != '#')
			wrong = read_line(trim(line), seen, &answers);
	if (wrong) {
		aw_diag_set(why, "%s:%u: %s", path, number, wrong);
		return AW_DENIED;
	}
	*ret = answers;
	return 0;
}

/* --- the terminal ----------------------------------------------------------
 */

/* 0 with what was typed, or the default; AW_END. */
static int ask(const struct question *question, char answer[AW_ANSWER_SIZE])
{
	aw_own_free char *line = NULL;
	const char *usual = *answer ? answer : question->answer;
	size_t size = 0;
	char *typed;

	for (;;) {
		printf("%s%s%s%s\n> ", question->text,
		    usual && *usual ? " [" : "", usual ? usual : "",
		    usual && *usual ? "]" : "");
		(void)fflush(stdout);
		if (getline(&line, &size, stdin) < 0)
			return AW_END;
		typed = trim(line);
		if (*typed && aw_text_is_clean(typed, strlen(typed)) &&
		    aw_copy(answer, AW_ANSWER_SIZE, typed) == 0)
			return 0;
		if (!*typed && usual)
			return usual == answer
				   ? 0
				   : aw_copy(answer, AW_ANSWER_SIZE, usual);
		printf("  This has to be answered, in %d characters.\n",
		    AW_ANSWER_SIZE - 1);
	}
}

int aw_setup_answers_ask(struct aw_setup_answers *ret, bool with_conf)
{
	int r;

	for (enum aw_answer_key i = 0; i < AW_ANSWER_COUNT_; i++) {
		if (!questions[i].text || (questions[i].of_conf && !with_conf))
			continue;
		/* What the start URL tells is the usual answer. */
		aw_setup_answers_guess(ret);
		r = ask(&questions[i], ret->text[i]);
		if (r != 0)
			return r;
	}
	return 0;
}

/* --- what follows ----------------------------------------------------------
 */

/* d- and ten characters, as the first label of the URL's host or path. */
static void guess_store(const char *url, char store[AW_ANSWER_SIZE])
{
	const char *found = strstr(url, "d-");

	if (!*store && found && strspn(found + 2, "0123456789abcdef") == 10)
		aw_ignore(aw_fmt(store, AW_ANSWER_SIZE, "%.12s", found));
}

/* ID.portal.REGION.app.aws, or ID.REGION.portal.amazonaws.com (.cn, .eu). */
static void guess_region(const char *url, char region[AW_ANSWER_SIZE])
{
	static const char portal[] = ".portal.";
	const char *found = strstr(url, portal), *from;
	size_t len;

	if (*region || !found)
		return;
	from = found + strlen(portal);
	len = strcspn(from, "./");
	if (!strncmp(from + len, ".app.aws", strlen(".app.aws"))) {
		aw_ignore(
		    aw_fmt(region, AW_ANSWER_SIZE, "%.*s", (int)len, from));
		return;
	}
	if (strncmp(from, "amazonaws.", strlen("amazonaws.")) != 0)
		return;
	for (from = found; from > url && from[-1] != '.' && from[-1] != '/';)
		from--;
	if (from > url && from[-1] == '.')
		aw_ignore(aw_fmt(
		    region, AW_ANSWER_SIZE, "%.*s", (int)(found - from), from));
}

void aw_setup_answers_guess(struct aw_setup_answers *answers)
{
	const char *url = answers->text[AW_ANSWER_START_URL];

	guess_store(url, answers->text[AW_ANSWER_STORE]);
	guess_region(url, answers->text[AW_ANSWER_REGION]);
}

void aw_setup_answers_complete(struct aw_setup_answers *answers)
{
	aw_setup_answers_guess(answers);
	for (enum aw_answer_key i = 0; i < AW_ANSWER_COUNT_; i++)
		if (!*answers->text[i] && questions[i].answer)
			aw_ignore(aw_copy(answers->text[i], AW_ANSWER_SIZE,
			    questions[i].answer));
}

bool aw_setup_agrees(const char *question)
{
	aw_own_free char *line = NULL;
	size_t size = 0;

	printf("%s [y/N] ", question);
	(void)fflush(stdout);
	return getline(&line, &size, stdin) > 0 &&
	       (*line == 'y' || *line == 'Y');
}
