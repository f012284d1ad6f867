/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: what reading the directory costs, and who pays.
 */
#include "awssso/doctor.h"

#include "awssso/print.h"
#include "common/proto.h"

static uint64_t pages(uint64_t rows)
{
	return (rows + 99) / 100;
}

uint64_t aw_doctor_requests(uint64_t users, uint64_t groups, uint64_t members)
{
	const uint64_t full = pages(members);

	/* One a group at least; a large one more, which nobody counts here. */
	return (users ? pages(users) : 1) + (groups ? pages(groups) : 1) +
	       (groups > full ? groups : full);
}

void aw_doctor_cost(uint64_t requests, uint64_t rate, uint64_t interval,
    uint64_t hosts, struct aw_doctor_cost *ret)
{
	uint64_t period;

	ret->requests = requests;
	ret->seconds = rate ? (requests + rate - 1) / rate : requests;
	ret->interval = interval;
	period = interval > ret->seconds ? interval : ret->seconds;
	ret->permille =
	    period ? hosts * requests * 1000 / (period * AW_DOCTOR_LIMIT) : 0;
}

/* As many as the last sweep made; before the first one, or without awsssod,
 * what its size says; 0: nothing does. */
static uint64_t requests_of(const struct aw_doctor *doctor)
{
	const struct aw_wire_in *in = doctor->talk ? &doctor->talk->in : NULL;
	const struct aw_snap *snap = doctor->snap;
	uint64_t n;

	if (!in)
		return snap ? aw_doctor_requests(
				  snap->n_users, snap->n_groups, 0)
			    : 0;
	n = aw_wire_num(
	    in, AW_TAG_EXPECTED, aw_wire_num(in, AW_TAG_REQUESTS, 0));
	if (n > 0)
		return n;
	return aw_doctor_requests(aw_wire_num(in, AW_TAG_USERS, 0),
	    aw_wire_num(in, AW_TAG_GROUPS, 0),
	    aw_wire_num(in, AW_TAG_MEMBERS, 0));
}

static void say_sweep(struct aw_doctor *doctor, const struct aw_doctor_cost *c)
{
	const bool has_scope = doctor->conf->source == AW_SOURCE_IDENTITY_STORE;
	const bool is_slow = c->seconds > c->interval;
	char takes[32], every[32];

	aw_doctor_say(doctor, "sweep",
	    is_slow ? AW_DOCTOR_WARNING : AW_DOCTOR_OK,
	    !is_slow    ? NULL
	    : has_scope ? "set a longer sweep_interval or a scope"
			: "set a longer sweep_interval",
	    "%llu requests, takes %s, every %s%s",
	    (unsigned long long)c->requests,
	    aw_print_span(takes, sizeof(takes), c->seconds),
	    aw_print_span(every, sizeof(every), c->interval),
	    is_slow ? ": it takes longer than its interval" : "");
}

static void say_share(struct aw_doctor *doctor, const struct aw_doctor_cost *c)
{
	const bool is_much = c->permille > AW_DOCTOR_SHARE * 10;

	aw_doctor_say(doctor, "aws-share",
	    is_much ? AW_DOCTOR_WARNING : AW_DOCTOR_OK,
	    is_much ? "let one host read and publish (awssso publish, source "
		      "= published), or set a scope"
		    : NULL,
	    "%llu %s use%s %llu.%llu %% of the organisation's %d requests a "
	    "second%s",
	    (unsigned long long)doctor->hosts,
	    doctor->hosts == 1 ? "host" : "hosts",
	    doctor->hosts == 1 ? "s" : "", (unsigned long long)c->permille / 10,
	    (unsigned long long)c->permille % 10, AW_DOCTOR_LIMIT,
	    is_much ? ": throttling is to be expected" : "");
}

void aw_doctor_check_cost(struct aw_doctor *doctor)
{
	const uint64_t requests = requests_of(doctor);
	struct aw_doctor_cost cost;

	if (doctor->conf->source == AW_SOURCE_PUBLISHED) {
		aw_doctor_say(doctor, "sweep", AW_DOCTOR_OK, NULL,
		    "none: the directory comes from a publisher");
		return;
	}
	if (requests == 0) {
		aw_doctor_say(doctor, "sweep", AW_DOCTOR_WARNING, NULL,
		    "what one costs is known once the directory has been "
		    "read");
		return;
	}
	aw_doctor_cost(requests,
	    doctor->talk ? aw_wire_num(&doctor->talk->in, AW_TAG_RATE,
			       doctor->conf->sweep_rate)
			 : doctor->conf->sweep_rate,
	    doctor->conf->sweep_interval, doctor->hosts, &cost);
	say_sweep(doctor, &cost);
	/* What others may ask SCIM nobody says. */
	if (doctor->conf->source == AW_SOURCE_IDENTITY_STORE)
		say_share(doctor, &cost);
}
