/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a fixture.  What the rest of the program relies on is checked here,
 * once: types, formats, unique ids, members that exist.
 */
#include "tests/idcsim/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "common/own.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/role.h"
#include "tests/idcsim/shape.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

static const struct aw_sim_field top_fields[] = {
	{ "region", AW_SIM_STRING, true, 1, 31 },
	{ "identity_store_id", AW_SIM_STRING, true, 1, 36 },
	{ "start_url", AW_SIM_STRING, true, 9, 200 },
	{ "accounts", AW_SIM_ARRAY, true, 1, INT_MAX },
	{ "users", AW_SIM_ARRAY, true, 0, INT_MAX },
	{ "groups", AW_SIM_ARRAY, true, 0, INT_MAX },
	{ "permission_sets", AW_SIM_ARRAY, true, 0, INT_MAX },
	{ "instance_arn", AW_SIM_STRING, false, 10, 100 },
	{ "host_account", AW_SIM_STRING, false, 12, 12 },
	{ "device", AW_SIM_OBJECT, false, 0, 0 },
	{ "token_expires_in", AW_SIM_INTEGER, false, 1, 86400 },
	{ "page_size", AW_SIM_INTEGER, false, 1, 100 },
	{ "second_region", AW_SIM_STRING, false, 1, 31 },
	{ "throttle", AW_SIM_BOOLEAN, false, 0, 0 },
	{ "roles", AW_SIM_ARRAY, false, 0, 1000 },
	{ "host_reads_directory", AW_SIM_BOOLEAN, false, 0, 0 },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field device_fields[] = {
	{ "interval", AW_SIM_INTEGER, false, 1, 60 },
	{ "expires_in", AW_SIM_INTEGER, false, 1, 3600 },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field account_fields[] = {
	{ "AccountId", AW_SIM_STRING, true, 12, 12 },
	{ "AccountName", AW_SIM_STRING, true, 1, 50 },
	{ "EmailAddress", AW_SIM_STRING, true, 1, 254 },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field user_fields[] = {
	{ "UserId", AW_SIM_STRING, true, 1, 47 },
	{ "UserName", AW_SIM_STRING, true, 1, 512 },
	{ "DisplayName", AW_SIM_STRING, false, 1, 4096 },
	{ "UserStatus", AW_SIM_STRING, false, 7, 8 },
	{ "ExternalIds", AW_SIM_ARRAY, false, 0, 10 },
	{ "Name", AW_SIM_OBJECT, false, 0, 0 },
	{ "Emails", AW_SIM_ARRAY, false, 0, 1 },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field group_fields[] = {
	{ "GroupId", AW_SIM_STRING, true, 1, 47 },
	{ "DisplayName", AW_SIM_STRING, true, 1, 4096 },
	{ "Members", AW_SIM_ARRAY, true, 0, INT_MAX },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field set_fields[] = {
	{ "Name", AW_SIM_STRING, true, 1, 32 },
	{ "PermissionSetArn", AW_SIM_STRING, true, 10, 1224 },
	{ "Assignments", AW_SIM_ARRAY, true, 0, INT_MAX },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field assignment_fields[] = {
	{ "AccountId", AW_SIM_STRING, true, 12, 12 },
	{ "PrincipalType", AW_SIM_STRING, true, 4, 5 },
	{ "PrincipalId", AW_SIM_STRING, true, 1, 47 },
	{ NULL, 0, false, 0, 0 },
};

static int refuse(
    struct aw_diag *diag, const char *at, size_t i, const char *what)
{
	aw_diag_set(diag, "%s[%zu]%s", at, i, what);
	return -EINVAL;
}

/* Every element of @list is an object with @fields, and its @key is unique. */
static int check_list(struct json_object *list, const char *at,
    const struct aw_sim_field *fields, const char *key, struct aw_diag *diag)
{
	struct json_object *seen = json_object_new_object();
	struct aw_diag why = { .text = "" };
	char text[400];
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_object_array_length(list); i++) {
		struct json_object *doc = json_object_array_get_idx(list, i);
		const char *id;

		if (!json_object_is_type(doc, json_type_object)) {
			r = refuse(diag, at, i, ": not an object");
		} else if (aw_sim_shape_check(doc, fields, true, &why) != 0) {
			aw_ignore(aw_fmt(text, sizeof(text), ".%s", why.text));
			r = refuse(diag, at, i, text);
		} else if (key != NULL) {
			id = aw_sim_text(doc, key);
			aw_ignore(
			    aw_fmt(text, sizeof(text), ".%s: twice", key));
			if (json_object_object_get_ex(seen, id, NULL))
				r = refuse(diag, at, i, text);
			(void)json_object_object_add(seen, id, NULL);
		}
	}
	(void)json_object_put(seen);
	return r;
}

static bool all_of(const char *text, const char *letters)
{
	return text[strspn(text, letters)] == '\0';
}

#define DIGITS "0123456789"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static int check_users(struct aw_sim *sim, struct aw_diag *diag)
{
	const size_t n = json_object_array_length(sim->users);

	for (size_t i = 0; i < n; i++) {
		struct json_object *user =
		    json_object_array_get_idx(sim->users, i);
		const char *status = aw_sim_str(user, "UserStatus");
		const char *name = aw_sim_text(user, "UserName");

		if (!all_of(
			aw_sim_text(user, "UserId"), DIGITS LOWER UPPER "-"))
			return refuse(diag, "users", i, ".UserId: not an id");
		if (strpbrk(name, " \t\r\n") != NULL ||
		    !aw_text_is_clean(name, strlen(name)))
			return refuse(
			    diag, "users", i, ".UserName: not a UserName");
		if (status != NULL && strcmp(status, "ENABLED") != 0 &&
		    strcmp(status, "DISABLED") != 0)
			return refuse(diag, "users", i,
			    ".UserStatus: not ENABLED or DISABLED");
		(void)json_object_object_add(sim->user_by_id,
		    aw_sim_text(user, "UserId"), json_object_get(user));
	}
	return 0;
}

static int check_members(struct aw_sim *sim, struct json_object *members,
    size_t i, struct aw_diag *diag)
{
	const size_t n = json_object_array_length(members);
	char text[80];

	for (size_t j = 0; j < n; j++) {
		struct json_object *id = json_object_array_get_idx(members, j);
		const char *what = NULL;

		if (!json_object_is_type(id, json_type_string))
			what = "not a string";
		else if (!json_object_object_get_ex(
			     sim->user_by_id, json_object_get_string(id), NULL))
			what = "no such user";
		if (what != NULL) {
			aw_ignore(aw_fmt(
			    text, sizeof(text), ".Members[%zu]: %s", j, what));
			return refuse(diag, "groups", i, text);
		}
	}
	return 0;
}

static int check_groups(struct aw_sim *sim, struct aw_diag *diag)
{
	const size_t n = json_object_array_length(sim->groups);

	for (size_t i = 0; i < n; i++) {
		struct json_object *group =
		    json_object_array_get_idx(sim->groups, i);
		const char *id = aw_sim_text(group, "GroupId");
		int r;

		if (!all_of(id, DIGITS LOWER UPPER "-"))
			return refuse(diag, "groups", i, ".GroupId: not an id");
		r = check_members(
		    sim, json_object_object_get(group, "Members"), i, diag);
		if (r < 0)
			return r;
		(void)json_object_object_add(
		    sim->group_by_id, id, json_object_get(group));
	}
	return 0;
}

static int check_assignments(struct aw_sim *sim, struct json_object *list,
    const char *at, struct aw_diag *diag)
{
	const size_t n = json_object_array_length(list);

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		const char *type = aw_sim_text(one, "PrincipalType");

		if (strcmp(type, "USER") != 0 && strcmp(type, "GROUP") != 0)
			return refuse(
			    diag, at, i, ".PrincipalType: not USER or GROUP");
		if (aw_sim_doc_by(sim->accounts, "AccountId",
			aw_sim_text(one, "AccountId")) == NULL)
			return refuse(
			    diag, at, i, ".AccountId: no such account");
	}
	return 0;
}

static int check_sets(struct aw_sim *sim, struct aw_diag *diag)
{
	const size_t n = json_object_array_length(sim->sets);
	char at[64];

	for (size_t i = 0; i < n; i++) {
		struct json_object *set =
		    json_object_array_get_idx(sim->sets, i);
		struct json_object *list =
		    json_object_object_get(set, "Assignments");
		int r;

		if (!all_of(
			aw_sim_text(set, "Name"), DIGITS LOWER UPPER "_+=,.@-"))
			return refuse(diag, "permission_sets", i,
			    ".Name: not a permission set's name");
		aw_ignore(aw_fmt(
		    at, sizeof(at), "permission_sets[%zu].Assignments", i));
		r = check_list(list, at, assignment_fields, NULL, diag);
		if (r == 0)
			r = check_assignments(sim, list, at, diag);
		if (r < 0)
			return r;
	}
	return 0;
}

static int check_accounts(struct aw_sim *sim, struct aw_diag *diag)
{
	const size_t n = json_object_array_length(sim->accounts);

	for (size_t i = 0; i < n; i++) {
		if (!all_of(
			aw_sim_text(json_object_array_get_idx(sim->accounts, i),
			    "AccountId"),
			DIGITS))
			return refuse(
			    diag, "accounts", i, ".AccountId: not 12 digits");
	}
	if (sim->host_account[0] == '\0')
		return aw_copy(sim->host_account, sizeof(sim->host_account),
		    aw_sim_text(json_object_array_get_idx(sim->accounts, 0),
			"AccountId"));
	if (aw_sim_doc_by(sim->accounts, "AccountId", sim->host_account))
		return 0;
	aw_diag_set(diag, "host_account: no such account");
	return -EINVAL;
}

static int take_lists(
    struct aw_sim *sim, struct json_object *top, struct aw_diag *diag)
{
	const struct {
		const char *key;
		struct json_object **list;
		const struct aw_sim_field *fields;
		const char *id;
	} lists[] = {
		{ "accounts", &sim->accounts, account_fields, "AccountId" },
		{ "users", &sim->users, user_fields, "UserId" },
		{ "groups", &sim->groups, group_fields, "GroupId" },
		{ "permission_sets", &sim->sets, set_fields,
		    "PermissionSetArn" },
		/* Names are unique as well, but for groups, as on AWS. */
		{ "users", &sim->users, user_fields, "UserName" },
		{ "permission_sets", &sim->sets, set_fields, "Name" },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		int r;

		if (*lists[i].list == NULL)
			*lists[i].list = json_object_get(
			    json_object_object_get(top, lists[i].key));
		r = check_list(*lists[i].list, lists[i].key, lists[i].fields,
		    lists[i].id, diag);
		if (r < 0)
			return r;
	}
	return 0;
}

/* https://HOST[/PATH][/][#/]: the parts, without what the end may vary in. */
static int take_start_url(
    struct aw_sim *sim, const char *url, struct aw_diag *diag)
{
	const char *host = url + strlen("https://");
	size_t len;
	size_t path_len;
	int r;

	if (strncmp(url, "https://", strlen("https://")) != 0) {
		aw_diag_set(diag, "start_url: does not begin with https://");
		return -EINVAL;
	}
	len = strcspn(host, "/#?:");
	path_len = strcspn(host + len, "#?");
	while (path_len && host[len + path_len - 1] == '/')
		path_len--;
	r = aw_fmt(
	    sim->start_host, sizeof(sim->start_host), "%.*s", (int)len, host);
	if (r == 0)
		r = aw_fmt(sim->start_path, sizeof(sim->start_path), "%.*s",
		    (int)path_len, host + len);
	if (r == 0)
		r = aw_copy(sim->start_url, sizeof(sim->start_url), url);
	if (r == 0 && len > 0 && host[len] != ':')
		return 0;
	aw_diag_set(diag, "start_url: not a URL that this program can be");
	return -EINVAL;
}

/* Partition by region, see the table of DNS suffixes in route.c. */
static const char *partition_of(const char *region)
{
	static const char *const names[][2] = {
		{ "cn-", "aws-cn" },
		{ "us-gov-", "aws-us-gov" },
		{ "eusc-", "aws-eusc" },
		{ "us-iso-", "aws-iso" },
		{ "us-isob-", "aws-iso-b" },
		{ "eu-isoe-", "aws-iso-e" },
		{ "us-isof-", "aws-iso-f" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(region, names[i][0], strlen(names[i][0])) == 0)
			return names[i][1];
	}
	return "aws";
}

/* Unless named, the instance is the one the permission sets belong to. */
static int take_instance(struct aw_sim *sim, struct json_object *top)
{
	const char *named = aw_sim_str(top, "instance_arn");
	struct json_object *set = json_object_array_get_idx(sim->sets, 0);
	const char *at =
	    set ? strstr(aw_sim_text(set, "PermissionSetArn"), "/ssoins-")
		: NULL;
	char hash[AW_SIM_HEX];

	if (named != NULL)
		return aw_copy(
		    sim->instance_arn, sizeof(sim->instance_arn), named);
	if (at != NULL)
		return aw_fmt(sim->instance_arn, sizeof(sim->instance_arn),
		    "arn:%s:sso:::instance/%.*s", sim->partition,
		    (int)strcspn(at + 1, "/"), at + 1);
	aw_sim_hash_pair("instance", sim->store_id, hash);
	return aw_fmt(sim->instance_arn, sizeof(sim->instance_arn),
	    "arn:%s:sso:::instance/ssoins-%.16s", sim->partition, hash);
}

static unsigned number(
    struct json_object *doc, const char *key, unsigned fallback)
{
	struct json_object *value;

	if (doc == NULL || !json_object_object_get_ex(doc, key, &value))
		return fallback;
	return (unsigned)json_object_get_int64(value);
}

static int take_scalars(
    struct aw_sim *sim, struct json_object *top, struct aw_diag *diag)
{
	struct json_object *device = json_object_object_get(top, "device");
	struct json_object *reads =
	    json_object_object_get(top, "host_reads_directory");
	struct aw_diag why = { .text = "" };
	int r;

	if (device != NULL &&
	    aw_sim_shape_check(device, device_fields, true, &why) != 0) {
		aw_diag_set(diag, "device.%s", why.text);
		return -EINVAL;
	}
	sim->interval = number(device, "interval", 5);
	sim->code_life = number(device, "expires_in", 600);
	sim->token_life = number(top, "token_expires_in", 0);
	sim->page_size = number(top, "page_size", 100);
	sim->throttle =
	    json_object_get_boolean(json_object_object_get(top, "throttle"));
	sim->host_reads = reads == NULL || json_object_get_boolean(reads);
	r = aw_copy(
	    sim->region, sizeof(sim->region), aw_sim_text(top, "region"));
	if (r == 0)
		r = aw_copy(sim->second_region, sizeof(sim->second_region),
		    aw_sim_text(top, "second_region"));
	if (r == 0)
		r = aw_copy(sim->store_id, sizeof(sim->store_id),
		    aw_sim_text(top, "identity_store_id"));
	if (r == 0)
		r = aw_copy(sim->partition, sizeof(sim->partition),
		    partition_of(sim->region));
	if (r == 0)
		r = aw_copy(sim->host_account, sizeof(sim->host_account),
		    aw_sim_text(top, "host_account"));
	if (r < 0)
		return r;
	if (!all_of(sim->region, DIGITS LOWER "-") ||
	    !all_of(sim->second_region, DIGITS LOWER "-")) {
		aw_diag_set(diag, "region: not a region");
		return -EINVAL;
	}
	return take_start_url(sim, aw_sim_text(top, "start_url"), diag);
}

static int take(
    struct aw_sim *sim, struct json_object *top, struct aw_diag *diag)
{
	int r;

	if (!json_object_is_type(top, json_type_object)) {
		aw_diag_set(diag, "not a JSON object");
		return -EINVAL;
	}
	r = aw_sim_shape_check(top, top_fields, true, diag);
	if (r == 0)
		r = take_scalars(sim, top, diag);
	if (r == 0)
		r = take_lists(sim, top, diag);
	if (r == 0)
		r = aw_sim_roles_take(sim, top, diag);
	if (r < 0)
		return r;
	sim->user_by_id = json_object_new_object();
	sim->group_by_id = json_object_new_object();
	if ((r = check_accounts(sim, diag)) != 0 ||
	    (r = check_users(sim, diag)) != 0 ||
	    (r = check_groups(sim, diag)) != 0 ||
	    (r = check_sets(sim, diag)) != 0)
		return r;
	return take_instance(sim, top);
}

int aw_sim_fixture_parse(
    struct aw_sim *sim, const char *text, size_t len, struct aw_diag *diag)
{
	struct json_object *top;
	int r;

	r = aw_sim_shape_parse(text, len, &top, diag);
	if (r < 0)
		return r;
	r = take(sim, top, diag);
	(void)json_object_put(top);
	return r;
}

int aw_sim_fixture_load(
    struct aw_sim *sim, const char *path, struct aw_diag *diag)
{
	aw_own_fd int fd = -1;
	struct stat st;
	void *text;
	int r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		r = -errno;
		aw_diag_set(diag, "%s", strerror(errno));
		return r;
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		aw_diag_set(diag, "not a file, or an empty one");
		return -EINVAL;
	}
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return -errno;
	r = aw_sim_fixture_parse(sim, text, (size_t)st.st_size, diag);
	(void)munmap(text, (size_t)st.st_size);
	return r;
}
