/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request and its answer: what passes between the HTTP side and the
 * services, without a word of HTTP machinery, so that tests can ask directly.
 */
#ifndef AW_IDCSIM_CALL_H
#define AW_IDCSIM_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/outcome.h"
#include "tests/idcsim/fault.h"

struct aw_sim;
struct aw_sim_call;

#define AW_SIM_HEADERS_MAX 64
#define AW_SIM_BODY_MAX    (1024 * 1024)
#define AW_SIM_ANSWER_MAX  (64 * 1024 * 1024)

enum aw_sim_door {
	AW_SIM_TLS,   /* the production names */
	AW_SIM_HTTP,  /* the instance metadata service */
	AW_SIM_PLAIN, /* all of it, told apart by what is asked */
};

struct aw_sim_header {
	const char *name;
	const char *value;
};

/* A request.  Strings are borrowed from whoever made it. */
struct aw_sim_req {
	enum aw_sim_door door;
	const char *method;
	const char *target; /* as sent: path and query, still encoded */
	size_t n_headers;
	struct aw_sim_header header[AW_SIM_HEADERS_MAX];
	const char *body;
	size_t body_len;
	char path[512];    /* decoded */
	const char *query; /* in @target, "" if there is none */
};

/*
 * Set @req's path and query from @target.  Returns 0, or -EINVAL for a target
 * that is not a path, is badly encoded or too long.
 */
int aw_sim_req_split(struct aw_sim_req *req) AW_MUST_USE;

/* The first header called @name, without regard to case, or NULL. */
const char *aw_sim_req_header(const struct aw_sim_req *req, const char *name);

/* @req's Content-Type is @type, with or without parameters. */
bool aw_sim_req_is_type(const struct aw_sim_req *req, const char *type);

/* One "name=value" of an encoded query or form. */
struct aw_sim_arg {
	char name[128];
	char value[4096];
	const char *next; /* start with the whole text */
};

/* Step to the next pair.  0; AW_END; -EINVAL (bad encoding, too long). */
int aw_sim_arg_next(struct aw_sim_arg *arg) AW_MUST_USE;

/*
 * The value of @name in the encoded @text.  Returns 0; AW_ABSENT (@buf is "");
 * -EINVAL (bad encoding), -EMSGSIZE.
 */
int aw_sim_arg_get(
    const char *text, const char *name, char *buf, size_t size) AW_MUST_USE;

/* How a service talks; decides the shape of its errors. */
enum aw_sim_dialect {
	AW_SIM_OIDC,   /* JSON, error and error_description */
	AW_SIM_PORTAL, /* JSON, message */
	AW_SIM_JSON11, /* JSON, __type */
	AW_SIM_QUERY,  /* XML */
	AW_SIM_SCIM,   /* JSON, detail and a status that is a text */
	AW_SIM_TEXT,
	AW_SIM_HTML,
};

struct aw_sim_op {
	const char *name;
	void (*run)(struct aw_sim_call *call);
	const char *method; /* NULL: any */
	const char *path;   /* or what else the service tells it by */
};

struct aw_sim_service {
	const char *name; /* as SigV4 calls it */
	enum aw_sim_dialect dialect;
	/* The operation that @req asks for, or NULL. */
	const struct aw_sim_op *(*find)(
	    const struct aw_sim *sim, const struct aw_sim_req *req);
};

struct aw_sim_call {
	struct aw_sim *sim;
	const struct aw_sim_req *req;
	const struct aw_sim_service *service;
	const struct aw_sim_op *op;
	const char *region; /* that is asked; the simulator's */
	struct aw_sim_effect effect;

	/* the answer */
	unsigned status;
	const char *type;
	struct aw_buf body;
	char location[512];
	char error_type[128]; /* x-amzn-ErrorType, or "" */
	char request_id[37];

	/* what the log should know */
	char error[64];
	char client[256];
	char user_code[16];
	char user[520];
};

/* Find out what @call->req wants, answer it and write the log. */
void aw_sim_route(struct aw_sim_call *call);

/* Caller's storage; @req is borrowed. */
void aw_sim_call_init(
    struct aw_sim_call *call, struct aw_sim *sim, const struct aw_sim_req *req);
void aw_sim_call_done(struct aw_sim_call *call);

#endif
