/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger as text: a first line that says what it is, then a line for each
 * entry, its six fields with a tab between them:
 *
 *   store principal kind id name home
 *
 * kind is user, group or permission-set; home is empty but for users.  And one
 * for each name and id that a principal gave up and nobody else may have:
 *
 *   store principal "was" name
 *   store principal "had" id
 *
 * The last line counts those between: AW_IDS_FILE_END, so that a file that was
 * cut off is none.  The first format had neither, the second no last line.
 */
#ifndef AW_AWSSSO_IDS_FILE_H
#define AW_AWSSSO_IDS_FILE_H

#define AW_IDS_FILE_HEAD   "# awssso ids 3"
#define AW_IDS_FILE_END    "# end of %zu lines"
#define AW_IDS_FILE_SECOND "# awssso ids 2"
#define AW_IDS_FILE_FIRST  "# awssso ids 1"

#endif
