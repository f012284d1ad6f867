/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso ids list: every entry of the ledger.
 */
#include <json-c/json.h>
#include <stdio.h>

#include "awssso/commands.h"
#include "awssso/listing.h"
#include "awssso/print.h"
#include "awssso/talk.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/text.h"

enum {
	JSON,
	RUN_DIR,
};

static const char *state_of(const struct aw_listed *entry)
{
	if (!(entry->flags & AW_ID_PRESENT))
		return "gone";
	return *entry->text ? "skipped" : "present";
}

static int as_json(void *user, const struct aw_listed *entry)
{
	struct json_object *object;

	if (entry->flags & AW_ID_GIVEN_UP)
		return 0;
	object = aw_json_object();
	aw_json_text(object, "name", entry->name);
	aw_json_number(object, "id", entry->posix_id);
	aw_json_text(object, "kind", aw_listed_kind(entry));
	aw_json_text(object, "state", state_of(entry));
	aw_json_text(object, "principal_id", entry->principal);
	aw_json_text(object, "identity_store_id", entry->store);
	aw_json_text(object, "directory_name", entry->user_name);
	aw_json_text(object, "home", entry->home);
	aw_json_bool(object, "disabled", (entry->flags & AW_ID_DISABLED) != 0);
	aw_json_bool(object, "adopted", (entry->flags & AW_ID_ADOPTED) != 0);
	aw_json_text(object, "why", entry->text);
	aw_json_append(user, object);
	return 0;
}

/* @user: is this not the first line? */
static int as_line(void *user, const struct aw_listed *entry)
{
	char id[24] = "-";
	bool *begun = user;

	if (entry->flags & AW_ID_GIVEN_UP)
		return 0;
	if (!*begun)
		printf("%-24s %10s %-14s %-7s %s\n", "NAME", "ID", "KIND",
		    "STATE", "PRINCIPAL");
	*begun = true;
	if (entry->posix_id)
		aw_ignore(aw_fmt(id, sizeof(id), "%llu",
		    (unsigned long long)entry->posix_id));
	printf("%-24s %10s %-14s %-7s %s\n", *entry->name ? entry->name : "-",
	    id, aw_listed_kind(entry), state_of(entry), entry->principal);
	return 0;
}

static int run(const struct aw_args *args)
{
	bool begun = false;

	return aw_listing_print(args->option[RUN_DIR], AW_MSG_IDS,
	    args->option[JSON] != NULL, as_json, as_line, &begun);
}

const struct aw_command aw_command_ids_list = {
	.name = "ids list",
	.operands = "",
	.help = "List who has which name and id (root).\n\n"
		"\"gone\" has left the directory and keeps name and id; "
		"\"skipped\" is there\nand not shown: awssso status --skipped "
		"tells why.",
	.options = { [JSON] = { "--json", NULL, "Print JSON." },
	    [RUN_DIR] = AW_TALK_OPTION },
	.run = run,
};
