/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes wrong on request: a list of faults, each for one operation (or
 * one service, or "*"), for a number of times or until cleared.
 */
#ifndef AW_IDCSIM_FAULT_H
#define AW_IDCSIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/outcome.h"
#include "common/text.h"

struct aw_buf;

enum aw_sim_fault_kind {
	AW_SIM_LATENCY,       /* the answer comes ARG ms later */
	AW_SIM_THROTTLE,      /* as the service throttles, for ARG s */
	AW_SIM_STATUS,        /* ARG 500, 502, 503, 504: an error */
	AW_SIM_MALFORMED,     /* the answer's second half is garbage */
	AW_SIM_OVERSIZED,     /* the answer is padded to ARG bytes */
	AW_SIM_TRUNCATE_PAGE, /* half a page, NextToken to the rest */
	AW_SIM_EMPTY,         /* first an empty page, NextToken to all */
	AW_SIM_GONE,          /* no row and no NextToken: nothing is there */
	AW_SIM_LOSE_TOKEN,    /* the page lacks its NextToken */
	AW_SIM_STALE_TOKEN,   /* any NextToken that is sent is refused */
	AW_SIM_REPEAT_TOKEN,  /* the page's NextToken is the one sent */
	AW_SIM_ENDLESS,       /* the first ARG rows, and a new NextToken */
	AW_SIM_CLOSE,         /* no answer, the connection closes */
	AW_SIM_CUT,           /* the connection closes within the answer */
	AW_SIM_DENY,          /* access denied */
	AW_SIM_EXPIRE,        /* code, token or keys have expired */
	AW_SIM_SLOW_DOWN,     /* the poll counts as too early */
	AW_SIM_STALE,         /* keys of an hour ago, which AWS still takes */
	AW_SIM_FOREIGN,       /* the instance says that it is another's */
	AW_SIM_ERROR,         /* the error ARG, "STATUS/CODE[/REASON]" */
	AW_SIM_N_KINDS,
};

#define AW_SIM_ERROR_SIZE 128

struct aw_sim_fault {
	TAILQ_ENTRY(aw_sim_fault) link;
	char operation[64];
	enum aw_sim_fault_kind kind;
	uint64_t arg;
	char text[AW_SIM_ERROR_SIZE]; /* ARG of AW_SIM_ERROR */
	uint64_t count;               /* 0: always */
	uint64_t after; /* so many requests pass before it begins */
};

struct aw_sim_faults {
	TAILQ_HEAD(aw_sim_fault_list, aw_sim_fault) list;
};

/* What the faults do to one call. */
struct aw_sim_effect {
	bool on[AW_SIM_N_KINDS];
	uint64_t arg[AW_SIM_N_KINDS];
	char text[AW_SIM_ERROR_SIZE];
};

/* Take "STATUS/CODE[/REASON]" apart, where it stands.  Returns 0 or -EINVAL. */
int aw_sim_fault_error(char *text, uint64_t *ret_status, const char **ret_code,
    const char **ret_reason) AW_MUST_USE;

void aw_sim_faults_init(struct aw_sim_faults *faults);
void aw_sim_faults_clear(struct aw_sim_faults *faults);

/*
 * Add a fault of the kind called @kind; @arg may be NULL where the kind has a
 * default.  Returns 0, or -EINVAL with @diag set.
 */
int aw_sim_faults_add(struct aw_sim_faults *faults, const char *operation,
    const char *kind, const char *arg, uint64_t count,
    struct aw_diag *diag) AW_MUST_USE;

/* The fault that was added last lets @n requests pass before it begins. */
void aw_sim_faults_delay(struct aw_sim_faults *faults, uint64_t n);

/* Gather what applies to @operation of @service, and count it down. */
struct aw_sim_effect aw_sim_faults_take(
    struct aw_sim_faults *faults, const char *service, const char *operation);

/* One line for each fault in force. */
void aw_sim_faults_print(
    const struct aw_sim_faults *faults, struct aw_buf *out);

#endif
