/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso ids export: the ledger as text.  Two exports of the same ledger are
 * the same bytes, so that a diff of two shows what differs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssso/commands.h"
#include "awssso/ids_file.h"
#include "awssso/listing.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"

enum {
	RUN_DIR,
};

struct lines {
	char **line;
	size_t n, room;
};

static void lines_done(struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->line[i]);
	free(lines->line);
}

static int add(struct lines *lines, char *line)
{
	if (line && lines->n == lines->room) {
		const size_t room = lines->room ? lines->room * 2 : 1024;
		char **more = reallocarray(lines->line, room, sizeof(*more));

		if (more) {
			lines->line = more;
			lines->room = room;
		}
	}
	if (!line || lines->n == lines->room) {
		free(line);
		return aw_complain("out of memory", NULL);
	}
	lines->line[lines->n++] = line;
	return 0;
}

static int take_given_up(struct lines *lines, const struct aw_listed *entry)
{
	char *line;
	int n;

	n = *entry->name ? asprintf(&line, "%s\t%s\twas\t%s", entry->store,
			       entry->principal, entry->name)
			 : asprintf(&line, "%s\t%s\thad\t%" PRIu64,
			       entry->store, entry->principal, entry->posix_id);
	return add(lines, n < 0 ? NULL : line);
}

static int take(void *user, const struct aw_listed *entry)
{
	char *line;

	if (entry->flags & AW_ID_GIVEN_UP)
		return take_given_up(user, entry);
	/* Nothing was given to who has no name. */
	if (!*entry->name)
		return 0;
	if (asprintf(&line, "%s\t%s\t%s\t%" PRIu64 "\t%s\t%s", entry->store,
		entry->principal, aw_listed_kind(entry), entry->posix_id,
		entry->name, entry->home) < 0)
		line = NULL;
	return add(user, line);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int run(const struct aw_args *args)
{
	aw_own(lines_done) struct lines lines = { .n = 0 };
	int r;

	r = aw_listing_walk(args->option[RUN_DIR], AW_MSG_IDS, take, &lines);
	if (r != AW_EXIT_OK)
		return r;
	if (lines.n > 0)
		qsort(lines.line, lines.n, sizeof(*lines.line), by_bytes);
	printf("%s\n", AW_IDS_FILE_HEAD);
	for (size_t i = 0; i < lines.n; i++)
		printf("%s\n", lines.line[i]);
	printf(AW_IDS_FILE_END "\n", lines.n);
	return AW_EXIT_OK;
}

const struct aw_command aw_command_ids_export = {
	.name = "ids export",
	.operands = "",
	.help = "Print who has which name and id, for another host (root).\n\n"
		"One line an entry, and one for each name and id that "
		"somebody gave up and nobody\nelse may have, sorted: what "
		"awssso ids import reads.  It holds no secret.",
	.options = { [RUN_DIR] = AW_TALK_OPTION },
	.run = run,
};
