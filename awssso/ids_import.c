/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso ids import: another host's ledger into this one's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssso/commands.h"
#include "awssso/ids_allow.h"
#include "awssso/ids_file.h"
#include "awssso/listing.h"
#include "awssso/talk.h"
#include "common/buf.h"
#include "common/id.h"
#include "common/name.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/sock.h"
#include "common/text.h"

#define FIELDS          6
#define GIVEN_UP_FIELDS 4
#define FILE_MAX        (256u << 20)
#define PATIENCE_S      300
#define A_SECOND        (1500u * 1000) /* bytes of records, about */

enum {
	THEIRS,
	LIMITS,
	RUN_DIR,
};

static void file_done(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

/* --- the file --------------------------------------------------------------
 */

/* 0: it is none. */
static enum aw_kind kind_of(const char *word)
{
	struct aw_listed entry = { .kind = AW_KIND_USER };

	for (; entry.kind <= AW_KIND_SET; entry.kind++)
		if (!strcmp(aw_listed_kind(&entry), word))
			return (enum aw_kind)entry.kind;
	return 0;
}

/* What the NSS module must be allowed to show of a person. */
static int allow(struct aw_ids_allow *allow, uint64_t id, const char *home)
{
	const int r = aw_ids_allow_id(allow, id);

	if (r != AW_EXIT_OK || !aw_name_is_path(home, strlen(home)))
		return r;
	return aw_ids_allow_home(allow, home);
}

static int append(struct aw_buf *records, struct aw_wire_out *out)
{
	const int r = aw_wire_end(out);

	if (r < 0)
		return r;
	aw_buf_add(records, out->data, out->len);
	return aw_buf_error(records);
}

static int add_given_up(struct aw_buf *records, char *const *field)
{
	const bool is_id = !strcmp(field[2], "had");
	struct aw_wire_out out;
	uint8_t data[2048];
	uint64_t id = 0;

	if ((!is_id && strcmp(field[2], "was") != 0) || !*field[3] ||
	    (is_id && aw_num_u64(field[3], 1000, AW_ID_MAX, &id) < 0))
		return -EINVAL;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_ID_REC, 0);
	aw_wire_put_text(&out, AW_TAG_STORE, field[0]);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, field[1]);
	aw_wire_put_text(&out, AW_TAG_USER, is_id ? NULL : field[3]);
	aw_wire_put_num(&out, AW_TAG_POSIX_ID, id);
	aw_wire_put_num(&out, AW_TAG_FLAGS, AW_ID_GIVEN_UP);
	return append(records, &out);
}

static int add_entry(
    struct aw_buf *records, struct aw_ids_allow *allowed, char *const *field)
{
	struct aw_wire_out out;
	uint8_t data[2048];
	uint64_t id;

	if (kind_of(field[2]) == 0 ||
	    aw_num_u64(field[3], 1000, AW_ID_MAX, &id) < 0)
		return -EINVAL;
	if (kind_of(field[2]) == AW_KIND_USER &&
	    allow(allowed, id, field[5]) != AW_EXIT_OK)
		return -ECANCELED;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_ID_REC, 0);
	aw_wire_put_text(&out, AW_TAG_STORE, field[0]);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, field[1]);
	aw_wire_put_num(&out, AW_TAG_KIND, kind_of(field[2]));
	aw_wire_put_num(&out, AW_TAG_POSIX_ID, id);
	aw_wire_put_text(&out, AW_TAG_USER, field[4]);
	aw_wire_put_text(&out, AW_TAG_HOME, *field[5] ? field[5] : NULL);
	return append(records, &out);
}

/* What was given up goes behind all entries: it is one's of them. */
struct records {
	struct aw_buf entries, given_up;
	struct aw_ids_allow *allowed;
};

static int add_line(struct records *records, char *line)
{
	char *field[FIELDS] = { NULL };
	size_t n = 0;

	for (; line && n < FIELDS; n++)
		field[n] = strsep(&line, "\t");
	if (n == GIVEN_UP_FIELDS)
		return add_given_up(&records->given_up, field);
	if (n < FIELDS || line)
		return -EINVAL;
	return add_entry(&records->entries, records->allowed, field);
}

static int complain_line(const char *path, unsigned number, const char *what)
{
	char where[4200];

	aw_ignore(aw_fmt(where, sizeof(where), "%.4096s:%u", path, number));
	return aw_complain(where, what);
}

static bool is_head(const char *line)
{
	return !strcmp(line, AW_IDS_FILE_HEAD) ||
	       !strcmp(line, AW_IDS_FILE_SECOND) ||
	       !strcmp(line, AW_IDS_FILE_FIRST);
}

/* A file as it is read. */
struct reading {
	size_t number;
	bool ends;    /* its format has a last line */
	bool has_end; /* which has been read */
};

/* NULL, or what is wrong with the line. */
static const char *read_line(
    struct reading *reading, struct records *records, char *line, size_t len)
{
	char end[64];
	int r;

	if (len == 0 || line[len - 1] != '\n' || reading->has_end)
		return "the file was cut off, or goes on behind its end";
	line[len - 1] = '\0';
	if (reading->number == 1) {
		reading->ends = !strcmp(line, AW_IDS_FILE_HEAD);
		return is_head(line)
			   ? NULL
			   : "this is not what awssso ids export prints";
	}
	aw_ignore(
	    aw_fmt(end, sizeof(end), AW_IDS_FILE_END, reading->number - 2));
	if (reading->ends && !strcmp(line, end)) {
		reading->has_end = true;
		return NULL;
	}
	r = add_line(records, line);
	if (r == -ECANCELED)
		return "nothing has been imported";
	if (r == -EINVAL)
		return "expected: store, principal, kind, id, name, home (or "
		       "store, principal, was or had, and what), with tabs "
		       "between them";
	return r < 0 ? strerrordesc_np(-r) : NULL;
}

static int read_lines(FILE *file, const char *path, struct records *records)
{
	struct reading reading = { .number = 0 };
	aw_own_free char *line = NULL;
	const char *wrong;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) >= 0) {
		reading.number++;
		wrong = read_line(&reading, records, line, (size_t)len);
		if (wrong)
			return complain_line(
			    path, (unsigned)reading.number, wrong);
	}
	if (ferror(file) || reading.number == 0)
		return aw_complain(path, "cannot be read, or is empty");
	if (reading.ends && !reading.has_end)
		return aw_complain(
		    path, "was cut off: its last line is missing");
	return AW_EXIT_OK;
}

/* --- awsssod ---------------------------------------------------------------
 */

static int show_record(const struct aw_talk *talk)
{
	aw_own_free struct aw_listed *entry = malloc(sizeof(*entry));

	if (!entry)
		return aw_complain("out of memory", NULL);
	if (aw_listed_read(&talk->in, entry) < 0)
		return aw_talk_odd(talk);
	printf("%s %llu (%s): %s\n", entry->name,
	    (unsigned long long)entry->posix_id, entry->principal, entry->text);
	return AW_EXIT_OK;
}

static int finish(const struct aw_talk *talk)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);

	if (!text)
		return aw_complain("out of memory", NULL);
	if (net != AW_NET_OK)
		return aw_complain(*text ? text : aw_net_word(net), NULL);
	printf("%s\n", text);
	return AW_EXIT_OK;
}

static int converse(const struct aw_args *args, int fd)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;

	if (aw_talk_begin(&talk, args->option[RUN_DIR], "ctl.sock",
		AW_MSG_IDS_IMPORT) < 0)
		return AW_EXIT_UNREACHABLE;
	if (args->option[THEIRS])
		aw_wire_put_num(&talk.out, AW_TAG_ACCEPT_LOSS, 1);
	if (aw_talk_ask_with(&talk, fd) < 0)
		return AW_EXIT_UNREACHABLE;
	for (;;) {
		if (aw_talk_next(&talk, PATIENCE_S) < 0)
			return AW_EXIT_UNREACHABLE;
		if (talk.in.type == AW_MSG_DONE)
			return finish(&talk);
		if (talk.in.type != AW_MSG_ID_REC)
			return aw_talk_odd(&talk);
		if (show_record(&talk) != AW_EXIT_OK)
			return AW_EXIT_FAILED;
	}
}

static void records_done(struct records *records)
{
	aw_buf_done(&records->entries);
	aw_buf_done(&records->given_up);
	free(records->allowed);
}

/* All of them, in their order, as one file. */
static int seal(struct records *records, int *ret_fd)
{
	struct aw_buf *all = &records->entries;

	aw_buf_add(all, aw_buf_text(&records->given_up), records->given_up.len);
	if (aw_buf_error(all) < 0)
		return aw_buf_error(all);
	if (all->len > A_SECOND)
		(void)fprintf(stderr,
		    "awssso: this takes about %zu s, and sign-ins wait\n",
		    all->len / A_SECOND + 1);
	return aw_sock_memfd("awssso-ids", aw_buf_text(all), all->len, ret_fd);
}

/* A pipe may be read to its end; one that nobody writes to has none to wait
 * for. */
static FILE *open_file(const char *path)
{
	aw_own_fd int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	FILE *file;

	if (fd < 0 || fcntl(fd, F_SETFL, 0) < 0)
		return NULL;
	file = fdopen(fd, "r");
	if (file)
		fd = -1;
	return file;
}

static int run(const struct aw_args *args)
{
	const char *path = args->operand[0];
	aw_own(records_done) struct records records = {
		.entries = AW_BUF_INIT(FILE_MAX),
		.given_up = AW_BUF_INIT(FILE_MAX),
		.allowed = malloc(sizeof(*records.allowed)),
	};
	aw_own(file_done) FILE *file = open_file(path);
	aw_own_fd int fd = -1;
	int r;

	if (!file)
		return aw_complain(path, strerrordesc_np(errno));
	if (!records.allowed)
		return aw_complain("out of memory", NULL);
	r = aw_ids_allow_begin(records.allowed, args->option[LIMITS]);
	if (r == AW_EXIT_OK)
		r = read_lines(file, path, &records);
	if (r != AW_EXIT_OK)
		return r;
	r = seal(&records, &fd);
	if (r < 0)
		return aw_complain("out of memory", strerrordesc_np(-r));
	r = converse(args, fd);
	return r == AW_EXIT_OK ? aw_ids_allow_write(records.allowed) : r;
}

const struct aw_command aw_command_ids_import = {
	.name = "ids import",
	.operands = "FILE",
	.min = 1,
	.max = 1,
	.help =
	    "Take in what awssso ids export printed on another host (root).\n\n"
	    "All of it, or nothing: each entry that is in conflict with what "
	    "this host has\ngiven out is listed.  Who is not known here yet "
	    "will have that name and id when\nthe directory brings them; what "
	    "somebody gave up there is nobody else's here\neither.  What "
	    "the NSS module has to allow for it is written\nto "
	    AW_PATH_LIMITS ".  A large file takes a second for each "
	    "10000\nentries, in which sign-ins wait.",
	.options = {
		[THEIRS] = { "--theirs", NULL,
		    "Theirs counts where somebody has another name or id here, "
		    "or has what another person has there." },
		[LIMITS] = { "--limits", "FILE",
		    "Work on this instead of " AW_PATH_LIMITS "." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
