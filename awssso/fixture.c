/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a fixture.  Every field is checked where it is read; what is wrong
 * with one is said with its path.
 */
#include "awssso/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/own.h"
#include "common/snapshot.h"

#define FIXTURE_MAX  ((size_t)1 << 30)
#define DISPLAY_MAX  4096
#define READ_AT_ONCE 65536

/* Which entry of which list is being read, for messages. */
struct place {
	const char *list;
	size_t index;
};

static int wrong(struct aw_diag *diag, const struct place *place,
    const char *field, const char *what)
{
	if (place)
		aw_diag_set(diag, "%s[%zu]%s%s: %s", place->list, place->index,
		    *field ? "." : "", field, what);
	else
		aw_diag_set(diag, "%s: %s", field, what);
	return -EINVAL;
}

static int read_file(const char *path, struct aw_buf *buf)
{
	aw_own_free char *part = malloc(READ_AT_ONCE);
	aw_own_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (!part)
		return -ENOMEM;
	if (fd < 0)
		return -errno;
	while ((n = read(fd, part, READ_AT_ONCE)) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			aw_buf_add(buf, part, (size_t)n);
		if (aw_buf_error(buf) < 0)
			return aw_buf_error(buf);
	}
	return 0;
}

static size_t line_of(const char *text, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static int parse(
    const struct aw_buf *buf, struct json_object **ret, struct aw_diag *diag)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root;
	enum json_tokener_error error;
	size_t at;

	if (!tokener)
		return -ENOMEM;
	json_tokener_set_flags(
	    tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, aw_buf_text(buf), (int)buf->len);
	error = json_tokener_get_error(tokener);
	at = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (error == json_tokener_success &&
	    at + strspn(aw_buf_text(buf) + at, " \t\r\n") != buf->len)
		error = json_tokener_error_parse_unexpected;
	if (error == json_tokener_success &&
	    json_object_is_type(root, json_type_object)) {
		*ret = root;
		return 0;
	}
	json_object_put(root);
	aw_diag_set(diag, "line %zu: %s", line_of(aw_buf_text(buf), at),
	    error == json_tokener_success    ? "not a JSON object"
	    : error == json_tokener_continue ? "the file ends too early"
					     : json_tokener_error_desc(error));
	return -EINVAL;
}

/* The string @field of @object; "" when it is not there and need not be. */
static int text_of(struct json_object *object, const struct place *place,
    const char *field, bool required, size_t max, const char **ret,
    struct aw_diag *diag)
{
	struct json_object *value;
	const char *text;
	size_t len;

	*ret = "";
	if (!json_object_object_get_ex(object, field, &value))
		return required ? wrong(diag, place, field, "missing") : 0;
	if (!json_object_is_type(value, json_type_string))
		return wrong(diag, place, field, "must be a string");
	text = json_object_get_string(value);
	len = (size_t)json_object_get_string_len(value);
	if (required && len == 0)
		return wrong(diag, place, field, "is empty");
	if (len > max)
		return wrong(diag, place, field, "too long");
	if (!aw_text_is_clean(text, len))
		return wrong(diag, place, field, "holds a control character");
	*ret = text;
	return 0;
}

static int list_of(struct json_object *object, const struct place *place,
    const char *field, bool required, struct json_object **ret,
    struct aw_diag *diag)
{
	struct json_object *value;

	*ret = NULL;
	if (!json_object_object_get_ex(object, field, &value))
		return required ? wrong(diag, place, field, "missing") : 0;
	if (!json_object_is_type(value, json_type_array))
		return wrong(diag, place, field, "must be a list");
	*ret = value;
	return 0;
}

static int read_user(struct json_object *object, const struct place *place,
    struct aw_principal *ret, struct aw_diag *diag)
{
	const char *status;
	int r;

	if ((r = text_of(object, place, "UserId", true, AW_PRINCIPAL_MAX,
		 &ret->id, diag)) < 0 ||
	    (r = text_of(object, place, "UserName", true, AW_USER_NAME_MAX,
		 &ret->label, diag)) < 0 ||
	    (r = text_of(object, place, "DisplayName", false, DISPLAY_MAX,
		 &ret->display, diag)) < 0 ||
	    (r = text_of(
		 object, place, "UserStatus", false, 32, &status, diag)) < 0)
		return r;
	if (*status && strcmp(status, "ENABLED") && strcmp(status, "DISABLED"))
		return wrong(
		    diag, place, "UserStatus", "must be ENABLED or DISABLED");
	ret->disabled = !strcmp(status, "DISABLED");
	return 0;
}

static int read_group(struct json_object *object, const struct place *place,
    struct aw_principal *ret, struct aw_diag *diag)
{
	int r;

	if ((r = text_of(object, place, "GroupId", true, AW_PRINCIPAL_MAX,
		 &ret->id, diag)) < 0 ||
	    (r = text_of(object, place, "DisplayName", true, DISPLAY_MAX,
		 &ret->label, diag)) < 0)
		return r;
	return list_of(object, place, "Members", false, &ret->members, diag);
}

typedef int read_fn(struct json_object *object, const struct place *place,
    struct aw_principal *ret, struct aw_diag *diag);

static int read_list(struct json_object *root, const char *field,
    read_fn *read_one, struct aw_principal **ret, size_t *ret_n,
    struct aw_diag *diag)
{
	struct json_object *list;
	size_t n;
	int r;

	r = list_of(root, NULL, field, true, &list, diag);
	if (r < 0)
		return r;
	n = json_object_array_length(list);
	*ret = calloc(n + 1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	for (size_t i = 0; i < n && r == 0; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		const struct place place = { field, i };

		r = json_object_is_type(one, json_type_object)
			? read_one(one, &place, &(*ret)[i], diag)
			: wrong(diag, &place, "", "must be an object");
	}
	*ret_n = n;
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct aw_principal *const *x = a;
	const struct aw_principal *const *y = b;
	const int order = strcmp((*x)->id, (*y)->id);

	return order ? order : (*x > *y) - (*x < *y);
}

/* Sort the @n entries at @all by id; two with one id are an error. */
static int sort(struct aw_principal *all, size_t n, const char *list,
    const char *field, struct aw_principal ***ret, struct aw_diag *diag)
{
	aw_own_free struct aw_principal **sorted =
	    calloc(n + 1, sizeof(struct aw_principal *));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &all[i];
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(sorted[i - 1]->id, sorted[i]->id)) {
			aw_diag_set(diag, "%s[%zu].%s: the same as %s[%zu].%s",
			    list, (size_t)(sorted[i] - all), field, list,
			    (size_t)(sorted[i - 1] - all), field);
			return -EINVAL;
		}
	*ret = aw_take_ptr(sorted);
	return 0;
}

struct aw_principal *aw_fixture_user(
    const struct aw_fixture *fixture, const char *id)
{
	const struct aw_principal key = { .id = id };
	size_t low = 0;
	size_t high = fixture->n_users;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(key.id, fixture->by_id[middle]->id);

		if (order == 0)
			return fixture->by_id[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int check_members(const struct aw_fixture *fixture, struct aw_diag *diag)
{
	for (size_t i = 0; i < fixture->n_groups; i++) {
		struct json_object *list = fixture->groups[i].members;
		const size_t n = list ? json_object_array_length(list) : 0;

		for (size_t k = 0; k < n; k++) {
			struct json_object *one =
			    json_object_array_get_idx(list, k);

			if (json_object_is_type(one, json_type_string) &&
			    aw_fixture_user(
				fixture, json_object_get_string(one)))
				continue;
			aw_diag_set(diag,
			    "groups[%zu].Members[%zu]: is no UserId of users",
			    i, k);
			return -EINVAL;
		}
	}
	return 0;
}

static int read_all(
    const char *path, struct aw_fixture *fixture, struct aw_diag *diag)
{
	aw_own(aw_buf_done) struct aw_buf buf = AW_BUF_INIT(FIXTURE_MAX);
	aw_own_free struct aw_principal **groups = NULL;
	int r;

	r = read_file(path, &buf);
	if (r < 0) {
		aw_diag_set(diag, "%s", strerrordesc_np(-r));
		return r;
	}
	if ((r = parse(&buf, &fixture->root, diag)) < 0 ||
	    (r = text_of(fixture->root, NULL, "identity_store_id", true,
		 AW_STORE_SIZE - 1, &fixture->store_id, diag)) < 0 ||
	    (r = read_list(fixture->root, "users", read_user, &fixture->users,
		 &fixture->n_users, diag)) < 0 ||
	    (r = read_list(fixture->root, "groups", read_group,
		 &fixture->groups, &fixture->n_groups, diag)) < 0 ||
	    (r = sort(fixture->users, fixture->n_users, "users", "UserId",
		 &fixture->by_id, diag)) < 0 ||
	    (r = sort(fixture->groups, fixture->n_groups, "groups", "GroupId",
		 &groups, diag)) < 0)
		return r;
	return check_members(fixture, diag);
}

int aw_fixture_read(
    const char *path, struct aw_fixture *ret, struct aw_diag *diag)
{
	struct aw_fixture fixture = { 0 };
	int r;

	r = read_all(path, &fixture, diag);
	if (r < 0) {
		if (!diag->text[0])
			aw_diag_set(diag, "%s", strerrordesc_np(-r));
		aw_fixture_done(&fixture);
		return r;
	}
	*ret = fixture;
	return 0;
}

void aw_fixture_done(struct aw_fixture *fixture)
{
	free(fixture->users);
	free(fixture->groups);
	free(fixture->by_id);
	json_object_put(fixture->root);
	memset(fixture, 0, sizeof(*fixture));
}
