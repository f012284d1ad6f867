/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader of passwd and group files: name is field 0; the ids are field 2
 * and, in passwd, field 3.
 */
#include "awsssod/local.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/own.h"
#include "common/text.h"

static void file_done(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static int take_id(struct aw_state *state, const char *text)
{
	uint64_t id;

	if (aw_num_u64(text, 0, UINT32_MAX, &id) != 0)
		return 0;
	return aw_state_run(state, AW_Q_LOCAL_ID, "i", (int64_t)id);
}

static int take_line(struct aw_state *state, char *line, size_t n_ids)
{
	char *field[4] = { NULL };
	char *rest = line;
	int r;

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < 4 && rest; i++)
		field[i] = strsep(&rest, ":");
	/* NIS entries ("+name") and comments name nobody. */
	if (!field[2] || !field[0][0] || strchr("+-#", field[0][0]))
		return 0;
	r = aw_state_run(state, AW_Q_LOCAL_NAME, "s", field[0]);
	for (size_t i = 0; r == 0 && i < n_ids; i++)
		if (field[2 + i])
			r = take_id(state, field[2 + i]);
	return r;
}

static int read_file(struct aw_state *state, const char *path, size_t n_ids)
{
	aw_own(file_done) FILE *file = fopen(path, "re");
	aw_own_free char *line = NULL;
	size_t size = 0;
	int r = 0;

	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0 && getline(&line, &size, file) >= 0)
		r = take_line(state, line, n_ids);
	if (r == 0 && ferror(file))
		r = -EIO;
	return r;
}

int aw_local_read(struct aw_state *state, const char *passwd, const char *group)
{
	int r;

	if ((r = aw_state_run(state, AW_Q_LOCAL_NAMES_CLEAR, "")) != 0 ||
	    (r = aw_state_run(state, AW_Q_LOCAL_IDS_CLEAR, "")) != 0 ||
	    (r = read_file(state, passwd, 2)) != 0 ||
	    (r = read_file(state, group, 1)) != 0)
		return r;
	return 0;
}
