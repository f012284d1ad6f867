/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of the pages that people see: one style, no outside resource.
 */
#ifndef AW_IDCSIM_HTML_H
#define AW_IDCSIM_HTML_H

#include "tests/idcsim/call.h"

/* Begin a page in @call's body with @title as its heading; it is for @kind:
 * "card" (one thing to do) or "board". */
void aw_sim_html_begin(struct aw_sim_call *call, unsigned status,
    const char *title, const char *kind);
void aw_sim_html_end(struct aw_sim_call *call);

/* <input type=hidden name=@name value=@value> */
void aw_sim_html_hidden(
    struct aw_buf *out, const char *name, const char *value);

/* "303 See Other" to @location. */
void aw_sim_html_redirect(struct aw_sim_call *call, const char *location);

#endif
