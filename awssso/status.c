/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso status: how awsssod and the directory are.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/listing.h"
#include "awssso/print.h"
#include "awssso/progress.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/text.h"

enum {
	JSON,
	SKIPPED,
	RUN_DIR,
};

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
	{ "scim_token_expires_in", AW_TAG_EXPIRES_IN },
};

static void print_json(const struct aw_talk *talk, const char *store,
    const char *text, const char *sweep)
{
	struct json_object *object = aw_json_object();

	aw_json_text(object, "identity_store_id", store);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		aw_json_number(object, numbers[i].key,
		    aw_wire_num(&talk->in, numbers[i].tag, 0));
	aw_json_text(
	    object, "net", aw_net_word(aw_wire_num(&talk->in, AW_TAG_NET, 0)));
	aw_json_bool(object, "assignments_known",
	    aw_wire_num(&talk->in, AW_TAG_SETS_KNOWN, 0) == 1);
	aw_json_text(object, "text", text);
	aw_json_text(object, "sweep_state", sweep);
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

/* Nobody notices a token that ends, but for who is told in time. */
static void print_token(const struct aw_talk *talk)
{
	const uint64_t left =
	    aw_wire_num(&talk->in, AW_TAG_EXPIRES_IN, UINT64_MAX);
	const uint64_t days = left / 86400;

	if (left == UINT64_MAX)
		return;
	if (left == 0)
		aw_print_row("SCIM token", AW_BAD,
		    "has ended: make a new one in the console");
	else
		aw_print_row("SCIM token", days > 90 ? AW_PLAIN : AW_BAD,
		    "ends in %llu days", (unsigned long long)days);
}

static void print_text(const struct aw_talk *talk, const char *store,
    const char *text, const char *sweep)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	const uint64_t next =
	    aw_wire_num(&talk->in, AW_TAG_NEXT_SWEEP, UINT64_MAX);
	char span[32], progress[AW_PROGRESS_SIZE];

	aw_print_row("awsssod", AW_GOOD, "running");
	print_directory(talk, store);
	if (net == 0)
		aw_print_row("AWS", AW_PLAIN, "not asked yet");
	else
		aw_print_row("AWS", net == AW_NET_OK ? AW_GOOD : AW_BAD,
		    "%s%s%s", aw_net_word(net), *text ? ": " : "", text);
	if (*sweep)
		aw_print_row("sweep", AW_PLAIN, "%s", sweep);
	if (strncmp(sweep, "held", 4) == 0)
		aw_print_row(
		    "if meant", AW_PLAIN, "awssso sync --accept-shrink");
	if (strncmp(sweep, "running", 7) == 0)
		aw_print_row("", AW_PLAIN, "%s",
		    aw_progress_line(talk, isatty(STDOUT_FILENO),
			strcmp(sweep, "running") == 0 ? "" : NULL, progress));
	if (next != UINT64_MAX)
		aw_print_row("next sweep", AW_PLAIN, "in %s",
		    aw_print_span(span, sizeof(span), next));
	print_token(talk);
	aw_print_row("sign-ins", AW_PLAIN,
	    "%llu open, %llu allowed, %llu denied, %llu sessions",
	    number(talk, AW_TAG_FLOWS), number(talk, AW_TAG_ALLOWED),
	    number(talk, AW_TAG_DENIED), number(talk, AW_TAG_SESSIONS));
	if (number(talk, AW_TAG_SKIPPED) > 0)
		aw_print_row("skipped", AW_BAD,
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
	aw_own_free char *store = NULL;
	aw_own_free char *text = NULL;
	aw_own_free char *sweep = NULL;

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
	store = aw_talk_text(&talk, AW_TAG_STORE);
	text = aw_talk_text(&talk, AW_TAG_TEXT);
	sweep = aw_talk_text(&talk, AW_TAG_SWEEP_STATE);
	if (!store || !text || !sweep)
		return aw_complain("out of memory", NULL);
	if (args->option[JSON])
		print_json(&talk, store, text, sweep);
	else
		print_text(&talk, store, text, sweep);
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
