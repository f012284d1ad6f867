/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking after the host's own files of accounts between sweeps: a name or an
 * id that one of them takes is not the directory's any more (R17), and the
 * groups of [local_groups] may have moved.
 */
#ifndef AW_AWSSSOD_LOCAL_LOOK_H
#define AW_AWSSSOD_LOCAL_LOOK_H

#define AW_LOCAL_FILES 4

struct aw_daemon;

/*
 * If any of them has changed since this was last called: stop showing whom the
 * host has an account, group or range of its own for, show again whom it no
 * longer has one for, say so in the log, and publish.  Who never had a name
 * because of one waits for a sweep.  What fails is tried
 * again with the next call.
 */
void aw_local_look(struct aw_daemon *daemon);

#endif
