/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests of net.sock.  A job is a request that has not been answered
 * for good; it owns what it started and goes when that has ended.
 */
#include "awssso_netd/verb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/object.h"
#include "awssso_netd/host.h"
#include "awssso_netd/log.h"
#include "awssso_netd/lookup.h"
#include "awssso_netd/reply.h"
#include "awssso_netd/sweep.h"
#include "awssso_netd/token.h"
#include "common/sock.h"

#define JOBS_MAX     8192
#define LIVE_MS      8000 /* PERSON and ROLES: somebody waits */
#define DEADLINE_MAX 3600
#define KEEP_MAX     (12 * 3600)

struct aw_job {
	struct aw_job *next;
	struct aw_client *client;
	uint64_t request;
	uint64_t number; /* FLOW: KEEP_TOKEN; ROLES: TOKEN */
	struct aw_flow *flow;
	struct aw_person_op *person;
	struct aw_lookup_op *lookup;
	struct aw_portal_op *roles;
	struct aw_sweep *sweep;
	struct aw_host_op *host;
	struct aw_object_op *object;
};

/* --- jobs -------------------------------------------------------------- */

static struct aw_job *find(struct aw_client *client, uint64_t request)
{
	struct aw_job *job = *aw_client_jobs(client);

	while (job && job->request != request)
		job = job->next;
	return job;
}

static void job_free(struct aw_job *job)
{
	struct aw_job **at = aw_client_jobs(job->client);

	while (*at && *at != job)
		at = &(*at)->next;
	if (*at)
		*at = job->next;
	aw_flow_cancel(job->flow);
	aw_person_cancel(job->person);
	aw_lookup_cancel(job->lookup);
	aw_portal_cancel(job->roles);
	aw_sweep_cancel(job->sweep);
	aw_host_cancel(job->host);
	aw_object_cancel(job->object);
	free(job);
}

void aw_verb_drop_all(struct aw_client *client)
{
	while (*aw_client_jobs(client))
		job_free(*aw_client_jobs(client));
}

static int job_new(
    struct aw_client *client, uint64_t request, struct aw_job **ret)
{
	struct aw_job *job;
	size_t n = 0;

	for (job = *aw_client_jobs(client); job; job = job->next)
		if (++n >= JOBS_MAX || job->request == request)
			return -EBADMSG;
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	job->client = client;
	job->request = request;
	job->next = *aw_client_jobs(client);
	*aw_client_jobs(client) = job;
	*ret = job;
	return 0;
}

/* It could not even be started: answer @type with why, and forget it. */
static void cannot_start(struct aw_job *job, uint16_t type, int error)
{
	struct aw_wire_out out;
	struct aw_diag why;

	aw_diag_set(&why, "cannot ask AWS: %s",
	    error == -EINVAL ? "check [identity-center] region and the "
			       "endpoint_url_* settings"
			     : strerrordesc_np(-error));
	aw_client_begin(job->client, &out, type, job->request);
	aw_reply_net(
	    &out, error == -EINVAL ? AW_NET_CONFIG : AW_NET_UNAVAIL, &why);
	aw_client_send(job->client, &out, -1);
	job_free(job);
}

static void log_outcome(
    const char *what, enum aw_net net, const struct aw_diag *why)
{
	if (net == AW_NET_BAD_ANSWER || net == AW_NET_CONFIG ||
	    net == AW_NET_REFUSED)
		aw_log(LOG_WARNING, "%s: %s: %s", what, aw_net_word(net),
		    why->text);
}

/* --- FLOW -------------------------------------------------------------- */

static void on_code(void *user, const struct aw_device_code *code)
{
	struct aw_job *job = user;
	struct aw_wire_out out;

	aw_client_begin(job->client, &out, AW_MSG_FLOW_CODE, job->request);
	aw_reply_code(&out, code);
	aw_client_send(job->client, &out, -1);
}

/* Keep the token for @job's KEEP_TOKEN seconds at most. */
static void keep_token(
    struct aw_job *job, const struct aw_flow_end *end, struct aw_wire_out *out)
{
	const uint64_t life =
	    job->number < end->token_life ? job->number : end->token_life;
	uint64_t handle;
	int r;

	if (life == 0)
		return;
	r = aw_tokens_put(aw_client_aws(job->client)->tokens, job->client,
	    end->token, end->region, life, &handle);
	if (r < 0) {
		aw_log(LOG_WARNING, "keep token: %s", strerrordesc_np(-r));
		return;
	}
	aw_wire_put_num(out, AW_TAG_TOKEN, handle);
	aw_wire_put_num(out, AW_TAG_TOKEN_LIFE, life);
}

static void on_flow(void *user, const struct aw_flow_end *end)
{
	struct aw_job *job = user;
	struct aw_wire_out out;

	job->flow = NULL;
	log_outcome("sign-in", end->net, &end->why);
	aw_client_begin(job->client, &out, AW_MSG_FLOW_END, job->request);
	aw_reply_flow(&out, end);
	if (end->net == AW_NET_OK)
		keep_token(job, end, &out);
	aw_client_send(job->client, &out, -1);
	job_free(job);
}

/* ACCOUNT*, the host's own first. */
static int read_accounts(
    const struct aw_wire_in *in, struct aw_identity_accounts *ret)
{
	struct aw_wire_field field = { 0 };

	ret->n = 0;
	while (aw_wire_next(in, &field) == 0) {
		if (field.tag != AW_TAG_ACCOUNT)
			continue;
		if (ret->n == AW_IDENTITY_ACCOUNTS ||
		    field.len != AW_ACCOUNT_SIZE - 1)
			return -EBADMSG;
		memcpy(ret->id[ret->n], field.text, field.len);
		ret->id[ret->n++][field.len] = '\0';
	}
	return 0;
}

static int verb_flow(struct aw_client *client, const struct aw_wire_in *in)
{
	static const struct aw_flow_handler handler = { on_code, on_flow };
	char client_name[257], principal_id[AW_ID_SIZE];
	const uint64_t deadline_s = aw_wire_num(in, AW_TAG_DEADLINE, 0);
	struct aw_flow_request request = {
		.client_name = client_name,
		.principal_id = principal_id,
		.deadline_s = deadline_s,
	};
	struct aw_job *job;
	int r;

	if (aw_wire_text(in, AW_TAG_CLIENT_NAME, client_name,
		sizeof(client_name)) != 0 ||
	    aw_wire_text(in, AW_TAG_PRINCIPAL_ID, principal_id,
		sizeof(principal_id)) != 0 ||
	    read_accounts(in, &request.accounts) < 0 || deadline_s == 0 ||
	    deadline_s > DEADLINE_MAX || !*principal_id)
		return -EBADMSG;
	r = job_new(client, in->request, &job);
	if (r < 0)
		return r;
	job->number = aw_wire_num(in, AW_TAG_KEEP_TOKEN, 0);
	if (job->number > KEEP_MAX)
		job->number = KEEP_MAX;
	r = aw_flow_start(
	    aw_client_aws(client), &request, &handler, job, &job->flow);
	if (r < 0)
		cannot_start(job, AW_MSG_FLOW_END, r);
	return 0;
}

/* Whatever it was that the request id stands for, if anything. */
static int verb_cancel(struct aw_client *client, const struct aw_wire_in *in)
{
	struct aw_job *job = find(client, in->request);

	if (job)
		job_free(job);
	return 0;
}

/* --- PERSON ------------------------------------------------------------ */

static void on_person(void *user, const struct aw_person_end *end)
{
	struct aw_job *job = user;
	struct aw_wire_out out;

	job->person = NULL;
	job->lookup = NULL;
	log_outcome("person", end->net, &end->why);
	aw_client_begin(job->client, &out, AW_MSG_PERSON_IS, job->request);
	aw_reply_net(&out, end->net, &end->why);
	aw_reply_person(&out, end->person);
	aw_client_send(job->client, &out, -1);
	job_free(job);
}

static int verb_person(struct aw_client *client, const struct aw_wire_in *in)
{
	char principal_id[AW_ID_SIZE];
	struct aw_job *job;
	int r;

	if (aw_wire_text(in, AW_TAG_PRINCIPAL_ID, principal_id,
		sizeof(principal_id)) != 0 ||
	    !*principal_id)
		return -EBADMSG;
	r = job_new(client, in->request, &job);
	if (r < 0)
		return r;
	r = aw_person_start(aw_client_aws(client), NULL, principal_id, true,
	    aw_sock_now_ms() + LIVE_MS, on_person, job, &job->person);
	if (r < 0)
		cannot_start(job, AW_MSG_PERSON_IS, r);
	return 0;
}

/* --- LOOKUP ------------------------------------------------------------ */

static int read_names(const struct aw_wire_in *in, struct aw_lookup *ret)
{
	struct aw_wire_field field = { 0 };
	struct aw_lookup names = { 0 };

	while (aw_wire_next(in, &field) == 0) {
		if (field.tag != AW_TAG_USER_NAME)
			continue;
		if (names.n == AW_LOOKUP_MAX || field.len == 0 ||
		    field.len >= sizeof(names.user_name[0]))
			return -EBADMSG;
		memcpy(names.user_name[names.n], field.text, field.len);
		names.user_name[names.n++][field.len] = '\0';
	}
	*ret = names;
	return names.n > 0 ? 0 : -EBADMSG;
}

static int verb_lookup(struct aw_client *client, const struct aw_wire_in *in)
{
	struct aw_lookup names;
	struct aw_job *job;
	int r;

	r = read_names(in, &names);
	if (r == 0)
		r = job_new(client, in->request, &job);
	if (r < 0)
		return r;
	r = aw_lookup_start(aw_client_aws(client), &names,
	    aw_sock_now_ms() + LIVE_MS, on_person, job, &job->lookup);
	if (r < 0)
		cannot_start(job, AW_MSG_PERSON_IS, r);
	return 0;
}

/* --- ROLES and DROP ---------------------------------------------------- */

static void on_roles(void *user, const struct aw_portal_end *end)
{
	struct aw_job *job = user;
	struct aw_wire_out out;

	job->roles = NULL;
	log_outcome("roles", end->net, &end->why);
	if (end->net == AW_NET_TOKEN_DEAD)
		aw_tokens_drop(aw_client_aws(job->client)->tokens, job->client,
		    job->number);
	aw_client_begin(job->client, &out, AW_MSG_ROLES_ARE, job->request);
	aw_reply_net(&out, end->net, &end->why);
	if (end->net == AW_NET_OK)
		aw_reply_roles(&out, end->list);
	aw_reply_request(&out, "ListAccountRoles", end->request_id);
	aw_client_send(job->client, &out, -1);
	job_free(job);
}

static int start_roles(struct aw_job *job, const char *account)
{
	struct aw_aws *aws = aw_client_aws(job->client);
	struct aw_portal portal = {
		.aws = aws,
		.deadline_ms = aw_sock_now_ms() + LIVE_MS,
	};
	int r;

	r = aw_tokens_get(aws->tokens, job->client, job->number, &portal.token,
	    &portal.region);
	if (r != 0)
		return r;
	r = aw_portal_start(&portal, account, on_roles, job, &job->roles);
	aw_secret_unref(portal.token);
	return r;
}

static int verb_roles(struct aw_client *client, const struct aw_wire_in *in)
{
	struct aw_portal_end dead = { .net = AW_NET_TOKEN_DEAD };
	char account[AW_ACCOUNT_SIZE];
	struct aw_job *job;
	int r;

	if (aw_wire_text(in, AW_TAG_ACCOUNT, account, sizeof(account)) != 0 ||
	    !*account)
		return -EBADMSG;
	r = job_new(client, in->request, &job);
	if (r < 0)
		return r;
	job->number = aw_wire_num(in, AW_TAG_TOKEN, 0);
	r = start_roles(job, account);
	if (r == AW_UNKNOWN) {
		aw_diag_set(&dead.why, "this sign-in is not kept (any more)");
		on_roles(job, &dead);
	} else if (r < 0) {
		cannot_start(job, AW_MSG_ROLES_ARE, r);
	}
	return 0;
}

static int verb_drop(struct aw_client *client, const struct aw_wire_in *in)
{
	aw_tokens_drop(aw_client_aws(client)->tokens, client,
	    aw_wire_num(in, AW_TAG_TOKEN, 0));
	return 0;
}

/* --- SWEEP ------------------------------------------------------------- */

static void log_sweep(const struct aw_sweep_end *end)
{
	const struct aw_sweep_counts *n = &end->n;

	aw_log(end->net == AW_NET_OK ? LOG_INFO : LOG_WARNING,
	    "sweep: %s: %llu users, %llu groups, %llu members, %llu requests"
	    "%s%s",
	    aw_net_word(end->net), (unsigned long long)n->users,
	    (unsigned long long)n->groups, (unsigned long long)n->members,
	    (unsigned long long)n->requests, end->why.text[0] ? ": " : "",
	    end->why.text);
}

static void on_sweep(void *user, const struct aw_sweep_end *end)
{
	struct aw_job *job = user;
	const struct aw_sweep_counts *n = &end->n;
	struct aw_wire_out out;

	job->sweep = NULL;
	log_sweep(end);
	aw_client_begin(job->client, &out, AW_MSG_SWEEP_END, job->request);
	aw_reply_net(&out, end->net, &end->why);
	aw_wire_put_num(&out, AW_TAG_USERS, n->users);
	aw_wire_put_num(&out, AW_TAG_GROUPS, n->groups);
	aw_wire_put_num(&out, AW_TAG_MEMBERS, n->members);
	aw_wire_put_num(&out, AW_TAG_REQUESTS, n->requests);
	aw_wire_put_num(&out, AW_TAG_SETS, n->sets);
	aw_wire_put_num(&out, AW_TAG_GRANTS, n->grants);
	aw_wire_put_num(&out, AW_TAG_SETS_KNOWN, n->sets_known);
	if (n->sets_later)
		aw_wire_put_num(&out, AW_TAG_SETS_LATER, 1);
	if (end->net == AW_NET_OK)
		aw_reply_why(&out, &end->why);
	aw_wire_put_num(&out, AW_TAG_SET_REQUESTS, n->set_requests);
	if (n->updated)
		aw_wire_put_num(&out, AW_TAG_UPDATED, n->updated);
	aw_client_send(job->client, &out, -1);
	job_free(job);
}

static void on_page(void *user, const struct aw_sweep_page *page)
{
	struct aw_job *job = user;
	struct aw_wire_out out;
	int fd = -1;
	int r = 0;

	if (page->data)
		r = aw_sock_memfd("awssso-page", page->data, page->len, &fd);
	if (r < 0) {
		/* Without this page the sweep cannot be whole. */
		aw_log(LOG_ERR, "sweep: %s", strerrordesc_np(-r));
		aw_client_hang_up(job->client);
		return;
	}
	aw_client_begin(job->client, &out, AW_MSG_PAGE, job->request);
	aw_wire_put_num(&out, AW_TAG_REQUESTS, page->requests);
	if (page->expected)
		aw_wire_put_num(&out, AW_TAG_EXPECTED, page->expected);
	if (page->waits)
		aw_wire_put_text(&out, AW_TAG_TEXT, page->waits);
	aw_client_send(job->client, &out, fd);
}

static int verb_sweep(struct aw_client *client, const struct aw_wire_in *in)
{
	static const struct aw_sweep_handler handler = { on_page, on_sweep };
	struct aw_job *job;
	int r;

	r = job_new(client, in->request, &job);
	if (r < 0)
		return r;
	r = aw_sweep_start(aw_client_aws(client), &handler, job, &job->sweep);
	if (r < 0)
		cannot_start(job, AW_MSG_SWEEP_END, r);
	return 0;
}

static int verb_page_ok(struct aw_client *client, const struct aw_wire_in *in)
{
	struct aw_job *job = find(client, in->request);

	if (job && job->sweep)
		aw_sweep_go_on(job->sweep);
	return 0;
}

/* --- HOST -------------------------------------------------------------- */

static void on_host(void *user, const struct aw_host_end *end)
{
	struct aw_job *job = user;
	struct aw_wire_out out;

	job->host = NULL;
	log_outcome("host", end->net, &end->why);
	aw_client_begin(job->client, &out, AW_MSG_HOST_IS, job->request);
	aw_reply_net(&out, end->net, &end->why);
	if (end->net == AW_NET_OK)
		aw_wire_put_text(&out, AW_TAG_ACCOUNT, end->account);
	if (end->net == AW_NET_OK && end->region[0])
		aw_wire_put_text(&out, AW_TAG_REGION, end->region);
	aw_client_send(job->client, &out, -1);
	job_free(job);
}

static int verb_host(struct aw_client *client, const struct aw_wire_in *in)
{
	struct aw_job *job;
	int r;

	r = job_new(client, in->request, &job);
	if (r < 0)
		return r;
	r = aw_host_start(aw_client_aws(client), aw_sock_now_ms() + LIVE_MS,
	    on_host, job, &job->host);
	if (r < 0)
		cannot_start(job, AW_MSG_HOST_IS, r);
	return 0;
}

/* --- FETCH ------------------------------------------------------------- */

static void on_fetch(void *user, const struct aw_object_end *end)
{
	struct aw_job *job = user;
	struct aw_wire_out out;
	int fd = -1;

	job->object = NULL;
	log_outcome("published directory", end->net, &end->why);
	if (end->fd >= 0 && end->net == AW_NET_OK)
		fd = fcntl(end->fd, F_DUPFD_CLOEXEC, 3);
	aw_client_begin(job->client, &out, AW_MSG_OBJECT, job->request);
	aw_reply_net(&out, end->net, &end->why);
	if (end->etag[0])
		aw_wire_put_text(&out, AW_TAG_ETAG, end->etag);
	if (end->unchanged)
		aw_wire_put_num(&out, AW_TAG_UNCHANGED, 1);
	aw_client_send(job->client, &out, fd);
	job_free(job);
}

static int verb_fetch(struct aw_client *client, const struct aw_wire_in *in)
{
	char etag[AW_HTTP_HEADER_SIZE];
	struct aw_job *job;
	int r;

	if (aw_wire_text(in, AW_TAG_ETAG, etag, sizeof(etag)) < 0)
		return -EBADMSG;
	r = job_new(client, in->request, &job);
	if (r < 0)
		return r;
	r = aw_object_start(
	    aw_client_aws(client), etag, on_fetch, job, &job->object);
	if (r < 0)
		cannot_start(job, AW_MSG_OBJECT, r);
	return 0;
}

/* --- dispatch ---------------------------------------------------------- */

int aw_verb(struct aw_client *client, const struct aw_wire_in *in)
{
	static const struct {
		uint16_t type;
		int (*run)(struct aw_client *, const struct aw_wire_in *);
	} verbs[] = {
		{ AW_MSG_FLOW, verb_flow },
		{ AW_MSG_CANCEL, verb_cancel },
		{ AW_MSG_PERSON, verb_person },
		{ AW_MSG_LOOKUP, verb_lookup },
		{ AW_MSG_ROLES, verb_roles },
		{ AW_MSG_DROP, verb_drop },
		{ AW_MSG_SWEEP, verb_sweep },
		{ AW_MSG_PAGE_OK, verb_page_ok },
		{ AW_MSG_HOST, verb_host },
		{ AW_MSG_FETCH, verb_fetch },
	};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (verbs[i].type == in->type)
			return verbs[i].run(client, in);
	return -EBADMSG;
}
