/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network check.  An endpoint is reached when it answers at all: what it
 * says to a request without a purpose does not matter.
 */
#include "awssso_netd/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/aws.h"
#include "awssso_netd/call.h"
#include "awssso_netd/egress.h"
#include "awssso_netd/host.h"
#include "awssso_netd/http.h"
#include "awssso_netd/identitystore.h"
#include "awssso_netd/loop.h"
#include "awssso_netd/sts.h"
#include "common/sock.h"

#define DEADLINE_MS 20000
#define CLOCK_MAX   300 /* seconds; AWS refuses signatures beyond */

struct probe;
struct reach {
	struct probe *probe;
	enum aw_service service;
	char where[AW_CONF_TEXT];
	uint64_t started_ms;
};

struct probe {
	struct aw_aws *aws;
	unsigned pending;
	bool failed;
	struct reach reach[AW_SERVICE_N_];
};

static void say(struct probe *probe, bool ok, const char *name,
    const char *where, const char *what)
{
	(void)printf("%s %s %s: %s\n", ok ? "ok" : "no", name, where, what);
	if (!ok)
		probe->failed = true;
}

static void end_one(struct probe *probe)
{
	if (--probe->pending == 0)
		(void)sd_event_exit(probe->aws->event, 0);
}

/* --- what the host's keys may do --------------------------------------- */

static void on_list(struct probe *probe, const char *operation,
    const struct aw_call_answer *answer)
{
	const bool ok = answer->net == AW_NET_OK;

	say(probe, ok, operation, probe->aws->conf->identity_store_id,
	    ok ? "may be read" : answer->why.text);
	end_one(probe);
}

static void on_users(void *user, const struct aw_call_answer *answer)
{
	on_list(user, "ListUsers", answer);
}

static void on_groups(void *user, const struct aw_call_answer *answer)
{
	on_list(user, "ListGroups", answer);
}

static void ask_list(
    struct probe *probe, const char *operation, aw_call_done_fn *done)
{
	const struct aw_store_ask ask = {
		.operation = operation,
		.paged = true,
	};
	const struct aw_store_how how = {
		.region = aw_aws_region(probe->aws),
		.deadline_ms = aw_sock_now_ms() + DEADLINE_MS,
	};
	struct aw_call *call;

	if (aw_store_start(probe->aws, &ask, &how, done, probe, &call) == 0)
		probe->pending++;
	else
		say(probe, false, operation, how.region, "cannot be asked");
}

/* Whose keys sign: those of the source, or of the role assumed with them. */
static void on_keys(void *user, const struct aw_call_answer *answer)
{
	static const char *const sources[] = { "imds", "file", "container",
		"web-identity" };
	struct probe *probe = user;
	const struct aw_conf *conf = probe->aws->conf;
	struct aw_sts_identity sts = { .arn = "" };
	struct aw_diag why = answer->why;
	bool ok = answer->net == AW_NET_OK;
	char where[AW_CONF_TEXT + 32];

	if (ok && aw_sts_read(answer->body, answer->len, &sts, &why) < 0)
		ok = false;
	if (aw_fmt(where, sizeof(where), "%s%s%s",
		sources[conf->credentials_source],
		conf->role_arn[0] ? " then " : "", conf->role_arn) < 0)
		where[0] = '\0';
	say(probe, ok, "credentials", where, ok ? sts.arn : why.text);
	if (ok && aw_egress_needs(conf, AW_SERVICE_IDENTITYSTORE)) {
		ask_list(probe, "ListUsers", on_users);
		ask_list(probe, "ListGroups", on_groups);
	}
	end_one(probe);
}

static void on_host(void *user, const struct aw_host_end *end)
{
	struct probe *probe = user;
	const bool ok = end->net == AW_NET_OK;
	struct aw_call *call;

	say(probe, ok, "host", ok ? end->account : "-",
	    ok ? "is this host's account" : end->why.text);
	if (ok && aw_sts_start(probe->aws, AW_CALL_HOST, NULL,
		      aw_aws_region(probe->aws), aw_sock_now_ms() + DEADLINE_MS,
		      on_keys, probe, &call) == 0)
		probe->pending++;
	end_one(probe);
}

/* --- endpoints --------------------------------------------------------- */

static void on_reach(void *user, const struct aw_http_answer *answer)
{
	struct reach *reach = user;
	char text[64];

	if (aw_fmt(text, sizeof(text), "reached in %llu ms",
		(unsigned long long)(aw_sock_now_ms() - reach->started_ms)) < 0)
		text[0] = '\0';
	if (answer->error == 0 &&
	    aw_call_clock(answer, &reach->probe->aws->offset))
		reach->probe->aws->answered = true;
	say(reach->probe, answer->error == 0,
	    aw_service_info(reach->service)->label, reach->where,
	    answer->error ? answer->why.text : text);
	end_one(reach->probe);
}

static void start_reach(struct probe *probe, enum aw_service service)
{
	struct reach *reach = &probe->reach[service];
	struct aw_endpoint endpoint;
	struct aw_http_request request = {
		.lane = service, .method = "GET", .url = endpoint.url
	};
	struct aw_diag why = { .text = "cannot be asked" };
	struct aw_http_op *op;
	const char *region = aw_aws_region(probe->aws);

	*reach = (struct reach){ .probe = probe,
		.service = service,
		.started_ms = aw_sock_now_ms() };
	if (aw_endpoint_find(
		probe->aws->conf, service, region, &endpoint, &why) == 0 &&
	    aw_copy(reach->where, sizeof(reach->where), endpoint.host) == 0 &&
	    aw_http_start(probe->aws->http, &request, on_reach, reach, &op) ==
		0)
		probe->pending++;
	else
		say(probe, false, aw_service_info(service)->label, region,
		    why.text);
}

static int check_all(struct probe *probe)
{
	struct aw_host_op *host;
	int r;

	for (unsigned i = 0; i < AW_SERVICE_N_; i++)
		if (aw_egress_needs(probe->aws->conf, i))
			start_reach(probe, i);
	if (aw_egress_needs_keys(probe->aws->conf)) {
		r = aw_host_start(probe->aws, aw_sock_now_ms() + DEADLINE_MS,
		    on_host, probe, &host);
		if (r < 0)
			return r;
		probe->pending++;
	}
	return sd_event_loop(probe->aws->event);
}

static void say_clock(struct probe *probe)
{
	const int64_t offset = probe->aws->offset;
	char text[64];

	if (!probe->aws->answered ||
	    aw_fmt(text, sizeof(text), "%lld s ahead of ours",
		(long long)offset) < 0)
		return;
	say(probe, llabs(offset) < CLOCK_MAX, "clock", "AWS", text);
}

int aw_probe_run(const struct aw_conf *conf)
{
	struct probe probe = { .failed = false };
	sd_event *event = NULL;
	int r;

	r = aw_loop_new(&event);
	if (r == 0)
		r = aw_aws_new(event, conf, &probe.aws);
	if (r == 0)
		r = check_all(&probe);
	if (r == 0 && probe.pending == 0)
		say_clock(&probe);
	/* A signal may have come in between: what is under way goes with the
	 * process. */
	if (probe.pending == 0)
		aw_aws_free(probe.aws);
	sd_event_unref(event);
	if (r == 0 && probe.pending > 0)
		return -EINTR;
	return r == 0 && probe.failed ? AW_DENIED : r;
}
