/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What awssso doctor looks at: a list of checks, each of which says one thing
 * or nothing.  A check lives in doctor_*.c and stands in the list of doctor.c.
 */
#ifndef AW_AWSSSO_DOCTOR_H
#define AW_AWSSSO_DOCTOR_H

#include <json-c/json.h>
#include <stdint.h>

#include "awssso/talk.h"
#include "common/conf.h"

/* AWS allows this many requests a second, for each operation, to a whole
 * organisation. */
#define AW_DOCTOR_LIMIT 20
/* The share of that (per cent) above which the others would feel us. */
#define AW_DOCTOR_SHARE 25

enum aw_doctor_state {
	AW_DOCTOR_GOOD,
	AW_DOCTOR_NOTE,    /* worth knowing */
	AW_DOCTOR_FINDING, /* to be changed */
};

struct aw_doctor {
	const struct aw_talk *talk; /* awsssod's STATUS_IS */
	const struct aw_conf *conf;
	const char *etc; /* where the settings of others are */
	uint64_t hosts;
	struct json_object *checks; /* what was said, if JSON is wanted */
	unsigned findings;
};

/* Say @name: @state and a sentence. */
void aw_doctor_say(struct aw_doctor *doctor, const char *name,
    enum aw_doctor_state state, const char *fmt, ...) AW_PRINTF(4, 5);

/* --- the cost of the directory ----------------------------------------- */

struct aw_doctor_cost {
	uint64_t requests; /* of a sweep */
	uint64_t seconds;  /* it takes */
	uint64_t interval; /* between two */
	uint64_t permille; /* of AW_DOCTOR_LIMIT, all hosts together */
};

/* What @hosts hosts cost whose sweeps make @requests at @rate a second, every
 * @interval seconds (a sweep that takes longer is followed at once). */
void aw_doctor_cost(uint64_t requests, uint64_t rate, uint64_t interval,
    uint64_t hosts, struct aw_doctor_cost *ret);

/* Requests of a sweep of that size: at least so many. */
uint64_t aw_doctor_requests(uint64_t users, uint64_t groups, uint64_t members);

/* --- checks ------------------------------------------------------------ */

void aw_doctor_check_cost(struct aw_doctor *doctor);
/* Ranges of ids that SSSD and Himmelblau hand out. */
void aw_doctor_check_sssd(struct aw_doctor *doctor);
void aw_doctor_check_himmelblau(struct aw_doctor *doctor);
void aw_doctor_check_lastlog(struct aw_doctor *doctor);
/* Whether sudo hides from its gate who asks. */
void aw_doctor_check_sudo(struct aw_doctor *doctor);

#endif
