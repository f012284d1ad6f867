/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of net.sock.  awssso-netd is not trusted to follow the protocol:
 * whatever does not belong to a request that waits for it ends the connection
 * or is dropped.
 */
#include "awsssod/netd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>

#include "awsssod/log.h"
#include "common/fault.h"
#include "common/own.h"
#include "common/proto.h"
#include "common/sock.h"

#define BACKOFF_MIN_MS  100
#define BACKOFF_MAX_MS  5000
#define CONNECT_MS      50
#define MESSAGES_A_TURN 16

/* The answers that belong to a request, the last one marked. */
struct fit {
	uint16_t request, answer;
	bool last;
};
static const struct fit fits[] = {
	{ AW_MSG_FLOW, AW_MSG_FLOW_CODE, false },
	{ AW_MSG_FLOW, AW_MSG_FLOW_END, true },
	{ AW_MSG_PERSON, AW_MSG_PERSON_IS, true },
	{ AW_MSG_LOOKUP, AW_MSG_PERSON_IS, true },
	{ AW_MSG_ROLES, AW_MSG_ROLES_ARE, true },
	{ AW_MSG_SWEEP, AW_MSG_PAGE, false },
	{ AW_MSG_SWEEP, AW_MSG_SWEEP_END, true },
	{ AW_MSG_HOST, AW_MSG_HOST_IS, true },
	{ AW_MSG_FETCH, AW_MSG_OBJECT, true },
};

static const struct fit *find_fit(uint16_t request, uint16_t answer)
{
	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++)
		if (fits[i].request == request && fits[i].answer == answer)
			return &fits[i];
	return NULL;
}

static struct aw_netd_pending *find(struct aw_netd *netd, uint64_t id)
{
	if (id == 0)
		return NULL;
	for (size_t i = 0; i < AW_NETD_PENDING_MAX; i++)
		if (netd->pending[i].id == id)
			return &netd->pending[i];
	return NULL;
}

static struct aw_netd_pending *find_free(struct aw_netd *netd)
{
	for (size_t i = 0; i < AW_NETD_PENDING_MAX; i++)
		if (netd->pending[i].id == 0)
			return &netd->pending[i];
	return NULL;
}

static void end_request(struct aw_netd_pending *pending)
{
	const struct aw_netd_pending was = *pending;

	/* Cleared first: the call may begin another request. */
	memset(pending, 0, sizeof(*pending));
	was.fn(was.user, NULL, -1);
}

static void arm_timer(struct aw_netd *netd)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < AW_NETD_PENDING_MAX; i++)
		if (netd->pending[i].id && netd->pending[i].deadline_ms < next)
			next = netd->pending[i].deadline_ms;
	if (next == UINT64_MAX) {
		(void)sd_event_source_set_enabled(netd->timer, SD_EVENT_OFF);
		return;
	}
	(void)sd_event_source_set_time(netd->timer, next * 1000);
	(void)sd_event_source_set_enabled(netd->timer, SD_EVENT_ONESHOT);
}

static int on_timer(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_netd *netd = user;
	const uint64_t now = aw_sock_now_ms();

	for (size_t i = 0; i < AW_NETD_PENDING_MAX; i++) {
		struct aw_netd_pending *pending = &netd->pending[i];

		if (!pending->id || pending->deadline_ms > now)
			continue;
		if (pending->type == AW_MSG_FLOW ||
		    pending->type == AW_MSG_SWEEP)
			aw_netd_cancel(netd, pending->id);
		end_request(pending);
	}
	arm_timer(netd);
	return 0;
}

static void retry_later(struct aw_netd *netd)
{
	(void)sd_event_source_set_time_relative(
	    netd->retry, (uint64_t)netd->backoff_ms * 1000);
	(void)sd_event_source_set_enabled(netd->retry, SD_EVENT_ONESHOT);
	netd->backoff_ms =
	    netd->backoff_ms ? netd->backoff_ms * 2 : BACKOFF_MIN_MS;
	if (netd->backoff_ms > BACKOFF_MAX_MS)
		netd->backoff_ms = BACKOFF_MAX_MS;
}

static void disconnect(struct aw_netd *netd, const char *why)
{
	if (netd->fd < 0)
		return;
	aw_log(LOG_WARNING, "awssso-netd: connection lost: %s", why);
	netd->io = sd_event_source_disable_unref(netd->io);
	aw_own_fd_done(&netd->fd);
	if (netd->is_up)
		netd->on_state(netd->on_state_user, false);
	netd->is_up = false;
	for (size_t i = 0; i < AW_NETD_PENDING_MAX; i++)
		if (netd->pending[i].id)
			end_request(&netd->pending[i]);
	arm_timer(netd);
	retry_later(netd);
}

static void dispatch(struct aw_netd *netd, const struct aw_wire_in *in, int fd)
{
	struct aw_netd_pending *pending = find(netd, in->request);
	struct aw_netd_pending was;
	const struct fit *fit;

	if (!pending) {
		aw_log(LOG_INFO,
		    "awssso-netd: dropped answer %u: nobody waits "
		    "for it",
		    in->type);
		return;
	}
	fit = find_fit(pending->type, in->type);
	if (!fit) {
		disconnect(netd, "it answered what was not asked");
		return;
	}
	was = *pending;
	if (fit->last)
		memset(pending, 0, sizeof(*pending));
	was.fn(was.user, in, fd);
	arm_timer(netd);
}

/* Take one message.  0; -EAGAIN when there is none. */
static int receive(struct aw_netd *netd)
{
	aw_own_fd int fd = -1;
	struct aw_wire_in in;
	size_t len;
	int r;

	r = aw_sock_recv(netd->fd, netd->in, AW_WIRE_MAX, 0, &len, &fd);
	if (r == -EAGAIN)
		return r;
	if (r != 0) {
		disconnect(netd, r == AW_END ? "hung up" : strerror(-r));
		return 0;
	}
	if (aw_wire_open(netd->in, len, &in) < 0) {
		disconnect(netd, "it sent bytes that are no message");
		return 0;
	}
	dispatch(netd, &in, fd);
	return 0;
}

static int on_io(sd_event_source *source AW_UNUSED, int fd AW_UNUSED,
    uint32_t events AW_UNUSED, void *user)
{
	struct aw_netd *netd = user;

	for (int i = 0; i < MESSAGES_A_TURN && netd->fd >= 0; i++)
		if (receive(netd) < 0)
			break;
	return 0;
}

/* The news is told from the loop: whoever made us connect is in the middle of
 * a request of their own. */
static int connect_now(struct aw_netd *netd)
{
	int r;

	r = aw_sock_connect(netd->path, CONNECT_MS, &netd->fd);
	if (r == 0)
		r = sd_event_add_io(
		    netd->event, &netd->io, netd->fd, EPOLLIN, on_io, netd);
	if (r < 0) {
		aw_own_fd_done(&netd->fd);
		retry_later(netd);
		return r;
	}
	netd->backoff_ms = 0;
	retry_later(netd);
	return 0;
}

static int on_retry(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_netd *netd = user;

	if (netd->fd < 0 && connect_now(netd) < 0)
		return 0;
	if (!netd->is_up) {
		netd->is_up = true;
		aw_log(LOG_INFO, "awssso-netd: connected");
		netd->on_state(netd->on_state_user, true);
	}
	return 0;
}

int aw_netd_init(struct aw_netd *netd, sd_event *event, const char *path,
    aw_netd_state_fn *on_state, void *user)
{
	int r;

	*netd = (struct aw_netd){ .event = event,
		.path = path,
		.fd = -1,
		.backoff_ms = BACKOFF_MIN_MS,
		.on_state = on_state,
		.on_state_user = user };
	netd->in = malloc(AW_WIRE_MAX);
	netd->out = malloc(AW_WIRE_MAX);
	if (!netd->in || !netd->out)
		return -ENOMEM;
	r = sd_event_add_time(
	    event, &netd->timer, CLOCK_BOOTTIME, 0, 1000, on_timer, netd);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(netd->timer, SD_EVENT_OFF);
	if (r < 0)
		return r;
	/* The first connection is tried from the loop, when all is set up. */
	return sd_event_add_time_relative(
	    event, &netd->retry, CLOCK_BOOTTIME, 0, 1000, on_retry, netd);
}

void aw_netd_done(struct aw_netd *netd)
{
	netd->io = sd_event_source_disable_unref(netd->io);
	netd->retry = sd_event_source_disable_unref(netd->retry);
	netd->timer = sd_event_source_disable_unref(netd->timer);
	aw_own_fd_done(&netd->fd);
	aw_own_free_done(&netd->in);
	aw_own_free_done(&netd->out);
}

static uint64_t random_id(void)
{
	uint64_t id = 0;

	while (id == 0)
		if (getrandom(&id, sizeof(id), 0) != sizeof(id))
			id = 0;
	return id;
}

void aw_netd_begin(struct aw_netd *netd, uint16_t type, struct aw_wire_out *ret)
{
	aw_wire_begin(ret, netd->out, AW_WIRE_MAX, type, random_id());
}

static int transmit(struct aw_netd *netd, struct aw_wire_out *out)
{
	int r;

	r = aw_wire_end(out);
	if (r < 0)
		return r;
	if (netd->fd < 0 && connect_now(netd) < 0)
		return -ENOTCONN;
	return aw_sock_send(netd->fd, out->data, out->len, -1, 0);
}

/* The id and the type stand in the message's header (common/wire.h). */
static int note(struct aw_netd *netd, const struct aw_wire_out *out,
    unsigned timeout_ms, aw_netd_fn *fn, void *user, uint64_t *ret_id)
{
	struct aw_netd_pending *pending = find_free(netd);
	struct aw_wire_in in;

	if (!pending)
		return -EBUSY;
	if (aw_wire_open(out->data, out->len, &in) < 0)
		return -EINVAL;
	*pending = (struct aw_netd_pending){ .id = in.request,
		.type = in.type,
		.deadline_ms = aw_sock_now_ms() + timeout_ms,
		.fn = fn,
		.user = user };
	arm_timer(netd);
	*ret_id = in.request;
	return 0;
}

int aw_netd_ask(struct aw_netd *netd, struct aw_wire_out *out,
    unsigned timeout_ms, aw_netd_fn *fn, void *user, uint64_t *ret_id)
{
	uint64_t id;
	int r;

	r = aw_wire_end(out);
	if (r == 0)
		r = note(netd, out, timeout_ms, fn, user, &id);
	if (r < 0)
		return r;
	r = transmit(netd, out);
	if (r < 0) {
		aw_netd_forget(netd, id);
		return r;
	}
	*ret_id = id;
	return 0;
}

void aw_netd_extend(struct aw_netd *netd, uint64_t id, unsigned timeout_ms)
{
	struct aw_netd_pending *pending = find(netd, id);

	if (!pending)
		return;
	pending->deadline_ms = aw_sock_now_ms() + timeout_ms;
	arm_timer(netd);
}

void aw_netd_forget(struct aw_netd *netd, uint64_t id)
{
	struct aw_netd_pending *pending = find(netd, id);

	if (!pending)
		return;
	memset(pending, 0, sizeof(*pending));
	arm_timer(netd);
}

/* What netd cannot take now it would never get: start over with it. */
static void tell(
    struct aw_netd *netd, uint16_t type, uint64_t id, uint64_t token)
{
	uint8_t data[AW_WIRE_HEADER + 64];
	struct aw_wire_out out;
	int r;

	if (netd->fd < 0)
		return;
	aw_wire_begin(&out, data, sizeof(data), type, id);
	if (token)
		aw_wire_put_num(&out, AW_TAG_TOKEN, token);
	r = transmit(netd, &out);
	if (r < 0)
		aw_log(LOG_WARNING, "awssso-netd: cannot tell %u: %s", type,
		    strerror(-r));
}

void aw_netd_cancel(struct aw_netd *netd, uint64_t id)
{
	tell(netd, AW_MSG_CANCEL, id, 0);
}

void aw_netd_page_ok(struct aw_netd *netd, uint64_t id)
{
	tell(netd, AW_MSG_PAGE_OK, id, 0);
}

void aw_netd_drop(struct aw_netd *netd, uint64_t token)
{
	tell(netd, AW_MSG_DROP, random_id(), token);
}

const struct aw_fault *aw_netd_fault(const struct aw_wire_in *in)
{
	char id[AW_FAULT_ID_SIZE];

	return aw_wire_text(in, AW_TAG_FAULT, id, sizeof(id)) == 0
		   ? aw_fault_find(id)
		   : NULL;
}
