/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso snapshot dump: all that a snapshot holds.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "awssso/commands.h"
#include "awssso/print.h"
#include "awssso/record.h"
#include "common/own.h"
#include "common/text.h"

enum {
	JSON,
	VERIFY,
};

struct dump {
	const struct aw_snap *snap;
	bool json;
	bool first; /* of the list that is being printed */
};

/* One JSON object on a line of its own, as an item of the current list. */
static void print_item(struct dump *dump, struct json_object *object)
{
	printf("%s\n    %s", dump->first ? "" : ",",
	    json_object_to_json_string_ext(object,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	dump->first = false;
}

static int dump_users(struct dump *dump)
{
	struct json_object *object;
	struct aw_snap_user user;
	uint64_t cursor = 0;
	int r;

	for (;;) {
		r = aw_snap_next_user(dump->snap, &cursor, false, &user);
		if (r != 0)
			return r == AW_END ? 0 : r;
		if (dump->json) {
			r = aw_record_user_json(dump->snap, &user, &object);
			if (r == 0)
				print_item(dump, object);
		} else {
			r = aw_record_user_print(dump->snap, &user);
			printf("\n");
		}
		if (r < 0)
			return r;
	}
}

static int dump_groups(struct dump *dump)
{
	struct json_object *object;
	struct aw_snap_group group;
	uint64_t cursor = 0;
	int r;

	for (;;) {
		r = aw_snap_next_group(dump->snap, &cursor, false, &group);
		if (r != 0)
			return r == AW_END ? 0 : r;
		if (dump->json) {
			r = aw_record_group_json(dump->snap, &group, &object);
			if (r == 0)
				print_item(dump, object);
		} else {
			r = aw_record_group_print(dump->snap, &group);
			printf("\n");
		}
		if (r < 0)
			return r;
	}
}

static void dump_tomb(struct dump *dump, const struct aw_snap_tomb *tomb)
{
	const bool is_group = (tomb->flags & AW_SNAP_GROUP) != 0;
	char id[4 * AW_PRINCIPAL_SIZE];
	struct json_object *object;

	if (!dump->json) {
		aw_print_row("gone", AW_PLAIN, "%s %s (%u, %s)",
		    is_group ? "group" : "user", tomb->name, tomb->id,
		    aw_text_escape(id, sizeof(id), tomb->principal_id));
		return;
	}
	object = aw_json_object();
	aw_json_text(object, "kind", is_group ? "group" : "user");
	aw_json_text(object, "name", tomb->name);
	aw_json_number(object, "id", tomb->id);
	aw_json_text(object, "principal_id", tomb->principal_id);
	aw_json_text(object, "home", tomb->home);
	print_item(dump, object);
}

static int dump_tombs(struct dump *dump)
{
	struct aw_snap_tomb tomb;
	uint64_t cursor = 0;
	int r;

	while ((r = aw_snap_next_tomb(dump->snap, &cursor, &tomb)) == 0)
		dump_tomb(dump, &tomb);
	return r == AW_END ? 0 : r;
}

static void dump_note(struct dump *dump, const struct aw_snap_note *note)
{
	char of[4 * AW_PRINCIPAL_SIZE];
	struct json_object *object;

	if (!dump->json && note->principal_id[0]) {
		aw_print_row("note", AW_PLAIN, "%s (%s)", note->text,
		    aw_text_escape(of, sizeof(of), note->principal_id));
		return;
	}
	if (!dump->json) {
		aw_print_row("note", AW_PLAIN, "%s (%u)", note->text, note->id);
		return;
	}
	object = aw_json_object();
	aw_json_number(object, "id", note->id);
	if (note->principal_id[0])
		aw_json_text(object, "principal_id", note->principal_id);
	aw_json_text(object, "text", note->text);
	print_item(dump, object);
}

/* What awsssod wants to know again if state.db is lost. */
static int dump_notes(struct dump *dump)
{
	struct aw_snap_note note;
	uint64_t cursor = 0;
	int r;

	while ((r = aw_snap_next_note(dump->snap, &cursor, &note)) == 0)
		dump_note(dump, &note);
	return r == AW_END ? 0 : r;
}

static void print_head(const struct aw_snap *snap, bool json)
{
	struct json_object *store;
	char when[32];

	if (json) {
		store = json_object_new_string(aw_snap_store(snap));
		printf("{\n  \"identity_store_id\": %s,\n"
		       "  \"generation\": %llu,\n  \"created\": %llu",
		    json_object_to_json_string(store),
		    (unsigned long long)snap->generation,
		    (unsigned long long)snap->created);
		json_object_put(store);
		return;
	}
	aw_print_row("store", AW_PLAIN, "%s", aw_snap_store(snap));
	aw_print_row("generation", AW_PLAIN, "%llu",
	    (unsigned long long)snap->generation);
	aw_print_row("created", AW_PLAIN, "%s",
	    aw_print_time(when, sizeof(when), snap->created));
	printf("\n");
}

static int dump_all(struct dump *dump)
{
	static const struct part {
		const char *name;
		int (*dump)(struct dump *dump);
	} parts[] = {
		{ "users", dump_users },
		{ "groups", dump_groups },
		{ "tombstones", dump_tombs },
		{ "notes", dump_notes },
	};
	int r = 0;

	print_head(dump->snap, dump->json);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		dump->first = true;
		if (dump->json)
			printf(",\n  \"%s\": [", parts[i].name);
		r = parts[i].dump(dump);
		if (r < 0)
			return r;
		if (dump->json)
			printf("%s]", dump->first ? "" : "\n  ");
	}
	printf("%s", dump->json ? "\n}\n" : "");
	return 0;
}

static int run(const struct aw_args *args)
{
	aw_own(aw_snap_close) struct aw_snap snap = { 0 };
	struct dump dump = { .snap = &snap,
		.json = args->option[JSON] != NULL };
	const char *path = args->operand[0];

	if (aw_record_open(path, true, &snap) != 0)
		return AW_EXIT_FAILED;
	if (args->option[VERIFY] && aw_snap_verify(&snap) < 0)
		return aw_complain(path, "a checksum does not hold");
	return dump_all(&dump) < 0 ? aw_complain(path, "a record is damaged")
				   : AW_EXIT_OK;
}

const struct aw_command aw_command_snapshot_dump = {
	.name = "snapshot dump",
	.operands = "FILE",
	.min = 1,
	.max = 1,
	.help = "Print all that a snapshot holds.",
	.options = {
		[JSON] = { "--json", NULL, "Print JSON." },
		[VERIFY] = { "--verify", NULL,
		    "Check every checksum of the file first." },
	},
	.run = run,
};
