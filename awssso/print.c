/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printing.  Whatever a daemon or a directory chose goes through
 * aw_text_escape() or is known to be clean before it gets here.
 */
#include "awssso/print.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "awssso/command.h"
#include "common/text.h"

#define LABEL_WIDTH 16

static bool is_coloured(enum aw_colour colour)
{
	const char *no = secure_getenv("NO_COLOR");

	return colour != AW_PLAIN && (!no || !*no) && isatty(STDOUT_FILENO);
}

const char *aw_print_on(enum aw_colour colour)
{
	static const char *const codes[] = { "", "\033[32m", "\033[33m",
		"\033[1;31m" };

	return is_coloured(colour) ? codes[colour] : "";
}

const char *aw_print_off(enum aw_colour colour)
{
	return is_coloured(colour) ? "\033[0m" : "";
}

void aw_print_row(
    const char *label, enum aw_colour colour, const char *fmt, ...)
{
	va_list args;

	printf("%-*s%s", LABEL_WIDTH, label, aw_print_on(colour));
	va_start(args, fmt);
	(void)vprintf(fmt, args);
	va_end(args);
	printf("%s\n", aw_print_off(colour));
}

const char *aw_print_span(char *buf, size_t size, uint64_t seconds)
{
	const unsigned long long s = seconds;
	int r;

	if (s < 60)
		r = aw_fmt(buf, size, "%llu s", s);
	else if (s < 3600)
		r = aw_fmt(buf, size, "%llu min", s / 60);
	else if (s < 86400)
		r = aw_fmt(
		    buf, size, "%llu h %llu min", s / 3600, s % 3600 / 60);
	else
		r = aw_fmt(
		    buf, size, "%llu d %llu h", s / 86400, s % 86400 / 3600);
	return r < 0 ? "?" : buf;
}

const char *aw_print_time(char *buf, size_t size, uint64_t seconds)
{
	const time_t when = (time_t)seconds;
	struct tm tm;

	if (!localtime_r(&when, &tm) ||
	    strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return "?";
	return buf;
}

static struct json_object *made(struct json_object *object)
{
	if (!object) {
		(void)aw_complain("out of memory", NULL);
		exit(AW_EXIT_FAILED);
	}
	return object;
}

static void add(
    struct json_object *object, const char *key, struct json_object *value)
{
	if (json_object_object_add(object, key, made(value)) < 0)
		(void)made(NULL);
}

void aw_json_text(struct json_object *object, const char *key, const char *text)
{
	add(object, key, json_object_new_string(text ? text : ""));
}

void aw_json_number(
    struct json_object *object, const char *key, uint64_t number)
{
	add(object, key, json_object_new_uint64(number));
}

void aw_json_bool(struct json_object *object, const char *key, int value)
{
	add(object, key, json_object_new_boolean(value));
}

struct json_object *aw_json_object(void)
{
	return made(json_object_new_object());
}

struct json_object *aw_json_array(struct json_object *object, const char *key)
{
	struct json_object *array = made(json_object_new_array());

	if (object)
		add(object, key, array);
	return array;
}

void aw_json_append(struct json_object *array, struct json_object *item)
{
	if (json_object_array_add(array, item) < 0)
		(void)made(NULL);
}

void aw_json_print(struct json_object *object)
{
	printf("%s\n",
	    json_object_to_json_string_ext(object,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

void aw_json_done(struct json_object **object)
{
	json_object_put(*object);
}
