/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON that we send or print, built by json-c, never by gluing strings.
 * Errors are sticky and come out of aw_json_end().
 */
#ifndef AW_AWSSSO_NETD_JSON_H
#define AW_AWSSSO_NETD_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/outcome.h"

struct aw_json {
	struct json_object *root; /* an object */
	int error;
};

void aw_json_begin(struct aw_json *json);
/* @text may be NULL: the member is left out. */
void aw_json_put_text(struct aw_json *json, const char *name, const char *text);
void aw_json_put_number(struct aw_json *json, const char *name, int64_t value);
void aw_json_put_bool(struct aw_json *json, const char *name, bool value);
/* Takes @value; NULL is taken for "out of memory". */
void aw_json_put(
    struct aw_json *json, const char *name, struct json_object *value);

/*
 * Append the text to @ret and forget the tree; its texts are wiped, they may
 * be secrets.  Returns 0 or a negative errno.  Must be called.
 */
int aw_json_end(struct aw_json *json, struct aw_buf *ret) AW_MUST_USE;

/* Overwrite every text in @object before it is put away. */
void aw_json_wipe(struct json_object *object);

#endif
