/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The snapshot worker: a process of its own, so that building a large
 * snapshot costs no sign-in its time.  It reads SNAP_ messages from a pipe,
 * writes one file, syncs it and ends; it knows nothing else.
 */
#ifndef AW_AWSSSOD_WORKER_H
#define AW_AWSSSOD_WORKER_H

#include "common/outcome.h"
#include "common/text.h"

#define AW_WORKER_IN   3 /* the pipe */
#define AW_WORKER_DIR  4 /* the directory of the snapshot */
#define AW_WORKER_TEMP "directory.1.new"

/*
 * Read from @in_fd to SNAP_END and write AW_WORKER_TEMP in the directory
 * @dir_fd.  Both stay open.  Returns 0 or a negative errno with @diag.
 */
int aw_worker_run(int in_fd, int dir_fd, struct aw_diag *diag) AW_MUST_USE;

#endif
