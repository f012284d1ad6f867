/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names once, ids from then on.
 */
#include "awsssod/pins.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "awsssod/log.h"
#include "awsssod/sets.h"
#include "common/own.h"

/* The text of the first column of @what's first row for @text.  Returns 0,
 * AW_ABSENT or a negative errno; AW_UNKNOWN when there is a second row. */
static int one_text(struct aw_state *state, enum aw_query what,
    enum aw_pin_kind kind, const char *text, char *ret, size_t size)
{
	sqlite3_stmt *row = NULL;
	int r;

	r = aw_state_start(state, what, &row, "is", (int64_t)kind, text);
	if (r == 0)
		r = aw_state_next(state, row);
	if (r == AW_END)
		return AW_ABSENT;
	if (r != 0)
		return r;
	r = aw_copy(ret, size, aw_state_text(row, 0));
	if (r == 0)
		r = aw_state_next(state, row);
	if (r == 0)
		r = AW_UNKNOWN;
	if (r != AW_END)
		aw_state_stop(row);
	return r == AW_END ? 0 : r;
}

/* What @text is pinned to, by now.  0 with "" when it is nothing yet or is a
 * GroupId itself; AW_UNKNOWN when two groups are called so. */
static int find_pin(struct aw_state *state, const char *store,
    enum aw_pin_kind kind, const char *text, char *ret, size_t size)
{
	int64_t n;
	int r;

	ret[0] = '\0';
	r = one_text(state, AW_Q_PIN, kind, text, ret, size);
	if (r != AW_ABSENT)
		return r;
	r = aw_state_number(state, AW_Q_GROUP_BY_ID, &n, "ss", store, text);
	if (r != AW_ABSENT)
		return r;
	r = one_text(state, AW_Q_PIN_FIND, kind, text, ret, size);
	if (r == AW_UNKNOWN)
		ret[0] = '\0';
	/* A permission set's group has its name for good. */
	if (r == 0 && strncmp(ret, "ps:", 3) == 0) {
		ret[0] = '\0';
		return 0;
	}
	if (r != 0)
		return r == AW_ABSENT ? 0 : r;
	return aw_state_run(state, AW_Q_PIN_ADD, "issi", (int64_t)kind, text,
	    ret, (int64_t)time(NULL));
}

/* Somebody's line rests on a group that is not there any more; or, unless the
 * directory has been @read, may well be. */
static int look_at_pin(struct aw_state *state, const struct aw_conf *conf,
    struct aw_conf_rule *rule, bool read)
{
	char line[300];
	int64_t n;
	int r;

	r = aw_state_number(state, AW_Q_GROUP_BY_ID, &n, "ss",
	    conf->identity_store_id, rule->pin[0] ? rule->pin : rule->text);
	rule->unread = r == AW_ABSENT && rule->deny && !read;
	if (r == AW_ABSENT && read && rule->pin[0])
		aw_log(LOG_WARNING,
		    "%s: that group is gone, and another one of its name is "
		    "not it: write the GroupId of the one you mean",
		    aw_conf_rule_show(&conf->access, rule, line, sizeof(line)));
	return r < 0 ? r : 0;
}

/* A name that two groups have means neither. */
static int doubt(const struct aw_conf *conf, const struct aw_conf_rule *rule,
    bool strict, struct aw_diag *diag)
{
	char line[300];

	(void)aw_conf_rule_show(&conf->access, rule, line, sizeof(line));
	aw_diag_set(diag,
	    "%s: the directory has more than one group of this name: write the "
	    "GroupId",
	    line);
	if (strict)
		return AW_DENIED;
	aw_log(LOG_ERR, "%s; until then it allows nobody", diag->text);
	return 0;
}

static bool is_written(
    const struct aw_conf *conf, enum aw_pin_kind kind, const char *text)
{
	for (size_t i = 0; kind == AW_PIN_POLICY && i < conf->access.n_rules;
	     i++)
		if (conf->access.rule[i].kind == AW_RULE_GROUP &&
		    strcmp(conf->access.rule[i].text, text) == 0)
			return true;
	for (size_t i = 0; kind == AW_PIN_LOCAL && i < conf->local_groups.n;
	     i++)
		if (strcmp(conf->local_groups.item[i].from, text) == 0)
			return true;
	return false;
}

/* One after the other: there are as many as there are lines. */
static int forget_others(struct aw_state *state, const struct aw_conf *conf)
{
	char text[AW_CONF_RULE_TEXT];
	sqlite3_stmt *row = NULL;
	enum aw_pin_kind kind = AW_PIN_POLICY;
	bool found;
	int r;

	do {
		found = false;
		r = aw_state_start(state, AW_Q_PINS, &row, "");
		while (r == 0 && !found) {
			r = aw_state_next(state, row);
			if (r != 0)
				continue;
			r = aw_copy(text, sizeof(text), aw_state_text(row, 0));
			kind = (enum aw_pin_kind)sqlite3_column_int(row, 1);
			found = r == 0 && !is_written(conf, kind, text);
		}
		if (r != AW_END)
			aw_state_stop(row);
		if (r == 0 && found)
			r = aw_state_run(
			    state, AW_Q_PIN_DROP, "is", (int64_t)kind, text);
	} while (r == 0);
	return r == AW_END ? 0 : r;
}

/* Since state.db was made: who applies a sweep says what is held, if only
 * nothing. */
static int was_read(struct aw_state *state, bool *ret)
{
	char text[2];
	const int r = aw_state_get(state, "held", text, sizeof(text));

	*ret = r != AW_ABSENT;
	return r == AW_ABSENT || r == -EMSGSIZE ? 0 : r;
}

int aw_pins_update(struct aw_state *state, struct aw_conf *conf, bool strict,
    struct aw_diag *diag)
{
	bool read = false;
	int r = forget_others(state, conf);

	if (r == 0)
		r = was_read(state, &read);
	for (size_t i = 0; r == 0 && i < conf->access.n_rules; i++) {
		struct aw_conf_rule *rule = &conf->access.rule[i];

		if (rule->kind != AW_RULE_GROUP)
			continue;
		rule->unread = false;
		r = find_pin(state, conf->identity_store_id, AW_PIN_POLICY,
		    rule->text, rule->pin, sizeof(rule->pin));
		if (r == AW_UNKNOWN)
			r = doubt(conf, rule, strict, diag);
		else if (r == 0)
			r = look_at_pin(state, conf, rule, read);
	}
	for (size_t i = 0; r == 0 && i < conf->local_groups.n; i++) {
		struct aw_conf_group *group = &conf->local_groups.item[i];

		/* What two groups are called is told where it is resolved. */
		if (aw_sets_are_called(conf, group->from)) {
			group->pin[0] = '\0';
			continue;
		}
		r = find_pin(state, conf->identity_store_id, AW_PIN_LOCAL,
		    group->from, group->pin, sizeof(group->pin));
		if (r == AW_UNKNOWN)
			r = 0;
	}
	return r;
}
