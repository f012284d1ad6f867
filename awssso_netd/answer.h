/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON answers by tables.  Every field that we use stands in a table
 * with its type, whether it must be there and how large it may be; anything
 * else fails with a sentence that names operation and field, such as
 *
 *	ListUsers: Users[3].UserId: missing
 *
 * One parser, one view of the text: what was checked is what is used.
 */
#ifndef AW_AWSSSO_NETD_ANSWER_H
#define AW_AWSSSO_NETD_ANSWER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"

enum aw_field_kind {
	AW_FIELD_TEXT,   /* const char *: clean UTF-8, not empty */
	AW_FIELD_LOOSE,  /* const char *: for people; anything but NUL */
	AW_FIELD_NUMBER, /* int64_t, not negative */
	AW_FIELD_OBJECT, /* struct json_object * */
	AW_FIELD_LIST,   /* struct json_object *, of objects */
	AW_FIELD_TEXTS,  /* struct json_object *, of texts, up to 2 KiB each */
	AW_FIELD_ANY,    /* struct json_object *, whatever it is */
};

struct aw_field {
	const char *name;
	enum aw_field_kind kind;
	bool required;
	int64_t max;   /* bytes, value, elements; not of OBJECT, ANY */
	size_t offset; /* of the result in the caller's struct */
};

#define AW_FIELD(type, member, name, kind, required, max)         \
	{                                                         \
		name, kind, required, max, offsetof(type, member) \
	}

/* Where an object stands: "Users[3].MemberId", innermost first. */
struct aw_place {
	const struct aw_place *up; /* NULL: the answer itself */
	const char *name;          /* of the operation when @up is NULL */
	int64_t index;             /* -1: not an element of a list */
};

/* Set @diag to "OPERATION: PLACE.FIELD: @what" (@field may be NULL).  Returns
 * -EBADMSG, so that it can be returned at once. */
int aw_answer_bad(const struct aw_place *place, const char *field,
    const char *what, struct aw_diag *diag);

/* @r; if that is -EBADMSG, @diag says on which page of a list (from 1). */
int aw_answer_on_page(int r, uint64_t page, struct aw_diag *diag);

/*
 * Parse @text, the whole of which must be one JSON object, not nested deeper
 * than 16.  Returns 0 with *@ret to be put, -EBADMSG with @diag or -ENOMEM.
 */
int aw_answer_parse(const struct aw_place *place, const char *text, size_t len,
    struct json_object **ret, struct aw_diag *diag) AW_MUST_USE;

/*
 * Read the @n @fields of @object into the struct at @ret (results are borrowed
 * from @object).  A field that is absent, null or an empty text, and not
 * required, leaves its place in @ret alone: zero it first.  Returns 0 or
 * -EBADMSG with @diag; @ret is then not to be used.
 */
int aw_answer_read(const struct aw_place *place, struct json_object *object,
    const struct aw_field *fields, size_t n, void *ret,
    struct aw_diag *diag) AW_MUST_USE;

#endif
