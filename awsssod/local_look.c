/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stat of each file, and what a sweep does about the host's accounts when one
 * is another than before.
 */
#include "awsssod/local_look.h"

#include <string.h>

#include "awsssod/daemon.h"
#include "awsssod/local.h"
#include "awsssod/log.h"

#define TOLD 20 /* of whom it is said, one by one */

/* All zero for a file that is not there. */
static bool has_changed(const char *path, struct stat *seen)
{
	const struct stat before = *seen;

	if (stat(path, seen) < 0)
		*seen = (struct stat){ .st_ino = 0 };
	return seen->st_ino != before.st_ino || seen->st_dev != before.st_dev ||
	       seen->st_size != before.st_size ||
	       seen->st_mtim.tv_sec != before.st_mtim.tv_sec ||
	       seen->st_mtim.tv_nsec != before.st_mtim.tv_nsec;
}

static bool have_changed(struct aw_daemon *daemon)
{
	const struct aw_local_files *files = &daemon->settings.local;
	const char *const paths[AW_LOCAL_FILES] = { files->passwd, files->group,
		files->subuid, files->subgid };
	bool found = false;

	for (size_t i = 0; i < AW_LOCAL_FILES; i++)
		found |= has_changed(paths[i], &daemon->local_seen[i]);
	return found;
}

static int tell(struct aw_state *state)
{
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(state, AW_Q_LOCAL_NEWS, &row, "i", (int64_t)TOLD);
	while (r == 0) {
		const char *why;

		r = aw_state_next(state, row);
		if (r != 0)
			break;
		why = aw_state_text(row, 1);
		aw_log(LOG_NOTICE,
		    "accounts of this host have changed: %s %s%s",
		    aw_state_text(row, 0),
		    *why ? "is not shown any more: " : "is shown again", why);
	}
	return r == AW_END ? 0 : r;
}

/* As a sweep does it; who has no name yet is given one by a sweep only. */
static int judge_anew(struct aw_daemon *daemon, bool *ret_changed)
{
	struct aw_state *state = &daemon->state;
	int r;

	if ((r = aw_local_read(state, &daemon->settings.local)) != 0 ||
	    (r = tell(state)) != 0 ||
	    (r = aw_state_run(state, AW_Q_SKIP_LOCAL, "")) != 0)
		return r;
	*ret_changed = aw_state_changes(state) > 0;
	return *ret_changed ? aw_state_run(state, AW_Q_GENERATION_NEXT, "") : 0;
}

static int change(struct aw_daemon *daemon, bool *ret_changed)
{
	struct aw_state *state = &daemon->state;
	int r;

	r = aw_state_begin(state);
	if (r == 0)
		r = judge_anew(daemon, ret_changed);
	if (r == 0)
		r = aw_state_commit(state);
	if (r != 0)
		aw_state_rollback(state);
	return r;
}

void aw_local_look(struct aw_daemon *daemon)
{
	bool is_another = false;
	int r;

	if (daemon->state.broken || !have_changed(daemon))
		return;
	r = change(daemon, &is_another);
	if (r < 0) {
		aw_log(LOG_WARNING,
		    "the accounts of this host cannot be "
		    "compared with the directory: %s",
		    strerror(-r));
		memset(daemon->local_seen, 0, sizeof(daemon->local_seen));
	} else if (is_another) {
		aw_publish_soon(&daemon->publish);
	}
	aw_publish_if_stale(&daemon->publish);
}
