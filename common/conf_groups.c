/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of [local_groups].
 */
#include "common/conf_groups.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define KNOWS "i_know_this_is_root"

/* What the system owns amounts to root until somebody has looked: of these,
 * none does. */
static const char *const harmless[] = { "audio", "bluetooth", "cdrom",
	"dialout", "dip", "fax", "floppy", "fuse", "gamemode", "games", "lp",
	"netdev", "plugdev", "pulse-access", "pulse-rt", "realtime", "render",
	"scanner", "tape", "users", "video", "voice" };

bool aw_conf_group_is_root(const char *name)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (strcmp(name, harmless[i]) == 0)
			return false;
	return aw_name_is_reserved(name, strlen(name));
}

/* The next item of @value, without blanks around it, into @item; returns what
 * is left, NULL at the end. */
static const char *next_item(const char *value, char item[AW_CONF_GROUP_TEXT])
{
	size_t len;

	value += strspn(value, " ");
	if (!*value)
		return NULL;
	len = strcspn(value, ",");
	if (aw_fmt(item, AW_CONF_GROUP_TEXT, "%.*s", (int)len, value) < 0)
		item[0] = '\0';
	for (size_t i = strlen(item); i > 0 && item[i - 1] == ' '; i--)
		item[i - 1] = '\0';
	return value + len + (value[len] == ',');
}

/* "i_know_this_is_root = yes", blanks or not: 1; with another answer: -EINVAL;
 * anything else: 0. */
static int says_it_knows(const char *item)
{
	const char *rest = item + sizeof(KNOWS) - 1;

	if (strncmp(item, KNOWS, sizeof(KNOWS) - 1) != 0)
		return 0;
	rest += strspn(rest, " ");
	if (*rest++ != '=')
		return -EINVAL;
	rest += strspn(rest, " ");
	return strcmp(rest, "yes") == 0 ? 1 : -EINVAL;
}

static int add_one(struct aw_conf_groups *groups, const char *name,
    const char *from, struct aw_diag *diag)
{
	struct aw_conf_group *to = &groups->item[groups->n];

	if (groups->n == AW_CONF_GROUPS_MAX) {
		aw_diag_set(diag, "more than %d groups in [" AW_CONF_GROUPS "]",
		    AW_CONF_GROUPS_MAX);
		return -EINVAL;
	}
	if (aw_copy(to->name, sizeof(to->name), name) < 0 ||
	    aw_copy(to->from, sizeof(to->from), from) < 0)
		return -EINVAL;
	groups->n++;
	return 0;
}

static int add_line(struct aw_conf_groups *groups, const char *name,
    const char *value, bool *ret_knows, struct aw_diag *diag)
{
	char item[AW_CONF_GROUP_TEXT];
	int r;

	while ((value = next_item(value, item)) != NULL) {
		r = says_it_knows(item);
		if (r == 1) {
			*ret_knows = true;
			continue;
		}
		if (r < 0 || !item[0]) {
			aw_diag_set(diag,
			    "\"%.64s\": must be groups of the "
			    "directory, and " KNOWS " = yes or nothing",
			    item);
			return -EINVAL;
		}
		r = add_one(groups, name, item, diag);
		if (r < 0)
			return r;
	}
	return 0;
}

int aw_conf_groups_add(struct aw_conf_groups *groups, const char *name,
    const char *value, struct aw_diag *diag)
{
	const size_t before = groups->n;
	bool knows = false;
	int r;

	if (strcasecmp(name, "root") == 0 ||
	    !aw_name_is_possible(name, strlen(name), true)) {
		aw_diag_set(diag, "not a group that may have members here");
		return -EINVAL;
	}
	r = add_line(groups, name, value, &knows, diag);
	if (r < 0)
		return r;
	if (groups->n == before) {
		aw_diag_set(diag, "names no group of the directory");
		return -EINVAL;
	}
	if (aw_conf_group_is_root(name) && !knows) {
		aw_diag_set(diag,
		    "whoever is in this group can become root: if that is "
		    "meant, add \", " KNOWS " = yes\" to the line");
		return -EINVAL;
	}
	return 0;
}

int aw_conf_groups_show(
    const struct aw_conf_groups *groups, size_t index, char *buf, size_t size)
{
	const struct aw_conf_group *item = &groups->item[index];

	if (index >= groups->n)
		return AW_END;
	return aw_fmt(buf, size, "%s%s", item->from,
	    aw_conf_group_is_root(item->name) ? ", " KNOWS " = yes" : "");
}
