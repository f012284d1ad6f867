/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table of commands: names, how many words, what to do, how to say it.
 */
#include "tests/idcsim/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "tests/idcsim/container.h"
#include "tests/idcsim/flow.h"
#include "tests/idcsim/role.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

/* A command's words, options taken out. */
struct ask {
	struct aw_sim *sim;
	size_t n; /* words behind the command's name */
	const char *word[AW_SIM_WORDS_MAX];
	const char *as;
	const char *account;
	const char *count;
	const char *after;
	struct aw_buf *out;
	struct aw_diag *diag;
};

int aw_sim_words_add(struct aw_sim_words *words, const char *text)
{
	if (words->n == AW_SIM_WORDS_MAX)
		return -E2BIG;
	words->word[words->n] = strdup(text);
	if (words->word[words->n] == NULL)
		return -ENOMEM;
	words->n++;
	return 0;
}

void aw_sim_words_done(struct aw_sim_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->word[i]);
	memset(words, 0, sizeof(*words));
}

static int refuse(struct ask *ask, const char *why)
{
	aw_diag_set(ask->diag, "%s", why);
	return -EINVAL;
}

/* One of two words.  Returns 0 or -EINVAL. */
static int either(struct ask *ask, const char *word, const char *no,
    const char *yes, bool *ret)
{
	*ret = strcmp(word, yes) == 0;
	if (*ret || strcmp(word, no) == 0)
		return 0;
	aw_diag_set(ask->diag, "%.64s: neither %s nor %s", word, yes, no);
	return -EINVAL;
}

static int approve(struct ask *ask)
{
	if (ask->as == NULL)
		return refuse(ask, "approve: --as USER is missing");
	return aw_sim_approve(ask->sim, ask->word[0], ask->as, ask->diag);
}

static int deny(struct ask *ask)
{
	return aw_sim_deny(ask->sim, ask->word[0], ask->diag);
}

static int pending(struct ask *ask)
{
	aw_sim_codes_print(ask->sim, ask->out);
	return 0;
}

static int show_log(struct ask *ask)
{
	aw_sim_log_print(&ask->sim->log, ask->out);
	return 0;
}

static int set(struct ask *ask)
{
	const char *const *word = ask->word;
	bool is_on;

	if (strcmp(word[0], "user") == 0 && ask->n == 3) {
		if (either(ask, word[2], "disabled", "enabled", &is_on) != 0)
			return -EINVAL;
		return aw_sim_set_status(ask->sim, word[1], is_on, ask->diag);
	}
	if (ask->n != 4)
		return refuse(ask, "set: user, set or member, and their words");
	if (either(ask, word[3], "off", "on", &is_on) != 0)
		return -EINVAL;
	if (strcmp(word[0], "set") == 0)
		return aw_sim_set_assigned(
		    ask->sim, word[1], word[2], ask->account, is_on, ask->diag);
	if (strcmp(word[0], "member") == 0)
		return aw_sim_set_member(
		    ask->sim, word[1], word[2], is_on, ask->diag);
	return refuse(ask, "set: what? user, set or member");
}

static int add_user(struct ask *ask)
{
	return aw_sim_add_user(ask->sim, ask->word[0],
	    ask->n > 1 ? ask->word[1] : NULL, ask->diag);
}

static int delete_user(struct ask *ask)
{
	return aw_sim_delete_user(ask->sim, ask->word[0], ask->diag);
}

static int rename_user(struct ask *ask)
{
	return aw_sim_rename_user(
	    ask->sim, ask->word[0], ask->word[1], ask->diag);
}

static int fault(struct ask *ask)
{
	uint64_t count = 0, after = 0;
	int r;

	if (ask->n == 0) {
		aw_sim_faults_print(&ask->sim->faults, ask->out);
		return 0;
	}
	if (ask->n == 1 && strcmp(ask->word[0], "clear") == 0) {
		aw_sim_faults_clear(&ask->sim->faults);
		return 0;
	}
	if (ask->n < 2)
		return refuse(ask, "fault: OPERATION KIND [ARG], or clear");
	if (ask->count && aw_num_u64(ask->count, 1, UINT32_MAX, &count) != 0)
		return refuse(ask, "--count: not a number from 1");
	if (ask->after && aw_num_u64(ask->after, 0, UINT32_MAX, &after) != 0)
		return refuse(ask, "--after: not a number");
	r = aw_sim_faults_add(&ask->sim->faults, ask->word[0], ask->word[1],
	    ask->n > 2 ? ask->word[2] : NULL, count, ask->diag);
	if (r == 0)
		aw_sim_faults_delay(&ask->sim->faults, after);
	return r;
}

static int turn_clock(struct ask *ask)
{
	const char *text = ask->word[0];
	uint64_t seconds;

	if (strcmp(text, "reset") == 0) {
		ask->sim->clock_ms = 0;
		return 0;
	}
	if ((text[0] != '+' && text[0] != '-') ||
	    aw_num_u64(text + 1, 0, UINT32_MAX, &seconds) != 0)
		return refuse(ask, "clock: not +SECONDS, -SECONDS or reset");
	ask->sim->clock_ms +=
	    (int64_t)seconds * (text[0] == '-' ? -1000 : 1000);
	return 0;
}

/* How long a token is to live: word @i, or an hour. */
static int life_of(struct ask *ask, size_t i, uint64_t *ret)
{
	*ret = 3600;
	if (ask->n <= i || aw_num_u64(ask->word[i], 1, 86400, ret) == 0)
		return 0;
	return refuse(ask, "not a number of seconds from 1 to 86400");
}

static int web_token(struct ask *ask)
{
	uint64_t seconds;
	int r = life_of(ask, 1, &seconds);

	if (r == 0)
		r = aw_sim_role_token(
		    ask->sim, ask->word[0], seconds, ask->out);
	if (r == AW_UNKNOWN)
		return refuse(ask, "no such role, or it takes no tokens");
	return r;
}

static int container_token(struct ask *ask)
{
	char token[64];
	uint64_t seconds;

	if (life_of(ask, 0, &seconds) != 0)
		return -EINVAL;
	aw_sim_container_token(
	    ask->sim, aw_sim_now_ms(ask->sim) + (int64_t)seconds * 1000, token);
	aw_buf_fmt(ask->out, "%s\n", token);
	return 0;
}

static const struct {
	const char *name;
	size_t min, max;
	int (*run)(struct ask *ask);
	const char *usage;
} commands[] = {
	{ "approve", 1, 1, approve, "approve CODE --as USER" },
	{ "deny", 1, 1, deny, "deny CODE" },
	{ "pending", 0, 0, pending,
	    "pending                      codes that wait: code, start, "
	    "client" },
	{ "log", 0, 0, show_log,
	    "log                          the last requests" },
	{ "set", 3, 4, set,
	    "set user USER enabled|disabled\n"
	    "  set set NAME USER|GROUP on|off [--account ID]\n"
	    "  set member GROUP USER on|off" },
	{ "add-user", 1, 2, add_user, "add-user USERNAME [DISPLAYNAME]" },
	{ "delete-user", 1, 1, delete_user, "delete-user USER" },
	{ "rename", 2, 2, rename_user, "rename USER USERNAME" },
	{ "fault", 0, 3, fault,
	    "fault OPERATION|SERVICE|* KIND [ARG] [--count N] [--after N]\n"
	    "      KIND: latency MS, throttle [S], status [CODE], malformed,\n"
	    "      oversized [BYTES], truncate-page, empty, gone,\n"
	    "      lose-token, stale-token, repeat-token, endless [ROWS], "
	    "close,\n"
	    "      cut, deny, expire, slow_down, stale (keys), foreign\n"
	    "      (instance document), error "
	    "STATUS/CODE[/REASON]\n"
	    "      empty: a page before all others; gone: the whole list;\n"
	    "      endless: the first ROWS again and again\n"
	    "  fault                        those in force\n"
	    "  fault clear" },
	{ "clock", 1, 1, turn_clock, "clock +SECONDS|-SECONDS|reset" },
	{ "web-token", 1, 2, web_token,
	    "web-token ROLEARN [SECONDS]  an OpenID Connect token for a role" },
	{ "container-token", 0, 1, container_token,
	    "container-token [SECONDS]    for container credentials" },
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

void aw_sim_command_usage(struct aw_buf *out)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		aw_buf_fmt(out, "  %s\n", commands[i].usage);
}

bool aw_sim_command_exists(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Where the value of the option @word belongs, or NULL. */
static const char **option_of(struct ask *ask, const char *word)
{
	if (strcmp(word, "--as") == 0)
		return &ask->as;
	if (strcmp(word, "--account") == 0)
		return &ask->account;
	if (strcmp(word, "--count") == 0)
		return &ask->count;
	if (strcmp(word, "--after") == 0)
		return &ask->after;
	return NULL;
}

static int sort_words(struct ask *ask, const struct aw_sim_words *words)
{
	for (size_t i = 1; i < words->n; i++) {
		const char *word = words->word[i];
		const char **option = option_of(ask, word);

		if (option == NULL) {
			ask->word[ask->n++] = word;
			continue;
		}
		if (++i == words->n) {
			aw_diag_set(ask->diag, "%s: needs a value", word);
			return -EINVAL;
		}
		*option = words->word[i];
	}
	return 0;
}

int aw_sim_command(struct aw_sim *sim, const struct aw_sim_words *words,
    struct aw_buf *out, struct aw_diag *diag)
{
	struct ask ask = { .sim = sim, .out = out, .diag = diag };

	if (words->n == 0)
		return refuse(&ask, "no command");
	if (sort_words(&ask, words) != 0)
		return -EINVAL;
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i].name, words->word[0]) != 0)
			continue;
		if (ask.n < commands[i].min || ask.n > commands[i].max) {
			aw_diag_set(diag, "usage: %s", commands[i].usage);
			return -EINVAL;
		}
		return commands[i].run(&ask) == 0 ? 0 : -EINVAL;
	}
	aw_diag_set(diag, "%.64s: no such command", words->word[0]);
	return -EINVAL;
}
