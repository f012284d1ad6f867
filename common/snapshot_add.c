/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A snapshot's writer, first part: records come in.  Each is held to the rules
 * that the reader will hold it to (common/snapshot.h) and stored in the form
 * that the file will have.
 */
#include "common/snapshot_build.h"

#include <errno.h>
#include <stdlib.h>

#include "common/id.h"
#include "common/text.h"

#define GECOS_MAX      4096
#define PATH_BYTES_MAX 255
#define FLAGS_ALL      63u

int aw_snapw_new(const struct aw_snapw_head *head, struct aw_snapw **ret)
{
	const size_t len = strlen(head->store_id);
	struct aw_snapw *writer;

	if (len >= sizeof(writer->store_id) ||
	    !aw_text_is_clean(head->store_id, len))
		return -EINVAL;
	writer = calloc(1, sizeof(*writer));
	if (!writer)
		return -ENOMEM;
	memcpy(writer->store_id, head->store_id, len);
	writer->generation = head->generation;
	writer->created = head->created;
	writer->needs_limits = head->needs_limits;
	*ret = writer;
	return 0;
}

static void keys_done(struct aw_snapw_keys *keys)
{
	aw_area_done(&keys->text);
	aw_area_done(&keys->at);
	aw_area_done(&keys->id);
}

void aw_snapw_free(struct aw_snapw *writer)
{
	if (!writer)
		return;
	keys_done(&writer->user_keys);
	keys_done(&writer->group_keys);
	aw_area_done(&writer->users);
	aw_area_done(&writer->groups);
	aw_area_done(&writer->tombs);
	aw_area_done(&writer->hosts);
	aw_area_done(&writer->pairs);
	aw_area_done(&writer->grants);
	free(writer);
}

static int refuse(struct aw_diag *diag, const char *name, const char *why)
{
	char shown[160];

	aw_diag_set(diag, "\"%s\": %s",
	    aw_text_escape(shown, sizeof(shown), name), why);
	return -EINVAL;
}

static bool name_ok(const char *name, bool is_group)
{
	const size_t len = strlen(name);

	return aw_name_is_possible(name, len, is_group) &&
	       !aw_name_is_reserved(name, len);
}

static bool path_ok(const char *path)
{
	const size_t len = strlen(path);

	return len <= PATH_BYTES_MAX && aw_name_is_path(path, len);
}

static bool text_ok(const char *text, size_t max)
{
	const size_t len = strlen(text);

	return len <= max && aw_text_is_clean(text, len);
}

static bool principal_ok(const char *id)
{
	return id[0] != '\0' && text_ok(id, AW_PRINCIPAL_MAX);
}

/* Why @user cannot be stored; NULL: it can. */
static const char *fault_of_user(
    const struct aw_snapw *writer, const struct aw_snapw_user *user)
{
	if (!name_ok(user->name, false))
		return "not a possible user name, or reserved";
	if (user->id < 1000 || user->id == UINT32_MAX ||
	    (!writer->needs_limits && !aw_id_in_range(user->id)))
		return "its id is outside the range";
	if (!path_ok(user->home) ||
	    (!writer->needs_limits && strncmp(user->home, "/home/", 6) != 0))
		return "its home is not a path under /home/";
	if (!path_ok(user->shell))
		return "its shell is not a path";
	if (!text_ok(user->gecos, GECOS_MAX) || strchr(user->gecos, ':'))
		return "its gecos field is too long, not clean or holds ':'";
	if (!principal_ok(user->principal_id))
		return "its principal id is empty, too long or not clean";
	if (!text_ok(user->user_name, AW_USER_NAME_MAX))
		return "its directory name is too long or not clean";
	if (user->flags & ~FLAGS_ALL)
		return "it has an unknown flag";
	return NULL;
}

/* Remember name and id of the next record. */
static int add_keys(struct aw_snapw_keys *keys, const char *name, uint32_t id)
{
	const size_t size = strlen(name) + 1;
	uint32_t *to_at, *to_id;
	char *to_text;

	if (keys->n >= AW_SNAP_COUNT_MAX || keys->text.len > UINT32_MAX - size)
		return -EFBIG;
	if (keys->at.len == 0) {
		to_at = aw_area_add(&keys->at, sizeof(*to_at));
		if (!to_at)
			return -ENOMEM;
		*to_at = 0;
	}
	to_text = aw_area_add(&keys->text, size);
	to_at = aw_area_add(&keys->at, sizeof(*to_at));
	to_id = aw_area_add(&keys->id, sizeof(*to_id));
	if (!to_text || !to_at || !to_id)
		return -ENOMEM;
	memcpy(to_text, name, size);
	*to_at = (uint32_t)keys->text.len;
	*to_id = id;
	keys->n++;
	return 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exactly the text that the reader would write, or it is not a UUID to us. */
static bool get_uuid(const char *text, uint8_t bytes[16])
{
	if (strlen(text) != 36)
		return false;
	for (size_t i = 0; i < 16; i++) {
		int high, low;

		if (i == 4 || i == 6 || i == 8 || i == 10)
			if (*text++ != '-')
				return false;
		high = hex_value(text[0]);
		low = high < 0 ? -1 : hex_value(text[1]);
		if (low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return true;
}

/* @id is "X-UUID" and the store "d-X". */
static bool get_store_uuid(const char *store, const char *id, uint8_t bytes[16])
{
	size_t len;

	if (strncmp(store, "d-", 2) != 0)
		return false;
	store += 2;
	len = strlen(store);
	return len > 0 && strncmp(id, store, len) == 0 && id[len] == '-' &&
	       get_uuid(id + len + 1, bytes);
}

/* @id as it is stored, at most AW_PRINCIPAL_MAX + 2 bytes; returns how many. */
static size_t put_principal(
    const struct aw_snapw *writer, const char *id, uint8_t *to)
{
	const size_t len = strlen(id);

	to[0] = AW_SNAP_UUID;
	if (get_uuid(id, to + 1))
		return 17;
	to[0] = AW_SNAP_STORE_UUID;
	if (get_store_uuid(writer->store_id, id, to + 1))
		return 17;
	to[0] = AW_SNAP_TEXT;
	to[1] = (uint8_t)len;
	memcpy(to + 2, id, len);
	return len + 2;
}

/* The number of the suffix @text, or AW_SNAP_INLINE when the table has no room
 * for it. */
static uint8_t suffix_of(struct aw_snapw *writer, const char *text, size_t len)
{
	uint32_t i;

	if (len >= AW_SNAP_SUFFIX_SIZE || (len > 0 && text[0] != '@'))
		return AW_SNAP_INLINE;
	for (i = 0; i < writer->n_suffixes; i++)
		if (writer->suffix[i][0] == len &&
		    memcmp(writer->suffix[i] + 1, text, len) == 0)
			return (uint8_t)i;
	if (i == AW_SNAP_SUFFIXES)
		return AW_SNAP_INLINE;
	writer->suffix[i][0] = (uint8_t)len;
	memcpy(writer->suffix[i] + 1, text, len);
	writer->n_suffixes++;
	return (uint8_t)i;
}

/* @user_name as it is stored, at most AW_USER_NAME_MAX + 2 bytes. */
static size_t put_user_name(struct aw_snapw *writer, const char *user_name,
    const char *name, uint8_t *to)
{
	size_t shared = 0, len;

	while (name[shared] && name[shared] == user_name[shared])
		shared++;
	len = strlen(user_name + shared);
	to[0] = (uint8_t)shared;
	to[1] = suffix_of(writer, user_name + shared, len);
	if (to[1] != AW_SNAP_INLINE)
		return 2;
	memcpy(to + 2, user_name + shared, len);
	return len + 2;
}

static char *put_string(char *to, const char *text)
{
	return stpcpy(to, text) + 1;
}

int aw_snapw_add_user(struct aw_snapw *writer, const struct aw_snapw_user *user,
    uint32_t *ret_index, struct aw_diag *diag)
{
	uint8_t more[AW_PRINCIPAL_MAX + 2 + AW_USER_NAME_MAX + 2];
	const char *const fault = fault_of_user(writer, user);
	struct aw_snap_user_rec rec = { 0 };
	size_t more_len, len;
	char *to;
	int r;

	if (fault)
		return refuse(diag, user->name, fault);
	more_len = put_principal(writer, user->principal_id, more);
	more_len +=
	    put_user_name(writer, user->user_name, user->name, more + more_len);
	rec.id = htole32(user->id);
	rec.flags = (uint8_t)user->flags;
	rec.name_len = (uint8_t)strlen(user->name);
	rec.gecos_len = htole16((uint16_t)strlen(user->gecos));
	rec.home_len = (uint8_t)strlen(user->home);
	rec.shell_len = (uint8_t)strlen(user->shell);
	rec.more_len = htole16((uint16_t)more_len);
	len = AW_SNAP_USER_FIXED + strlen(user->name) + strlen(user->gecos) +
	      strlen(user->home) + strlen(user->shell) + 6 + more_len;
	to = aw_area_add(&writer->users, aw_snap_align(len, 4));
	if (!to)
		return -ENOMEM;
	memcpy(to, &rec, AW_SNAP_USER_FIXED);
	to = put_string(to + AW_SNAP_USER_FIXED, user->name);
	to = put_string(to, "*");
	to = put_string(to, user->gecos);
	to = put_string(to, user->home);
	to = put_string(to, user->shell);
	memcpy(to, more, more_len);
	r = add_keys(&writer->user_keys, user->name, user->id);
	if (r == 0 && ret_index)
		*ret_index = writer->user_keys.n - 1;
	return r;
}

static const char *fault_of_group(
    const struct aw_snapw *writer, const struct aw_snapw_group *group)
{
	if (!name_ok(group->name, true))
		return "not a possible group name, or reserved";
	if (group->id == 0 || group->id == UINT32_MAX ||
	    (!writer->needs_limits && !aw_id_in_range(group->id)))
		return "its id is outside the range";
	if (!principal_ok(group->principal_id))
		return "its principal id is empty, too long or not clean";
	if (group->flags & ~FLAGS_ALL)
		return "it has an unknown flag";
	if (group->display &&
	    !text_ok(group->display, AW_SNAP_DISPLAY_SIZE - 1))
		return "its DisplayName is too long or not clean";
	if (writer->n_hosts > 0)
		return "it comes behind the host's own groups";
	return NULL;
}

int aw_snapw_add_group(struct aw_snapw *writer,
    const struct aw_snapw_group *group, uint32_t *ret_index,
    struct aw_diag *diag)
{
	const char *const fault = fault_of_group(writer, group);
	struct aw_snap_group_rec rec = { 0 };
	uint8_t more[AW_PRINCIPAL_MAX + 2];
	const char *display = group->display ? group->display : "";
	size_t more_len, len;
	char *to;
	int r;

	if (fault)
		return refuse(diag, group->name, fault);
	more_len = put_principal(writer, group->principal_id, more);
	rec.id = htole32(group->id);
	rec.flags = (uint8_t)group->flags;
	rec.name_len = (uint8_t)strlen(group->name);
	rec.more_len = (uint8_t)more_len;
	rec.display_len = htole16((uint16_t)strlen(display));
	len = AW_SNAP_GROUP_FIXED + strlen(group->name) + 1 + more_len +
	      strlen(display);
	to = aw_area_add(&writer->groups, aw_snap_align(len, 4));
	if (!to)
		return -ENOMEM;
	memcpy(to, &rec, AW_SNAP_GROUP_FIXED);
	to = put_string(to + AW_SNAP_GROUP_FIXED, group->name);
	memcpy(to, more, more_len);
	memcpy(to + more_len, display, strlen(display));
	r = add_keys(&writer->group_keys, group->name, group->id);
	if (r == 0 && ret_index)
		*ret_index = writer->group_keys.n - 1;
	return r;
}

/* A record among the tombstones, as it stands in the file. */
static int put_tomb(struct aw_snapw *writer, struct aw_snap_tomb_rec rec,
    const char *name, const uint8_t *more, size_t more_len)
{
	size_t len = strlen(name);
	char *to;

	rec.name_len = (uint8_t)len;
	rec.more_len = (uint8_t)more_len;
	len += AW_SNAP_TOMB_FIXED + 1 + more_len;
	to = aw_area_add(&writer->tombs, aw_snap_align(len, 4));
	if (!to)
		return -ENOMEM;
	memcpy(to, &rec, AW_SNAP_TOMB_FIXED);
	memcpy(put_string(to + AW_SNAP_TOMB_FIXED, name), more, more_len);
	rec.sum = htole32(aw_snap_sum32((const uint8_t *)to + 4, len - 4));
	memcpy(to, &rec.sum, sizeof(rec.sum));
	return 0;
}

/* @of: a principal id, or "". */
static int put_note(
    struct aw_snapw *writer, uint32_t id, const char *text, const char *of)
{
	const struct aw_snap_tomb_rec rec = { .id = htole32(id) };
	uint8_t more[AW_PRINCIPAL_MAX + 2] = { 0 };

	return put_tomb(
	    writer, rec, text, more, *of ? put_principal(writer, of, more) : 0);
}

int aw_snapw_add_tomb(struct aw_snapw *writer, const struct aw_snap_tomb *tomb)
{
	const struct aw_snap_tomb_rec rec = { .id = htole32(tomb->id),
		.flags = (uint8_t)tomb->flags };
	uint8_t more[AW_PRINCIPAL_MAX + 2];
	int r = 0;

	if (!name_ok(tomb->name, tomb->flags & AW_SNAP_GROUP) ||
	    !principal_ok(tomb->principal_id) || (tomb->flags & ~FLAGS_ALL) ||
	    (tomb->home[0] && !path_ok(tomb->home)))
		return -EINVAL;
	if (writer->n_tombs >= AW_SNAP_COUNT_MAX)
		return -EFBIG;
	if (tomb->home[0])
		r = put_note(writer, tomb->id, tomb->home, "");
	if (r == 0)
		r = put_tomb(writer, rec, tomb->name, more,
		    put_principal(writer, tomb->principal_id, more));
	if (r == 0)
		writer->n_tombs++;
	return r;
}

int aw_snapw_add_note(struct aw_snapw *writer, const struct aw_snap_note *note)
{
	if (note->text[0] != ':' ||
	    !text_ok(note->text, AW_SNAP_NOTE_SIZE - 1) ||
	    (note->principal_id[0] && !principal_ok(note->principal_id)))
		return -EINVAL;
	return put_note(writer, note->id, note->text, note->principal_id);
}

int aw_snapw_add_host_group(
    struct aw_snapw *writer, uint32_t gid, uint32_t *ret_index)
{
	uint32_t *to;

	if (gid == 0 || gid == UINT32_MAX || aw_id_in_range(gid) ||
	    !writer->needs_limits)
		return -EINVAL;
	if (aw_snapw_n_groups(writer) >= AW_SNAP_COUNT_MAX)
		return -EFBIG;
	to = aw_area_add(&writer->hosts, sizeof(*to));
	if (!to)
		return -ENOMEM;
	*to = gid;
	writer->n_hosts++;
	if (ret_index)
		*ret_index = aw_snapw_n_groups(writer) - 1;
	return 0;
}

static int add_pair(struct aw_area *area, uint32_t first, uint32_t second)
{
	uint32_t *pair = aw_area_add(area, 2 * sizeof(*pair));

	if (!pair)
		return -ENOMEM;
	pair[0] = first;
	pair[1] = second;
	return 0;
}

int aw_snapw_add_member(struct aw_snapw *writer, uint32_t group, uint32_t user)
{
	int r;

	if (group >= aw_snapw_n_groups(writer) || user >= writer->user_keys.n)
		return -EINVAL;
	if (writer->n_pairs == UINT32_MAX)
		return -EFBIG;
	r = add_pair(&writer->pairs, group, user);
	if (r == 0)
		writer->n_pairs++;
	return r;
}

int aw_snapw_add_grant(struct aw_snapw *writer, uint32_t to, uint32_t from)
{
	const uint32_t n = aw_snapw_n_groups(writer);
	int r;

	if (to >= n || from >= n || to == from)
		return -EINVAL;
	if (writer->n_grants == UINT32_MAX)
		return -EFBIG;
	r = add_pair(&writer->grants, to, from);
	if (r == 0)
		writer->n_grants++;
	return r;
}
