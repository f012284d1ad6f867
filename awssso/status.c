/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso status: how awsssod and the directory are.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/listing.h"
#include "awssso/print.h"
#include "awssso/progress.h"
#include "awssso/talk.h"
#include "common/buf.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/text.h"

enum {
	JSON,
	SKIPPED,
	RUN_DIR,
};

/* Of the answer; none is NULL. */
struct texts {
	char *store, *source, *region, *text, *sweep;
};

static void texts_done(struct texts *texts)
{
	aw_own_free_done(&texts->store);
	aw_own_free_done(&texts->source);
	aw_own_free_done(&texts->region);
	aw_own_free_done(&texts->text);
	aw_own_free_done(&texts->sweep);
}

static bool read_texts(const struct aw_talk *talk, struct texts *ret)
{
	*ret = (struct texts){
		.store = aw_talk_text(talk, AW_TAG_STORE),
		.source = aw_talk_text(talk, AW_TAG_SOURCE),
		.region = aw_talk_text(talk, AW_TAG_REGION),
		.text = aw_talk_text(talk, AW_TAG_TEXT),
		.sweep = aw_talk_text(talk, AW_TAG_SWEEP_STATE),
	};
	return ret->store && ret->source && ret->region && ret->text &&
	       ret->sweep;
}

static const struct number {
	const char *key;
	uint16_t tag;
} numbers[] = {
	{ "generation", AW_TAG_GENERATION },
	{ "directory_age", AW_TAG_DIRECTORY_AGE },
	{ "users", AW_TAG_USERS },
	{ "groups", AW_TAG_GROUPS },
	{ "permission_sets", AW_TAG_SETS },
	{ "assignments", AW_TAG_GRANTS },
	{ "skipped", AW_TAG_SKIPPED },
	{ "flows", AW_TAG_FLOWS },
	{ "sessions", AW_TAG_SESSIONS },
	{ "next_sweep", AW_TAG_NEXT_SWEEP },
	{ "allowed", AW_TAG_ALLOWED },
	{ "denied", AW_TAG_DENIED },
	{ "memberships", AW_TAG_MEMBERS },
	{ "requests", AW_TAG_REQUESTS },
	{ "expected_requests", AW_TAG_EXPECTED },
	{ "rate", AW_TAG_RATE },
};

/* Of these 0 means something else than nothing. */
static const struct number stated[] = {
	{ "scim_token_expires_in", AW_TAG_EXPIRES_IN },
	{ "saml_certificate_expires_in", AW_TAG_SAML_EXPIRES },
	{ "newest_change", AW_TAG_UPDATED },
};

/* Today's verdicts: *@ret_n of each.  False: they are not told. */
static bool read_today(
    const struct aw_talk *talk, uint64_t ret_n[AW_VERDICT_MAX_])
{
	struct aw_wire_field field = { 0 };
	uint64_t verdict = 0;
	bool told = false;

	while (aw_wire_next(&talk->in, &field) == 0) {
		if (field.tag == AW_TAG_VERDICT)
			verdict = field.number;
		if (field.tag != AW_TAG_COUNT || verdict == 0 ||
		    verdict >= AW_VERDICT_MAX_)
			continue;
		ret_n[verdict] = field.number;
		told = true;
	}
	return told;
}

static void json_today(struct json_object *object, const struct aw_talk *talk)
{
	struct json_object *today = aw_json_object();
	uint64_t n[AW_VERDICT_MAX_] = { 0 };

	(void)read_today(talk, n);
	for (uint64_t i = 1; i < AW_VERDICT_MAX_; i++)
		aw_json_number(today, aw_verdict_word(i), n[i]);
	(void)json_object_object_add(object, "today", today);
}

static void print_json(const struct aw_talk *talk, const struct texts *texts)
{
	struct json_object *object = aw_json_object();

	aw_json_text(object, "identity_store_id", texts->store);
	aw_json_text(object, "source", texts->source);
	aw_json_text(object, "region", texts->region);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		aw_json_number(object, numbers[i].key,
		    aw_wire_num(&talk->in, numbers[i].tag, 0));
	for (size_t i = 0; i < sizeof(stated) / sizeof(stated[0]); i++) {
		const uint64_t n =
		    aw_wire_num(&talk->in, stated[i].tag, UINT64_MAX);

		if (n != UINT64_MAX)
			aw_json_number(object, stated[i].key, n);
	}
	aw_json_text(
	    object, "net", aw_net_word(aw_wire_num(&talk->in, AW_TAG_NET, 0)));
	aw_json_bool(object, "assignments_known",
	    aw_wire_num(&talk->in, AW_TAG_SETS_KNOWN, 0) == 1);
	aw_json_text(object, "text", texts->text);
	aw_json_text(object, "sweep_state", texts->sweep);
	json_today(object, talk);
	aw_json_print(object);
}

static unsigned long long number(const struct aw_talk *talk, uint16_t tag)
{
	return aw_wire_num(&talk->in, tag, 0);
}

static void print_directory(const struct aw_talk *talk, const char *store)
{
	const unsigned long long generation = number(talk, AW_TAG_GENERATION);
	char age[32];

	if (generation == 0) {
		aw_print_row("directory", AW_BAD, "never read");
		return;
	}
	aw_print_row("directory", AW_PLAIN, "%s, generation %llu, %s old",
	    *store ? store : "?", generation,
	    aw_print_span(
		age, sizeof(age), number(talk, AW_TAG_DIRECTORY_AGE)));
	aw_print_row("people", AW_PLAIN, "%llu in %llu groups",
	    number(talk, AW_TAG_USERS), number(talk, AW_TAG_GROUPS));
	if (number(talk, AW_TAG_SETS) > 0)
		aw_print_row("sets", AW_PLAIN,
		    number(talk, AW_TAG_SETS_KNOWN) == 1
			? "%llu, with %llu assignments, by the last sweep"
			: "%llu, with %llu holders, learned at sign-ins",
		    number(talk, AW_TAG_SETS), number(talk, AW_TAG_GRANTS));
}

/* Nobody notices what ends, but for who is told in time. */
static void print_expiry(
    const struct aw_talk *talk, const char *label, uint16_t tag)
{
	const uint64_t left = aw_wire_num(&talk->in, tag, UINT64_MAX);
	const uint64_t days = left / 86400;

	if (left == UINT64_MAX)
		return;
	if (left == 0)
		aw_print_row(
		    label, AW_BAD, "has ended: make a new one in the console");
	else
		aw_print_row(label,
		    days > 90   ? AW_PLAIN
		    : days > 30 ? AW_WARN
				: AW_BAD,
		    "ends in %llu days", (unsigned long long)days);
}

static void print_aws(const struct aw_talk *talk, const char *text)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	const uint64_t now = (uint64_t)time(NULL);
	const uint64_t updated = number(talk, AW_TAG_UPDATED);
	char span[32];

	if (net == 0)
		aw_print_row("AWS", AW_PLAIN, "not asked yet");
	else
		aw_print_row("AWS", net == AW_NET_OK ? AW_GOOD : AW_BAD,
		    "%s%s%s", aw_net_word(net), *text ? ": " : "", text);
	if (updated > 0)
		aw_print_row("newest change", AW_PLAIN, "%s ago",
		    aw_print_span(
			span, sizeof(span), now > updated ? now - updated : 0));
}

static void print_sweep(const struct aw_talk *talk, const char *sweep)
{
	const uint64_t next =
	    aw_wire_num(&talk->in, AW_TAG_NEXT_SWEEP, UINT64_MAX);
	const bool is_held = strncmp(sweep, "held", 4) == 0;
	char span[32], progress[AW_PROGRESS_SIZE];

	if (*sweep)
		aw_print_row(
		    "sweep", is_held ? AW_WARN : AW_PLAIN, "%s", sweep);
	if (is_held)
		aw_print_row(
		    "if meant", AW_PLAIN, "awssso sync --accept-shrink");
	if (strncmp(sweep, "running", 7) == 0)
		aw_print_row("", AW_PLAIN, "%s",
		    aw_progress_line(talk, isatty(STDOUT_FILENO),
			strcmp(sweep, "running") == 0 ? "" : NULL, progress));
	if (next != UINT64_MAX)
		aw_print_row("next sweep", AW_PLAIN, "in %s",
		    aw_print_span(span, sizeof(span), next));
}

/* What people call the outcomes. */
static const char *const outcomes[AW_VERDICT_MAX_] = {
	[AW_VERDICT_ALLOW] = "allowed",
	[AW_VERDICT_POLICY] = "against the policy",
	[AW_VERDICT_REFUSED] = "not approved",
	[AW_VERDICT_EXPIRED] = "disabled or absent",
	[AW_VERDICT_UNAVAIL] = "could not be judged",
	[AW_VERDICT_FAILED] = "failed",
};

static void print_sign_ins(const struct aw_talk *talk)
{
	aw_own(aw_buf_done) struct aw_buf line = AW_BUF_INIT(1024);
	uint64_t n[AW_VERDICT_MAX_] = { 0 };

	if (read_today(talk, n)) {
		for (uint64_t i = 1; i < AW_VERDICT_MAX_; i++)
			if (n[i] > 0)
				aw_buf_fmt(&line, "%s%llu %s",
				    line.len ? ", " : "",
				    (unsigned long long)n[i], outcomes[i]);
		aw_print_row("today", AW_PLAIN, "%s",
		    line.len ? aw_buf_text(&line) : "no sign-in");
	}
	aw_print_row("open", AW_PLAIN, "%llu sign-ins, %llu sessions",
	    number(talk, AW_TAG_FLOWS), number(talk, AW_TAG_SESSIONS));
}

static void print_text(const struct aw_talk *talk, const struct texts *texts)
{
	aw_print_row("awsssod", AW_GOOD, "running");
	if (*texts->source)
		aw_print_row("provider", AW_PLAIN,
		    "IAM Identity Center%s%s, source %s",
		    *texts->region ? " in " : "", texts->region, texts->source);
	print_directory(talk, texts->store);
	print_aws(talk, texts->text);
	print_sweep(talk, texts->sweep);
	print_sign_ins(talk);
	print_expiry(talk, "SCIM token", AW_TAG_EXPIRES_IN);
	print_expiry(talk, "certificate", AW_TAG_SAML_EXPIRES);
	if (number(talk, AW_TAG_SKIPPED) > 0)
		aw_print_row("skipped", AW_WARN,
		    "%llu, see awssso status --skipped",
		    number(talk, AW_TAG_SKIPPED));
}

static int skipped_json(void *user, const struct aw_listed *entry)
{
	struct json_object *object = aw_json_object();

	aw_json_text(object, "name", entry->user_name);
	aw_json_text(object, "kind", aw_listed_kind(entry));
	aw_json_text(object, "principal_id", entry->principal);
	aw_json_text(object, "why", entry->text);
	aw_json_append(user, object);
	return 0;
}

static int skipped_line(void *user AW_UNUSED, const struct aw_listed *entry)
{
	printf("%s%s%s%s: %s\n", entry->user_name,
	    *entry->principal ? " (" : "", entry->principal,
	    *entry->principal ? ")" : "", entry->text);
	return 0;
}

static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;
	aw_own(texts_done) struct texts texts = { .store = NULL };

	if (args->option[SKIPPED])
		return aw_listing_print(args->option[RUN_DIR], AW_MSG_SKIPPED,
		    args->option[JSON] != NULL, skipped_json, skipped_line,
		    NULL);
	if (aw_talk_begin(
		&talk, args->option[RUN_DIR], "ctl.sock", AW_MSG_STATUS) < 0 ||
	    aw_talk_ask(&talk) < 0 || aw_talk_next(&talk, 5) < 0)
		return AW_EXIT_UNREACHABLE;
	if (talk.in.type != AW_MSG_STATUS_IS)
		return aw_talk_odd(&talk);
	if (!read_texts(&talk, &texts))
		return aw_complain("out of memory", NULL);
	if (args->option[JSON])
		print_json(&talk, &texts);
	else
		print_text(&talk, &texts);
	return AW_EXIT_OK;
}

const struct aw_command aw_command_status = {
	.name = "status",
	.operands = "",
	.help = "Show how awsssod and its copy of the directory are.\n\n"
		"Anybody may ask; the answer holds no secret.",
	.options = {
		[JSON] = { "--json", NULL, "Print JSON." },
		[SKIPPED] = { "--skipped", NULL,
		    "List who has no account here, why, and what to do." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
