/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso explain: by which rule somebody may or may not, now or then; what a
 * code means.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "awssso/answers.h"
#include "awssso/commands.h"
#include "awssso/moment.h"
#include "awssso/pam_lines.h"
#include "awssso/print.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/text.h"

enum {
	JSON,
	AS_OF,
	ETC,
	RUN_DIR,
};

enum { STAGE, USER, SERVICE, RHOST, CODE, TEXT, RULE, DETAIL, ACTION, N_TEXTS };

static void print_answer(const struct aw_answer *answer)
{
	static const char *const labels[N_TEXTS] = {
		[TEXT] = "said",
		[RULE] = "line",
		[DETAIL] = "because",
		[ACTION] = "to do",
	};

	if (answer->time)
		aw_answer_head(answer, answer->text[USER],
		    answer->text[SERVICE], answer->text[RHOST]);
	else if (answer->verdict)
		printf("%s: %s", answer->text[STAGE],
		    aw_verdict_word(answer->verdict));
	else
		printf("%s = %s", answer->text[STAGE], answer->text[TEXT]);
	printf("\n");
	for (int i = answer->verdict ? 0 : RULE; i < N_TEXTS; i++)
		if (labels[i] && *answer->text[i])
			printf("    %-8s %s\n",
			    i == DETAIL && !answer->verdict ? "means"
							    : labels[i],
			    answer->text[i]);
}

static void end(const struct aw_talk *talk, unsigned n AW_UNUSED)
{
	const uint64_t generation =
	    aw_wire_num(&talk->in, AW_TAG_GENERATION, 0);
	char age[48];

	if (generation > 0)
		printf("directory: generation %llu, read %s ago\n",
		    (unsigned long long)generation,
		    aw_print_span(age, sizeof(age),
			aw_wire_num(&talk->in, AW_TAG_DIRECTORY_AGE, 0)));
}

struct service {
	const char *name, *etc;
};

static void take_pam(void *user, const char *place, const char *text)
{
	struct json_object *array = user, *object;

	if (!array) {
		printf("%s: %s\n", place, text);
		return;
	}
	object = aw_json_object();
	aw_json_text(object, "stage", "pam");
	aw_json_text(object, "text", text);
	aw_json_text(object, "rule", place);
	aw_json_append(array, object);
}

/* Only PAM knows the options of its lines; they have the last word. */
static void show_pam(const void *user, struct json_object *array)
{
	const struct service *service = user;
	const int r =
	    aw_pam_lines(service->etc, service->name, take_pam, array);

	if (r < 0)
		(void)aw_complain(
		    "what PAM does cannot be read", strerrordesc_np(-r));
	else if (r == AW_ABSENT && !array)
		printf(
		    "PAM: no line of %s runs pam_awssso.so\n", service->name);
}

static const struct aw_answers answers = {
	.command = "explain",
	.texts = {
		[STAGE] = { "stage", AW_TAG_STAGE },
		[USER] = { "user", AW_TAG_USER },
		[SERVICE] = { "service", AW_TAG_SERVICE },
		[RHOST] = { "rhost", AW_TAG_RHOST },
		[CODE] = { "code", AW_TAG_CODE },
		[TEXT] = { "text", AW_TAG_TEXT },
		[RULE] = { "rule", AW_TAG_RULE },
		[DETAIL] = { "detail", AW_TAG_DETAIL },
		[ACTION] = { "action", AW_TAG_ACTION },
	},
	.print = print_answer,
	.end = end,
};

/* Codes are given in capitals, and read out in whatever way. */
static void put_code(struct aw_talk *talk, const char *code)
{
	char upper[17] = "";

	for (size_t i = 0; code[i] && i + 1 < sizeof(upper); i++)
		upper[i] = (char)toupper((unsigned char)code[i]);
	aw_wire_put_text(&talk->out, AW_TAG_CODE, upper);
}

/* 0, without --as-of, or the time; -EINVAL after saying what is wrong. */
static int read_time(const struct aw_args *args, int64_t *ret)
{
	const char *text = args->option[AS_OF];
	char why[160];

	*ret = 0;
	if (!text)
		return 0;
	if (args->operand[1] && aw_moment_parse(text, time(NULL), ret) == 0)
		return 0;
	aw_ignore(aw_fmt(why, sizeof(why), "%.64s: %s", text,
	    args->operand[1] ? "not a time that has been, such as "
			       "2026-11-24T14:00:00Z or -2h"
			     : "a code is of its own time"));
	(void)aw_complain("--as-of", why);
	return -EINVAL;
}

static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;
	const bool is_code = args->operand[1] == NULL;
	const struct service service = {
		.name = args->operand[1],
		.etc = args->option[ETC] ? args->option[ETC] : "/etc",
	};
	struct aw_answers asked = answers;
	int64_t as_of;

	if (read_time(args, &as_of) < 0)
		return AW_EXIT_USAGE;
	if (aw_talk_begin(&talk, args->option[RUN_DIR], "ctl.sock",
		is_code ? AW_MSG_EXPLAIN_CODE : AW_MSG_EXPLAIN) < 0)
		return AW_EXIT_UNREACHABLE;
	if (is_code) {
		put_code(&talk, args->operand[0]);
	} else {
		aw_wire_put_text(&talk.out, AW_TAG_USER, args->operand[0]);
		aw_wire_put_text(&talk.out, AW_TAG_SERVICE, service.name);
		if (as_of)
			aw_wire_put_num(
			    &talk.out, AW_TAG_TIME, (uint64_t)as_of);
		else
			asked.more = show_pam;
		asked.user = &service;
	}
	return aw_answers_show(&talk, &asked, args->option[JSON]);
}

const struct aw_command aw_command_explain = {
	.name = "explain",
	.operands = "CODE | USER SERVICE",
	.min = 1,
	.max = 2,
	.help = "Say by which rule somebody may log in or not.\n\n"
		"CODE is what a denied person was given: root learns what it "
		"rested on and what can be\n"
		"done.  USER and SERVICE (sshd, sudo, ...) tell what would be "
		"decided now, and by which\n"
		"line of awssso.conf, without asking or changing anything; "
		"and what else applies there: the\nsettings about codes, and "
		"the lines of PAM.\n\n"
		"With --as-of: what the policy of now would have said at TIME, "
		"by the person's status\nand groups as they were known then, "
		"and the last decision that is on record.  The\nexit status is "
		"3 when the record does not tell.",
	.options = {
		[JSON] = { "--json", NULL, "Print JSON." },
		[AS_OF] = { "--as-of", "TIME",
		    "As of an earlier TIME: 2026-11-24T14:00:00Z, or -2h." },
		[ETC] = { "--etc", "DIR",
		    "Read PAM's lines in DIR/pam.d instead of /etc/pam.d." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
