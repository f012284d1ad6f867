/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctl.sock: the ledger as administrators see it.
 */
#ifndef AW_AWSSSOD_IDS_H
#define AW_AWSSSOD_IDS_H

#include "awsssod/server.h"

/*
 * Answer SKIPPED or IDS with one page of the list, from where @in says.  Who is
 * skipped comes first, then the lines of [local_groups] that mean no group.
 */
void aw_ids_list(struct aw_conn *conn, const struct aw_wire_in *in);

/* Answer IDS_ADOPT, IDS_RENAME: all of it takes effect, or nothing. */
void aw_ids_adopt(struct aw_conn *conn, const struct aw_wire_in *in);
void aw_ids_rename(struct aw_conn *conn, const struct aw_wire_in *in);

/*
 * Answer IDS_IMPORT: every record of its memfd is in the ledger afterwards, or
 * nothing has changed and each one that stood in the way is told.  A principal
 * that is not known is one that has left, until a sweep brings it.
 */
void aw_ids_import(struct aw_conn *conn, const struct aw_wire_in *in);

#endif
