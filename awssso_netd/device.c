/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device flow.  One timer and one call at a time; the deadline is ours, on
 * a monotonic clock, whatever the server says.
 */
#include "awssso_netd/device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/registration.h"
#include "awssso_netd/timer.h"
#include "common/own.h"
#include "common/sock.h"

#define START_MS 12000 /* registering and authorizing, all regions */
/* One that others may stand in for: a person waits for the first word 2.8 s. */
#define REGION_MS      1200
#define BODY_MAX       (96 * 1024)
#define START_ATTEMPTS 2

struct aw_device {
	struct aw_aws *aws;
	char client_name[260];
	const char *region;
	unsigned regions_tried;
	uint64_t region_deadline_ms; /* to start here */
	bool registered_anew;
	struct aw_secret *id, *secret, *code;
	struct aw_poll poll;
	uint64_t start_deadline_ms, deadline_ms;
	struct aw_call *call;
	sd_event_source *timer;
	const struct aw_device_handler *handler;
	void *user;
};

static void drop_client(struct aw_device *device)
{
	aw_secret_done(&device->id);
	aw_secret_done(&device->secret);
}

static void device_free(struct aw_device *device)
{
	aw_call_cancel(device->call);
	sd_event_source_disable_unref(device->timer);
	drop_client(device);
	aw_secret_unref(device->code);
	free(device);
}

void aw_device_cancel(struct aw_device *device)
{
	if (device)
		device_free(device);
}

static void finish(struct aw_device *device, struct aw_device_end *end)
{
	device->handler->end(device->user, end);
	device_free(device);
}

static void fail(
    struct aw_device *device, enum aw_net net, const struct aw_diag *why)
{
	struct aw_device_end end = { .net = net, .why = *why };

	finish(device, &end);
}

static void fail_errno(struct aw_device *device, int error)
{
	struct aw_diag why;

	aw_diag_set(
	    &why, "cannot start a sign-in: %s", strerrordesc_np(-error));
	fail(device, AW_NET_UNAVAIL, &why);
}

static int call(struct aw_device *device, const char *operation,
    const char *path, const struct aw_buf *body, uint64_t deadline_ms,
    unsigned attempts, aw_call_done_fn *done)
{
	const struct aw_call_request request = {
		.service = AW_SERVICE_OIDC,
		.operation = operation,
		.region = device->region,
		.path = path,
		.body = aw_buf_text(body),
		.body_len = body->len,
		.auth = AW_CALL_PLAIN,
		.attempts = attempts,
		.deadline_ms = deadline_ms,
	};

	return aw_call_start(
	    device->aws, &request, done, device, &device->call);
}

static int start_client(struct aw_device *device);
static int start_in(struct aw_device *device, const char *region);

/* --- CreateToken ------------------------------------------------------- */

static int wait_to_poll(struct aw_device *device);

static void on_token(void *user, const struct aw_call_answer *answer)
{
	struct aw_device *device = user;
	aw_own(aw_secret_done) struct aw_secret *token = NULL;
	struct aw_device_end end = { .net = answer->net, .why = answer->why };
	struct aw_oidc_token got;
	int r = 0;

	device->call = NULL;
	if (answer->net != AW_NET_OK &&
	    aw_poll_goes_on(&device->poll, answer->net, answer->error.code)) {
		r = wait_to_poll(device);
		if (r < 0)
			fail_errno(device, r);
		return;
	}
	if (strcmp(answer->error.code, "invalid_client") == 0)
		aw_registrations_drop(device->aws->registrations,
		    device->region, device->aws->conf->start_url,
		    device->client_name);
	if (answer->net == AW_NET_OK)
		r = aw_oidc_read_token(answer->json, &got, &end.why);
	if (r == 0 && answer->net == AW_NET_OK) {
		end.expires_in = (uint64_t)got.expires_in;
		r = aw_secret_new(got.token, &token);
	}
	if (r < 0)
		end.net = r == -EBADMSG ? AW_NET_BAD_ANSWER : AW_NET_UNAVAIL;
	end.token = token;
	end.region = device->region;
	end.request_id = answer->request_id;
	finish(device, &end);
}

static int ask_for_token(struct aw_device *device)
{
	aw_own(aw_buf_wipe) struct aw_buf body = AW_BUF_INIT(BODY_MAX);
	int r;

	r = aw_oidc_token_body(
	    device->id->text, device->secret->text, device->code->text, &body);
	if (r < 0)
		return r;
	return call(device, "CreateToken", "/token", &body, device->deadline_ms,
	    1, on_token);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
	struct aw_device *device = user;
	struct aw_diag why;
	int r;

	(void)source;
	(void)usec;
	if (aw_sock_now_ms() >= device->deadline_ms) {
		aw_diag_set(&why, "the code ran out before it was approved");
		fail(device, AW_NET_EXPIRED, &why);
		return 0;
	}
	r = ask_for_token(device);
	if (r < 0)
		fail_errno(device, r);
	return 0;
}

/* Until the next poll, or the deadline when that comes first. */
static int wait_to_poll(struct aw_device *device)
{
	const uint64_t now = aw_sock_now_ms();
	const uint64_t left =
	    device->deadline_ms > now ? device->deadline_ms - now : 0;
	const uint64_t delay =
	    device->poll.wait_ms < left ? device->poll.wait_ms : left;

	return aw_timer_set(
	    device->aws->event, &device->timer, delay, on_timer, device);
}

/* --- RegisterClient, StartDeviceAuthorization -------------------------- */

/*
 * Starting failed.  True: another region is being asked.
 */
static bool try_next_region(
    struct aw_device *device, const struct aw_call_answer *answer)
{
	const struct aw_conf_list *regions = &device->aws->conf->regions;
	const char *last = device->region;

	if (answer->net != AW_NET_UNAVAIL ||
	    ++device->regions_tried >= regions->n)
		return false;
	aw_aws_region_down(device->aws, last);
	if (strcmp(aw_aws_region(device->aws), last) == 0)
		return false;
	drop_client(device);
	return start_in(device, aw_aws_region(device->aws)) == 0;
}

static void start_failed(
    struct aw_device *device, const struct aw_call_answer *answer)
{
	if (!try_next_region(device, answer))
		fail(device, answer->net, &answer->why);
}

static int begin_polling(
    struct aw_device *device, const struct aw_oidc_device *got)
{
	const uint64_t now = aw_sock_now_ms();
	const uint64_t end_ms = now + (uint64_t)got->expires_in * 1000;
	struct aw_device_code code = {
		.user_code = got->user_code,
		.uri = got->uri,
		.uri_complete = got->uri_complete,
	};
	int r;

	if (end_ms < device->deadline_ms)
		device->deadline_ms = end_ms;
	aw_poll_init(&device->poll, got->interval);
	r = aw_secret_new(got->device_code, &device->code);
	if (r == 0)
		r = wait_to_poll(device);
	if (r < 0)
		return r;
	code.expires_in =
	    device->deadline_ms > now ? (device->deadline_ms - now) / 1000 : 0;
	code.interval = device->poll.interval_ms / 1000;
	device->handler->code(device->user, &code);
	return 0;
}

/* The service forgot our registration: make another, once. */
static bool register_anew(
    struct aw_device *device, const struct aw_call_answer *answer)
{
	if (strcmp(answer->error.code, "invalid_client") != 0 ||
	    device->registered_anew)
		return false;
	device->registered_anew = true;
	aw_registrations_drop(device->aws->registrations, device->region,
	    device->aws->conf->start_url, device->client_name);
	drop_client(device);
	return start_client(device) == 0;
}

static void on_device(void *user, const struct aw_call_answer *answer)
{
	struct aw_device *device = user;
	struct aw_oidc_device got;
	struct aw_diag why;
	int r;

	device->call = NULL;
	if (answer->net != AW_NET_OK) {
		if (!register_anew(device, answer))
			start_failed(device, answer);
		return;
	}
	r = aw_oidc_read_device(answer->json, &got, &why);
	if (r < 0) {
		fail(device, AW_NET_BAD_ANSWER, &why);
		return;
	}
	r = begin_polling(device, &got);
	if (r < 0)
		fail_errno(device, r);
}

static int authorize(struct aw_device *device)
{
	aw_own(aw_buf_wipe) struct aw_buf body = AW_BUF_INIT(BODY_MAX);
	int r;

	r = aw_oidc_authorize_body(device->id->text, device->secret->text,
	    device->aws->conf->start_url, &body);
	if (r < 0)
		return r;
	return call(device, "StartDeviceAuthorization", "/device_authorization",
	    &body, device->region_deadline_ms, START_ATTEMPTS, on_device);
}

static int keep_client(
    struct aw_device *device, const struct aw_oidc_client *got)
{
	int r;

	r = aw_secret_new(got->id, &device->id);
	if (r == 0)
		r = aw_secret_new(got->secret, &device->secret);
	if (r < 0)
		return r;
	aw_registrations_put(device->aws->registrations, device->region,
	    device->aws->conf->start_url, device->client_name, got->expires,
	    device->id, device->secret);
	return authorize(device);
}

static void on_client(void *user, const struct aw_call_answer *answer)
{
	struct aw_device *device = user;
	struct aw_oidc_client got;
	struct aw_diag why;
	int r;

	device->call = NULL;
	if (answer->net != AW_NET_OK) {
		start_failed(device, answer);
		return;
	}
	r = aw_oidc_read_client(answer->json, &got, &why);
	if (r < 0) {
		fail(device, AW_NET_BAD_ANSWER, &why);
		return;
	}
	r = keep_client(device, &got);
	if (r < 0)
		fail_errno(device, r);
}

/* With the registration that we have, or with a new one. */
static int start_client(struct aw_device *device)
{
	aw_own(aw_buf_done) struct aw_buf body = AW_BUF_INIT(BODY_MAX);
	int r;

	if (aw_registrations_get(device->aws->registrations, device->region,
		device->aws->conf->start_url, device->client_name,
		aw_aws_now(device->aws), &device->id, &device->secret) == 0)
		return authorize(device);
	r = aw_oidc_register_body(device->client_name, &body);
	if (r < 0)
		return r;
	return call(device, "RegisterClient", "/client/register", &body,
	    device->region_deadline_ms, START_ATTEMPTS, on_client);
}

/* In @region, which has less time while there are others to try. */
static int start_in(struct aw_device *device, const char *region)
{
	const uint64_t soon = aw_sock_now_ms() + REGION_MS;

	device->region = region;
	device->region_deadline_ms = device->start_deadline_ms;
	if (device->regions_tried + 1 < device->aws->conf->regions.n &&
	    soon < device->start_deadline_ms)
		device->region_deadline_ms = soon;
	return start_client(device);
}

int aw_device_start(struct aw_aws *aws, const char *client_name,
    uint64_t deadline_ms, const struct aw_device_handler *handler, void *user,
    struct aw_device **ret)
{
	struct aw_device *device = calloc(1, sizeof(*device));
	int r;

	if (!device)
		return -ENOMEM;
	device->aws = aws;
	device->deadline_ms = deadline_ms;
	device->start_deadline_ms = aw_sock_now_ms() + START_MS;
	device->handler = handler;
	device->user = user;
	r = aw_copy(
	    device->client_name, sizeof(device->client_name), client_name);
	if (r == 0)
		r = start_in(device, aw_aws_region(aws));
	if (r < 0) {
		device_free(device);
		return r;
	}
	*ret = device;
	return 0;
}
