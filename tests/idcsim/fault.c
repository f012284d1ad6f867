/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of faults.  A fault that has been used up is gone.
 */
#include "tests/idcsim/fault.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "common/buf.h"
#include "common/own.h"

static const struct {
	const char *name;
	bool has_arg;
	uint64_t min, max, fallback; /* no fallback: the argument is needed */
} kinds[AW_SIM_N_KINDS] = {
	[AW_SIM_LATENCY] = { "latency", true, 1, 3600000, 0 },
	[AW_SIM_THROTTLE] = { "throttle", true, 1, 3600, 1 },
	[AW_SIM_STATUS] = { "status", true, 500, 599, 500 },
	[AW_SIM_MALFORMED] = { "malformed", false, 0, 0, 0 },
	[AW_SIM_OVERSIZED] = { "oversized", true, 1, 50000000, 8388608 },
	[AW_SIM_TRUNCATE_PAGE] = { "truncate-page", false, 0, 0, 0 },
	[AW_SIM_EMPTY] = { "empty", false, 0, 0, 0 },
	[AW_SIM_GONE] = { "gone", false, 0, 0, 0 },
	[AW_SIM_LOSE_TOKEN] = { "lose-token", false, 0, 0, 0 },
	[AW_SIM_STALE_TOKEN] = { "stale-token", false, 0, 0, 0 },
	[AW_SIM_REPEAT_TOKEN] = { "repeat-token", false, 0, 0, 0 },
	[AW_SIM_ENDLESS] = { "endless", true, 0, 100, 100 },
	[AW_SIM_CLOSE] = { "close", false, 0, 0, 0 },
	[AW_SIM_CUT] = { "cut", false, 0, 0, 0 },
	[AW_SIM_DENY] = { "deny", false, 0, 0, 0 },
	[AW_SIM_EXPIRE] = { "expire", false, 0, 0, 0 },
	[AW_SIM_SLOW_DOWN] = { "slow_down", false, 0, 0, 0 },
	[AW_SIM_STALE] = { "stale", false, 0, 0, 0 },
	[AW_SIM_FOREIGN] = { "foreign", false, 0, 0, 0 },
	[AW_SIM_ERROR] = { "error", false, 0, 0, 0 },
};

void aw_sim_faults_init(struct aw_sim_faults *faults)
{
	TAILQ_INIT(&faults->list);
}

void aw_sim_faults_clear(struct aw_sim_faults *faults)
{
	struct aw_sim_fault *fault;

	while ((fault = TAILQ_FIRST(&faults->list)) != NULL) {
		TAILQ_REMOVE(&faults->list, fault, link);
		free(fault);
	}
}

static int find_kind(const char *name, unsigned *ret)
{
	for (unsigned i = 0; i < AW_SIM_N_KINDS; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int parse_arg(
    unsigned kind, const char *arg, uint64_t *ret, struct aw_diag *diag)
{
	if (arg == NULL) {
		*ret = kinds[kind].fallback;
		if (!kinds[kind].has_arg || kinds[kind].fallback)
			return 0;
		aw_diag_set(diag, "%s: needs a number", kinds[kind].name);
		return -EINVAL;
	}
	if (!kinds[kind].has_arg) {
		aw_diag_set(diag, "%s: takes no argument", kinds[kind].name);
		return -EINVAL;
	}
	if (aw_num_u64(arg, kinds[kind].min, kinds[kind].max, ret) == 0)
		return 0;
	aw_diag_set(diag, "%s: not a number from %" PRIu64 " to %" PRIu64,
	    kinds[kind].name, kinds[kind].min, kinds[kind].max);
	return -EINVAL;
}

int aw_sim_fault_error(char *text, uint64_t *ret_status, const char **ret_code,
    const char **ret_reason)
{
	char *code = strchr(text, '/');
	char *reason;

	if (code == NULL)
		return -EINVAL;
	*code++ = '\0';
	reason = code + strcspn(code, "/");
	if (*reason)
		*reason++ = '\0';
	*ret_code = code;
	*ret_reason = reason;
	return *code && aw_num_u64(text, 400, 599, ret_status) == 0 ? 0
								    : -EINVAL;
}

/* The argument of AW_SIM_ERROR is a text. */
static int take_error(
    struct aw_sim_fault *fault, const char *arg, struct aw_diag *diag)
{
	char text[AW_SIM_ERROR_SIZE];
	const char *code, *reason;
	uint64_t status;

	if (arg != NULL &&
	    aw_copy(fault->text, sizeof(fault->text), arg) == 0 &&
	    aw_copy(text, sizeof(text), arg) == 0 &&
	    aw_sim_fault_error(text, &status, &code, &reason) == 0)
		return 0;
	aw_diag_set(diag, "error: STATUS/CODE[/REASON], STATUS from 400 on");
	return -EINVAL;
}

int aw_sim_faults_add(struct aw_sim_faults *faults, const char *operation,
    const char *kind, const char *arg, uint64_t count, struct aw_diag *diag)
{
	aw_own_free struct aw_sim_fault *fault = NULL;
	unsigned which;
	int r;

	if (find_kind(kind, &which) != 0) {
		aw_diag_set(diag, "%s: no such kind of fault", kind);
		return -EINVAL;
	}
	fault = calloc(1, sizeof(*fault));
	if (fault == NULL)
		return -ENOMEM;
	r = which == AW_SIM_ERROR ? take_error(fault, arg, diag)
				  : parse_arg(which, arg, &fault->arg, diag);
	if (r < 0)
		return r;
	r = aw_copy(fault->operation, sizeof(fault->operation), operation);
	if (r < 0) {
		aw_diag_set(diag, "the operation's name is too long");
		return -EINVAL;
	}
	fault->kind = (enum aw_sim_fault_kind)which;
	fault->count = count;
	TAILQ_INSERT_TAIL(&faults->list, fault, link);
	fault = NULL;
	return 0;
}

void aw_sim_faults_delay(struct aw_sim_faults *faults, uint64_t n)
{
	struct aw_sim_fault *last =
	    TAILQ_LAST(&faults->list, aw_sim_fault_list);

	if (last != NULL)
		last->after = n;
}

static bool fits(const struct aw_sim_fault *fault, const char *service,
    const char *operation)
{
	return strcmp(fault->operation, "*") == 0 ||
	       strcmp(fault->operation, service) == 0 ||
	       strcmp(fault->operation, operation) == 0;
}

struct aw_sim_effect aw_sim_faults_take(
    struct aw_sim_faults *faults, const char *service, const char *operation)
{
	struct aw_sim_effect effect = { 0 };
	struct aw_sim_fault *fault = TAILQ_FIRST(&faults->list);

	while (fault != NULL) {
		struct aw_sim_fault *const next = TAILQ_NEXT(fault, link);

		if (!fits(fault, service, operation)) {
			fault = next;
			continue;
		}
		if (fault->after > 0) {
			fault->after--;
		} else {
			effect.on[fault->kind] = true;
			effect.arg[fault->kind] = fault->arg;
			if (fault->kind == AW_SIM_ERROR)
				aw_ignore(aw_copy(effect.text,
				    sizeof(effect.text), fault->text));
			if (fault->count == 1) {
				TAILQ_REMOVE(&faults->list, fault, link);
				free(fault);
			} else if (fault->count > 1) {
				fault->count--;
			}
		}
		fault = next;
	}
	return effect;
}

void aw_sim_faults_print(const struct aw_sim_faults *faults, struct aw_buf *out)
{
	const struct aw_sim_fault *fault;

	for (fault = TAILQ_FIRST(&faults->list); fault != NULL;
	     fault = TAILQ_NEXT(fault, link)) {
		aw_buf_fmt(
		    out, "%s %s", fault->operation, kinds[fault->kind].name);
		if (kinds[fault->kind].has_arg)
			aw_buf_fmt(out, " %" PRIu64, fault->arg);
		if (fault->text[0])
			aw_buf_fmt(out, " %s", fault->text);
		if (fault->count)
			aw_buf_fmt(out, " (%" PRIu64 " left)", fault->count);
		if (fault->after)
			aw_buf_fmt(out, " (after %" PRIu64 ")", fault->after);
		aw_buf_str(out, "\n");
	}
}
