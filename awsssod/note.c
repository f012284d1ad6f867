/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes, there and back.  The queries AW_Q_SNAP_OLD_... spell those of old
 * names and ids.
 */
#include "awsssod/note.h"

#include <errno.h>
#include <string.h>

#include "awsssod/ids_entry.h"
#include "awsssod/pins.h"
#include "awsssod/register.h"
#include "common/id.h"

/* Not those of the table meta that a snapshot has in its header, or that count
 * for this database only. */
static const char *const facts[] = { "domain", "published_key",
	"published_generation", "published_created" };
#define N_FACTS (sizeof(facts) / sizeof(facts[0]))

static const char *const pins[] = {
	[AW_PIN_POLICY] = ":policy_group",
	[AW_PIN_LOCAL] = ":local_group",
};

static int note_pin(enum aw_pin_kind kind, const char *text, const char *pin,
    struct aw_snap_note *ret)
{
	int r;

	if (!pin[0])
		return AW_ABSENT;
	r = aw_fmt(ret->text, sizeof(ret->text), "%s %s", pins[kind], text);
	return r < 0
		   ? r
		   : aw_copy(ret->principal_id, sizeof(ret->principal_id), pin);
}

/* The sections of services may repeat a line. */
static int note_rule(
    const struct aw_conf *conf, size_t i, struct aw_snap_note *ret)
{
	const struct aw_conf_rule *rule = conf->access.rule;

	for (size_t k = 0; k < i; k++)
		if (rule[k].pin[0] && strcmp(rule[k].text, rule[i].text) == 0)
			return AW_ABSENT;
	return note_pin(AW_PIN_POLICY, rule[i].text, rule[i].pin, ret);
}

static int note_local(
    const struct aw_conf *conf, size_t i, struct aw_snap_note *ret)
{
	const struct aw_conf_group *group = conf->local_groups.item;

	for (size_t k = 0; k < i; k++)
		if (strcmp(group[k].from, group[i].from) == 0)
			return AW_ABSENT;
	return note_pin(AW_PIN_LOCAL, group[i].from, group[i].pin, ret);
}

int aw_note_fact(struct aw_state *state, const struct aw_conf *conf, size_t i,
    struct aw_snap_note *ret)
{
	char value[AW_SNAP_NOTE_SIZE];
	int r;

	*ret = (struct aw_snap_note){ .id = 0 };
	if (i < N_FACTS) {
		r = aw_state_get(state, facts[i], value, sizeof(value));
		return r == 0 ? aw_fmt(ret->text, sizeof(ret->text), ":%s %s",
				    facts[i], value)
			      : r;
	}
	i -= N_FACTS;
	if (i < conf->access.n_rules)
		return note_rule(conf, i, ret);
	i -= conf->access.n_rules;
	return i < conf->local_groups.n ? note_local(conf, i, ret) : AW_END;
}

/* Behind "@word " in @text; NULL: it is another one. */
static const char *value_of(const char *text, const char *word)
{
	const size_t len = strlen(word);

	return strncmp(text, word, len) == 0 && text[len] == ' '
		   ? text + len + 1
		   : NULL;
}

static int restore_fact(struct aw_state *state, const char *text)
{
	for (size_t i = 0; i < N_FACTS; i++) {
		const char *value = value_of(text, facts[i]);

		if (value)
			return aw_state_set(state, facts[i], value);
	}
	return 0;
}

static int restore_pin(
    struct aw_state *state, const struct aw_snap_note *note, int64_t at)
{
	for (enum aw_pin_kind kind = AW_PIN_POLICY; kind <= AW_PIN_LOCAL;
	     kind++) {
		const char *text = value_of(note->text, pins[kind]);

		if (text)
			return aw_state_run(state, AW_Q_PIN_ADD, "issi",
			    (int64_t)kind, text, note->principal_id, at);
	}
	return 0;
}

int aw_note_given_up(
    const struct aw_snap_note *note, const char **was, uint32_t *had)
{
	const char *const text = value_of(note->text, ":had");
	uint64_t id = 0;

	*was = value_of(note->text, ":was");
	if (note->id == 0 || (!*was && !text))
		return AW_ABSENT;
	if (text && aw_num_u64(text, 1, UINT32_MAX, &id) < 0)
		return -EBADMSG;
	*had = (uint32_t)id;
	return 0;
}

int aw_note_restore(
    struct aw_state *state, const struct aw_snap_note *note, int64_t at)
{
	const char *was;
	uint32_t had;
	int64_t n;
	int r;

	if (note->principal_id[0])
		return restore_pin(state, note, at);
	if (note->id == 0)
		return restore_fact(state, note->text + 1);
	r = aw_note_given_up(note, &was, &had);
	if (r != 0)
		return r == AW_ABSENT ? 0 : r;
	r = aw_state_number(state, AW_Q_ROW_OF_ID, &n, "i", (int64_t)note->id);
	if (r != 0)
		return r == AW_ABSENT ? -EBADMSG : r;
	return was ? aw_entry_reserve_name(state, n, at, was)
		   : aw_entry_reserve_id(state, n, at, had);
}

int aw_note_home(const struct aw_conf *conf, const struct aw_snap_tomb *tomb,
    char home[AW_PERSON_HOME_SIZE])
{
	return tomb->home[0] ? aw_copy(home, AW_PERSON_HOME_SIZE, tomb->home)
			     : aw_register_home(
				   conf, tomb->name, home, AW_PERSON_HOME_SIZE);
}
