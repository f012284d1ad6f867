/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to the operation that answers it.
 *
 * On the production names the Host header decides, as on AWS.  On the plain
 * listener, and for names of this machine itself, what is asked decides.
 * Faults come between: before the operation, or over its answer.
 */
#include "tests/idcsim/call.h"

#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/host.h"
#include "tests/idcsim/service.h"
#include "tests/idcsim/sim.h"

const struct aw_sim_op *aw_sim_op_by_path(
    const struct aw_sim_op *ops, const struct aw_sim_req *req)
{
	for (; ops->name != NULL; ops++) {
		if (strcmp(ops->path, req->path) == 0 &&
		    strcmp(ops->method, req->method) == 0)
			return ops;
	}
	return NULL;
}

const struct aw_sim_op *aw_sim_op_by_target(const struct aw_sim_op *ops,
    const struct aw_sim_req *req, const char *prefix)
{
	const char *target = aw_sim_req_header(req, "X-Amz-Target");
	const size_t len = strlen(prefix);

	if (target == NULL || strncmp(target, prefix, len) != 0 ||
	    strcmp(req->method, "POST") != 0 || strcmp(req->path, "/") != 0)
		return NULL;
	for (; ops->name != NULL; ops++) {
		if (strcmp(ops->name, target + len) == 0)
			return ops;
	}
	return NULL;
}

static const struct aw_sim_service *by_target(const char *target)
{
	return strncmp(target, "SWBExternalService.", 19) == 0
		   ? &aw_sim_ssoadmin
		   : &aw_sim_identitystore;
}

/* The service that has the operation, whatever the host. */
static const struct aw_sim_service *by_request(
    const struct aw_sim *sim, const struct aw_sim_req *req)
{
	static const struct aw_sim_service *const all[] = { &aw_sim_oidc,
		&aw_sim_portal, &aw_sim_sts, &aw_sim_pages };
	const char *target = aw_sim_req_header(req, "X-Amz-Target");

	if (target != NULL)
		return by_target(target);
	if (strstr(req->path, "/scim/v2/") != NULL)
		return &aw_sim_scim;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i]->find(sim, req) != NULL)
			return all[i];
	}
	if (strcmp(req->path, "/") == 0 && strcmp(req->method, "POST") == 0)
		return &aw_sim_sts;
	if (aw_sim_container.find(sim, req) != NULL)
		return &aw_sim_container;
	return strncmp(req->path, "/latest/", 8) == 0 ? &aw_sim_imds : NULL;
}

static bool is_second(const struct aw_sim *sim, const char *region)
{
	return sim->second_region[0] && strcmp(region, sim->second_region) == 0;
}

static bool is_ours(const struct aw_sim *sim, const char *region)
{
	return strcmp(region, sim->region) == 0 || is_second(sim, region);
}

/* By the name that is asked; where that has none, by what it is signed for. */
static const char *region_of(
    const struct aw_sim *sim, const struct aw_sim_req *req)
{
	const char *claim = aw_sim_req_header(req, "Authorization");
	struct aw_sim_host host;
	char scope[40];

	aw_sim_host_parse(aw_sim_req_header(req, "Host"), &host);
	aw_ignore(aw_fmt(scope, sizeof(scope), "/%s/", sim->second_region));
	return is_second(sim, host.region) ||
		       (!host.region[0] && sim->second_region[0] && claim &&
			   strstr(claim, scope))
		   ? sim->second_region
		   : sim->region;
}

static const struct aw_sim_service *service_of(
    const struct aw_sim *sim, const struct aw_sim_req *req)
{
	struct aw_sim_host host;

	if (req->door == AW_SIM_HTTP)
		return aw_sim_container.find(sim, req) ? &aw_sim_container
						       : &aw_sim_imds;
	aw_sim_host_parse(aw_sim_req_header(req, "Host"), &host);
	if (strcmp(host.name, sim->start_host) == 0)
		return &aw_sim_pages;
	/* STS is asked in the host's own region, all else in ours. */
	if (host.service == &aw_sim_sts ||
	    (host.service != NULL && is_ours(sim, host.region)))
		return host.service;
	if (req->door == AW_SIM_PLAIN || host.is_loopback)
		return by_request(sim, req);
	return NULL;
}

/* Where a service says what is behind the error @code. */
static const char *reason_key(const struct aw_sim_call *call, const char *code)
{
	if (strcmp(code, "ResourceNotFoundException") == 0)
		return "ResourceType";
	return call->service->dialect == AW_SIM_OIDC ? "reason" : "Reason";
}

/* The error that was asked for, in the service's own dialect. */
static void give_error(struct aw_sim_call *call)
{
	struct json_object *doc = json_object_new_object();
	const char *code, *reason;
	uint64_t status;

	if (aw_sim_fault_error(call->effect.text, &status, &code, &reason) !=
	    0) {
		(void)json_object_put(doc);
		aw_sim_error_internal(call, 500);
		return;
	}
	if (*reason)
		(void)json_object_object_add(doc, reason_key(call, code),
		    json_object_new_string(reason));
	aw_sim_error_with(
	    call, (unsigned)status, code, "This was asked for by a test.", doc);
}

/* The fault that stands in for the operation.  False: there is none. */
static bool is_replaced(struct aw_sim_call *call)
{
	const bool *on = call->effect.on;

	if (on[AW_SIM_THROTTLE])
		aw_sim_error_throttled(call);
	else if (on[AW_SIM_STATUS])
		aw_sim_error_internal(
		    call, (unsigned)call->effect.arg[AW_SIM_STATUS]);
	else if (on[AW_SIM_ERROR])
		give_error(call);
	else
		return false;
	return true;
}

/* Cut the answer in half; what follows is nothing that anybody can parse. */
static void spoil(struct aw_sim_call *call)
{
	struct aw_buf whole = call->body;

	memset(&call->body, 0, sizeof(call->body));
	call->body.max = AW_SIM_ANSWER_MAX;
	aw_buf_add(&call->body, aw_buf_text(&whole), whole.len / 2);
	aw_buf_str(&call->body, "<\x01}]<html>");
	aw_buf_done(&whole);
}

/* Blanks behind the answer: JSON all the same, only too much of it. */
static void pad(struct aw_sim_call *call, uint64_t size)
{
	static const char blanks[] =
	    "                                                                ";

	while (call->body.len < size && aw_buf_error(&call->body) == 0)
		aw_buf_add(&call->body, blanks, sizeof(blanks) - 1);
}

static void run(struct aw_sim_call *call)
{
	call->op = call->service->find(call->sim, call->req);
	if (call->op == NULL) {
		aw_sim_error_unknown(call);
		return;
	}
	if (call->service != &aw_sim_pages)
		call->effect = aw_sim_faults_take(
		    &call->sim->faults, call->service->name, call->op->name);
	if (!is_replaced(call))
		call->op->run(call);
	if (call->effect.on[AW_SIM_MALFORMED])
		spoil(call);
	if (call->effect.on[AW_SIM_OVERSIZED])
		pad(call, call->effect.arg[AW_SIM_OVERSIZED]);
}

void aw_sim_route(struct aw_sim_call *call)
{
	call->region = region_of(call->sim, call->req);
	call->service = service_of(call->sim, call->req);
	if (call->service == NULL)
		aw_sim_error(call, 404, "NotFound",
		    "idcsim: nothing of this name is simulated\n");
	else
		run(call);
	if (aw_buf_error(&call->body) != 0) {
		aw_buf_done(&call->body);
		call->status = 500;
	}
	/* The board that looks at the log must not fill it. */
	if (call->op == NULL || strcmp(call->op->name, "BoardLive") != 0)
		aw_sim_log_call(&call->sim->log, call);
}
