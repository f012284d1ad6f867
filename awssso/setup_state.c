/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small file of lines "key value...".
 */
#include "awssso/setup_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "awssso/replace.h"
#include "awssso/setup_tree.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/own.h"
#include "common/text.h"

#define STATE_PATH AW_SETUP_DIR "/state"
#define NO_SESSION UINT32_MAX

static const char *const words[] = {
	[AW_SETUP_NONE] = "none",
	[AW_SETUP_OPEN] = "open",
	[AW_SETUP_PENDING] = "pending",
	[AW_SETUP_DONE] = "done",
	[AW_SETUP_UNDONE] = "undone",
};

/* --- the file --------------------------------------------------------------
 */

static int take_stage(struct aw_setup_state *state, const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], word)) {
			state->stage = (enum aw_setup_stage)i;
			return 0;
		}
	return -EBADMSG;
}

static int take_process(struct aw_setup_process *process, char *pid)
{
	char *start = strchr(pid, ' ');
	uint64_t number;

	if (!start)
		return -EBADMSG;
	*start++ = '\0';
	if (aw_num_u64(pid, 1, INT32_MAX, &number) < 0 ||
	    aw_num_u64(start, 0, UINT64_MAX, &process->start) < 0)
		return -EBADMSG;
	process->pid = (int32_t)number;
	return 0;
}

static int take_line(struct aw_setup_state *state, char *line)
{
	char *value = strchr(line, ' ');
	uint64_t number = 0;

	if (!value)
		return -EBADMSG;
	*value++ = '\0';
	if (!strcmp(line, "stage"))
		return take_stage(state, value);
	if (!strcmp(line, "owner"))
		return take_process(&state->owner, value);
	if (!strcmp(line, "process"))
		return state->n_ancestors == AW_SETUP_ANCESTORS
			   ? -EBADMSG
			   : take_process(
				 &state->ancestors[state->n_ancestors++],
				 value);
	if (!strcmp(line, "unit"))
		return state->n_units == AW_SETUP_UNITS
			   ? -EBADMSG
			   : aw_copy(state->units[state->n_units++],
				 sizeof(state->units[0]), value);
	if (aw_num_u64(value, 0, INT64_MAX, &number) < 0)
		return -EBADMSG;
	if (!strcmp(line, "deadline"))
		state->deadline = (int64_t)number;
	else if (!strcmp(line, "session") && number <= UINT32_MAX)
		state->session = (uint32_t)number;
	else
		return -EBADMSG;
	return 0;
}

int aw_setup_state_read(struct aw_setup_state *ret)
{
	struct aw_setup_state state = { .session = NO_SESSION };
	char text[8192], *rest = text, *line;
	size_t len;
	int r;

	r = aw_file_read(STATE_PATH, 0, text, sizeof(text), &len);
	if (r == AW_ABSENT) {
		*ret = state;
		return 0;
	}
	while (r == 0 && (line = strsep(&rest, "\n")))
		r = *line ? take_line(&state, line) : 0;
	if (r == 0)
		*ret = state;
	return r;
}

static int fill(int fd, void *user)
{
	const struct aw_setup_state *state = user;
	struct aw_buf text = AW_BUF_INIT(8000);
	int r;

	aw_buf_fmt(&text, "stage %s\ndeadline %lld\nsession %u\n",
	    words[state->stage], (long long)state->deadline, state->session);
	if (state->owner.pid)
		aw_buf_fmt(&text, "owner %d %llu\n", state->owner.pid,
		    (unsigned long long)state->owner.start);
	for (unsigned i = 0; i < state->n_ancestors; i++)
		aw_buf_fmt(&text, "process %d %llu\n", state->ancestors[i].pid,
		    (unsigned long long)state->ancestors[i].start);
	for (unsigned i = 0; i < state->n_units; i++)
		aw_buf_fmt(&text, "unit %s\n", state->units[i]);
	r = aw_buf_error(&text);
	if (r == 0)
		r = aw_file_write(fd, aw_buf_text(&text), text.len);
	aw_buf_done(&text);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

int aw_setup_state_write(const struct aw_setup_state *state)
{
	struct aw_setup_state copy = *state;
	aw_own_fd int dir = -1;
	int r;

	r = aw_replace(STATE_PATH, fill, &copy);
	if (r < 0)
		return r;
	dir = open(AW_SETUP_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 || fsync(dir) < 0 ? -errno : 0;
}

/* --- who asks --------------------------------------------------------------
 */

static uint32_t session_of_mine(void)
{
	aw_own_fd int fd = open("/proc/self/sessionid", O_RDONLY | O_CLOEXEC);
	char text[32];
	uint64_t number;
	const ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return NO_SESSION;
	text[n] = '\0';
	return aw_num_u64(text, 0, UINT32_MAX, &number) < 0 ? NO_SESSION
							    : (uint32_t)number;
}

struct process {
	struct aw_setup_process is;
	int32_t parent;
	bool has_terminal;
};

/* The name, field 2 of /proc/PID/stat, may hold anything: what counts begins
 * behind its last parenthesis.  0 or a negative errno. */
static int read_process(int32_t pid, struct process *ret)
{
	char path[40], text[1024], *rest, *word;
	aw_own_fd int fd = -1;
	uint64_t number;
	ssize_t n;

	*ret = (struct process){ .is.pid = pid };
	aw_ignore(aw_fmt(path, sizeof(path), "/proc/%d/stat", pid));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return -ESRCH;
	text[n] = '\0';
	rest = strrchr(text, ')');
	if (!rest)
		return -EBADMSG;
	rest += 2;
	for (int field = 3; field <= 22; field++) {
		word = strsep(&rest, " ");
		if (!word)
			return -EBADMSG;
		if (field == 7)
			ret->has_terminal = strcmp(word, "0") != 0;
		if (field != 4 && field != 22)
			continue;
		if (aw_num_u64(word, 0, UINT64_MAX, &number) < 0)
			return -EBADMSG;
		if (field == 4)
			ret->parent = (int32_t)number;
		else
			ret->is.start = number;
	}
	return 0;
}

typedef bool visit_fn(const struct process *process, void *user);

/* Visit our ancestors, from ourselves up, until @visit says so: true. */
static bool visit_ancestors(visit_fn *visit, void *user)
{
	struct process process;

	for (int32_t pid = getpid(); pid > 1; pid = process.parent) {
		if (read_process(pid, &process) < 0)
			return false;
		if (visit(&process, user))
			return true;
	}
	return false;
}

static bool note(const struct process *process, void *user)
{
	struct aw_setup_state *state = user;

	if (process->has_terminal && state->n_ancestors < AW_SETUP_ANCESTORS)
		state->ancestors[state->n_ancestors++] = process->is;
	return false;
}

void aw_setup_state_note(struct aw_setup_state *state)
{
	struct process mine;

	state->session = session_of_mine();
	state->n_ancestors = 0;
	if (read_process(getpid(), &mine) == 0)
		state->owner = mine.is;
	(void)visit_ancestors(note, state);
}

bool aw_setup_state_is_owned(const struct aw_setup_state *state)
{
	struct process now;

	return state->owner.pid > 0 &&
	       read_process(state->owner.pid, &now) == 0 &&
	       now.is.start == state->owner.start;
}

static bool is_noted(const struct process *process, void *user)
{
	const struct aw_setup_state *state = user;

	for (unsigned i = 0; i < state->n_ancestors; i++)
		if (state->ancestors[i].pid == process->is.pid &&
		    state->ancestors[i].start == process->is.start)
			return true;
	return false;
}

bool aw_setup_state_is_new_login(const struct aw_setup_state *state)
{
	struct aw_setup_state copy = *state;
	const uint32_t mine = session_of_mine();

	if (mine != NO_SESSION && state->session != NO_SESSION &&
	    mine == state->session)
		return false;
	return !visit_ancestors(is_noted, &copy);
}
