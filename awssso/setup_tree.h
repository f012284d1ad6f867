/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of the host that awssso setup changes.  They are copied to a place
 * of their own first (the stage), edited there, shown as a diff, tried in a
 * private mount namespace, and only then put in their places, each as a whole.
 *
 * Before that, what was there is kept beside the stage.  So there is a way back
 * from every point:
 *
 *   /var/lib/awssso/setup/state    what setup is at (setup_state.h)
 *                         stage/   the files as they are to be
 *                         was/     those among them that were there, as they
 *                                  were
 *                         changes  their paths, one a line; "+" before those
 *                                  that were not there
 *
 * Everything is root's, mode 0700.
 */
#ifndef AW_AWSSSO_SETUP_TREE_H
#define AW_AWSSSO_SETUP_TREE_H

#include <stdbool.h>

#include "common/buf.h"

#define AW_SETUP_DIR      "/var/lib/awssso/setup"
#define AW_SETUP_FILES    32
#define AW_SETUP_FILE_MAX (256u << 10)

/* A new, empty stage; what an earlier one left goes.  All functions: 0 or a
 * negative errno, unless they say more. */
int aw_tree_new(void) AW_MUST_USE;

/* Copy the file or the folder (of files) at @path to the stage; AW_ABSENT when
 * it is not there. */
int aw_tree_take(const char *path) AW_MUST_USE;

/* Read a staged file's text into @ret; AW_ABSENT when there is none. */
int aw_tree_read(const char *path, struct aw_buf *ret) AW_MUST_USE;

/* Write a staged file; a new one is root's, of mode @mode. */
int aw_tree_write(
    const char *path, const struct aw_buf *text, unsigned mode) AW_MUST_USE;

/* What is different; nsswitch.conf last, so that nobody has a name here before
 * PAM asks about them. */
struct aw_tree_changes {
	unsigned n;
	struct aw_tree_change {
		char path[256];
		bool is_new;
	} list[AW_SETUP_FILES];
};

/* Compare the staged files with the host's. */
int aw_tree_compare(struct aw_tree_changes *ret) AW_MUST_USE;

/* Print the difference as diff -u does. */
int aw_tree_show(const struct aw_tree_changes *changes) AW_MUST_USE;

/* Keep what is there, on disk, so that aw_tree_restore() can bring it back. */
int aw_tree_keep(const struct aw_tree_changes *changes) AW_MUST_USE;

/* Put the staged files in their places. */
int aw_tree_install(const struct aw_tree_changes *changes) AW_MUST_USE;

/*
 * Bring back what aw_tree_keep() kept, in the other order.  What is no longer
 * as it was installed stays, unless @all, and *@left grows by it.  Goes on
 * after an error, and returns the first one.  Says what it does; 0 also when
 * nothing was kept.
 */
int aw_tree_restore(bool all, unsigned *left) AW_MUST_USE;

/* Mount the staged @path over the host's, in a mount namespace of the caller's
 * own; nothing when it is not staged. */
int aw_tree_mount(const char *path) AW_MUST_USE;

#endif
