/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers in the exact shape of each of AWS's dialects.
 */
#ifndef AW_IDCSIM_ANSWER_H
#define AW_IDCSIM_ANSWER_H

#include "common/outcome.h"
#include "tests/idcsim/call.h"

struct json_object;

/* Answer with @doc (taken, put), status 200. */
void aw_sim_answer_json(struct aw_sim_call *call, struct json_object *doc);

/* Answer with plain @text, status 200. */
void aw_sim_answer_text(struct aw_sim_call *call, const char *text);

/*
 * Answer with an error: @code as the dialect of @call's service spells it,
 * @message for a person.
 */
void aw_sim_error(struct aw_sim_call *call, unsigned status, const char *code,
    const char *message);

/* The same with @doc (taken, put), into which code and message go. */
void aw_sim_error_with(struct aw_sim_call *call, unsigned status,
    const char *code, const char *message, struct json_object *doc);

/* What every service answers alike, with its own codes. */
void aw_sim_error_internal(struct aw_sim_call *call, unsigned status);
void aw_sim_error_throttled(struct aw_sim_call *call);
void aw_sim_error_denied(struct aw_sim_call *call);
void aw_sim_error_expired(struct aw_sim_call *call);

/* The dialect's name for an operation that does not exist. */
void aw_sim_error_unknown(struct aw_sim_call *call);

/* @text, fit for XML and HTML, text and attribute. */
void aw_sim_escape(struct aw_buf *out, const char *text);

#endif
