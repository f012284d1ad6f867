/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader of passwd, group and subordinate-id files: name is field 0; the ids
 * are field 2 and, in passwd, field 3; a range is fields 1 and 2.
 */
#include "awsssod/local.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/own.h"
#include "common/text.h"

#define FIELDS 6

struct reader;
typedef int take_fn(struct reader *reader, char *field[FIELDS]);

struct reader {
	struct aw_state *state;
	size_t n_ids;
	const char *name; /* whom to find, or not */
	uint32_t uid;
	struct aw_local_account *account;
	char *holder;
};

static void file_done(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static bool is_number(const char *text, uint64_t *ret)
{
	return text && aw_num_u64(text, 0, UINT32_MAX, ret) == 0;
}

static int take_account(struct reader *reader, char *field[FIELDS])
{
	uint64_t id;
	int r;

	r = aw_state_run(reader->state, AW_Q_LOCAL_NAME, "s", field[0]);
	for (size_t i = 0; r == 0 && i < reader->n_ids; i++)
		if (is_number(field[2 + i], &id))
			r = aw_state_run(
			    reader->state, AW_Q_LOCAL_ID, "i", (int64_t)id);
	return r;
}

static int take_range(struct reader *reader, char *field[FIELDS])
{
	uint64_t first, count;

	if (!is_number(field[1], &first) || !is_number(field[2], &count) ||
	    count == 0)
		return 0;
	return aw_state_run(reader->state, AW_Q_LOCAL_RANGE, "ii",
	    (int64_t)(first + count - 1), (int64_t)first);
}

/* AW_END ends the reading. */
static int take_if_it_is(struct reader *reader, char *field[FIELDS])
{
	struct aw_local_account *ret = reader->account;
	uint64_t uid;

	if (!is_number(field[2], &uid))
		return 0;
	if (reader->name ? strcmp(reader->name, field[0]) != 0
			 : uid != reader->uid)
		return 0;
	if (aw_copy(ret->name, sizeof(ret->name), field[0]) < 0)
		ret->name[0] = '\0';
	if (!field[5] || aw_copy(ret->home, sizeof(ret->home), field[5]) < 0)
		ret->home[0] = '\0';
	ret->uid = (uint32_t)uid;
	return AW_END;
}

/* AW_END ends the reading: it is another's. */
static int take_other(struct reader *reader, char *field[FIELDS])
{
	uint64_t id;

	for (size_t i = 0; i < reader->n_ids; i++)
		if (is_number(field[2 + i], &id) && id == reader->uid &&
		    strcmp(field[0], reader->name) != 0) {
			(void)aw_text_escape(
			    reader->holder, AW_LOCAL_HOLDER_SIZE, field[0]);
			return AW_END;
		}
	return 0;
}

static int take_line(struct reader *reader, char *line, take_fn *take)
{
	char *field[FIELDS] = { NULL };
	char *rest = line;

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < FIELDS && rest; i++)
		field[i] = strsep(&rest, ":");
	/* NIS entries ("+name") and comments name nobody. */
	if (!field[2] || !field[0][0] || strchr("+-#", field[0][0]))
		return 0;
	return take(reader, field);
}

static int read_file(struct reader *reader, const char *path, take_fn *take)
{
	aw_own(file_done) FILE *file = fopen(path, "re");
	aw_own_free char *line = NULL;
	size_t size = 0;
	int r = 0;

	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0 && getline(&line, &size, file) >= 0)
		r = take_line(reader, line, take);
	if (r == 0 && ferror(file))
		r = -EIO;
	return r;
}

int aw_local_read(struct aw_state *state, const struct aw_local_files *files)
{
	struct reader reader = { .state = state, .n_ids = 2 };
	int r;

	if ((r = aw_state_run(state, AW_Q_LOCAL_NAMES_CLEAR, "")) != 0 ||
	    (r = aw_state_run(state, AW_Q_LOCAL_IDS_CLEAR, "")) != 0 ||
	    (r = aw_state_run(state, AW_Q_LOCAL_RANGES_CLEAR, "")) != 0 ||
	    (r = read_file(&reader, files->passwd, take_account)) != 0 ||
	    (r = read_file(&reader, files->subuid, take_range)) != 0 ||
	    (r = read_file(&reader, files->subgid, take_range)) != 0)
		return r;
	reader.n_ids = 1;
	return read_file(&reader, files->group, take_account);
}

int aw_local_find(const char *path, const char *name, uint32_t uid,
    struct aw_local_account *ret)
{
	struct aw_local_account account;
	struct reader reader = {
		.name = name, .uid = uid, .account = &account
	};
	const int r = read_file(&reader, path, take_if_it_is);

	if (r == 0)
		return AW_ABSENT;
	if (r != AW_END)
		return r;
	*ret = account;
	return 0;
}

int aw_local_other(const struct aw_local_files *files, uint32_t id,
    const char *name, char holder[AW_LOCAL_HOLDER_SIZE])
{
	struct reader reader = {
		.n_ids = 2, .name = name, .uid = id, .holder = holder
	};
	int r;

	r = read_file(&reader, files->passwd, take_other);
	reader.n_ids = 1;
	if (r == 0)
		r = read_file(&reader, files->group, take_other);
	if (r == 0)
		return AW_ABSENT;
	return r == AW_END ? 0 : r;
}
