/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output for people (aligned, coloured on a terminal only) and for programs
 * (JSON; keys are only ever added).
 */
#ifndef AW_AWSSSO_PRINT_H
#define AW_AWSSSO_PRINT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"

enum aw_colour {
	AW_PLAIN,
	AW_GOOD,
	AW_WARN,
	AW_BAD,
};

/* What turns @colour on, and off again: "" unless standard output is a terminal
 * and NO_COLOR is not set. */
const char *aw_print_on(enum aw_colour colour);
const char *aw_print_off(enum aw_colour colour);

/* One line "label    text". */
void aw_print_row(const char *label, enum aw_colour colour, const char *fmt,
    ...) AW_PRINTF(3, 4);

/* @seconds in words, "2 h 5 min", into @buf; returns @buf. */
const char *aw_print_span(char *buf, size_t size, uint64_t seconds);

/* @seconds since the epoch as local time, into @buf; returns @buf. */
const char *aw_print_time(char *buf, size_t size, uint64_t seconds);

/* Members of a JSON object; running out of memory ends the program. */
void aw_json_text(
    struct json_object *object, const char *key, const char *text);
void aw_json_number(
    struct json_object *object, const char *key, uint64_t number);
void aw_json_bool(struct json_object *object, const char *key, int value);
struct json_object *aw_json_object(void);
/* A new array as the member @key of @object (NULL: of nothing). */
struct json_object *aw_json_array(struct json_object *object, const char *key);
void aw_json_append(struct json_object *array, struct json_object *item);

/* For aw_own(). */
void aw_json_done(struct json_object **object);

/* Print @object as one JSON text and let it go. */
void aw_json_print(struct json_object *object);

#endif
