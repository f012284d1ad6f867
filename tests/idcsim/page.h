/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of the access portal that a person opens to let a client in.
 */
#ifndef AW_IDCSIM_PAGE_H
#define AW_IDCSIM_PAGE_H

#include "tests/idcsim/call.h"

/* The board's operations, for the table of pages in page.c. */
void aw_sim_board_show(struct aw_sim_call *call);
void aw_sim_board_live(struct aw_sim_call *call);
void aw_sim_board_change(struct aw_sim_call *call);

#endif
