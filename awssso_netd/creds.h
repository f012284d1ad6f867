/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's AWS keys, kept in locked memory and fetched anew before they end.
 * There is one of these for the host's own keys and, with role_arn, one for
 * those of the role:
 *
 *	call --AW_CALL_HOST--> role --AssumeRole, AW_CALL_OWN--> own --> source
 */
#ifndef AW_AWSSSO_NETD_CREDS_H
#define AW_AWSSSO_NETD_CREDS_H

#include "awssso_netd/aws.h"
#include "awssso_netd/fetch.h"
#include "awssso_netd/secret.h"
#include "common/outcome.h"
#include "common/proto.h"
#include "common/text.h"

struct aw_creds;

/*
 * Somebody who waits for keys.  @ready is called once, with @keys (borrowed),
 * or NULL and why there are none; never from inside aw_creds_get().
 */
struct aw_creds_wait {
	void (*ready)(struct aw_creds_wait *wait, struct aw_keys *keys,
	    enum aw_net net, const struct aw_diag *why);
	struct aw_creds_wait *next; /* ours */
};

/* Reads the environment, fetches nothing yet. */
int aw_creds_new(struct aw_aws *aws, enum aw_fetch_stage stage,
    struct aw_creds **ret) AW_MUST_USE;
/* Nobody may wait. */
void aw_creds_free(struct aw_creds *creds);

/*
 * Returns 0 with *@ret, a reference for the caller; AW_PENDING when @wait will
 * be told; or a negative errno.
 */
int aw_creds_get(struct aw_creds *creds, struct aw_creds_wait *wait,
    struct aw_keys **ret) AW_MUST_USE;

/* @wait no longer waits (it need not be waiting). */
void aw_creds_unwait(struct aw_creds *creds, struct aw_creds_wait *wait);

/* AWS does not know @keys: unless there are others by now, fetch some at the
 * next get. */
void aw_creds_drop(struct aw_creds *creds, const struct aw_keys *keys);

/*
 * Seconds until keys that have @life seconds left should be fetched anew, with
 * @random for jitter: 10 to 15 minutes before they end, but not within a
 * minute; those that had ended when they came (the metadata service does that
 * when it is in trouble, and AWS takes them) after 10 to 20 minutes.  Pure.
 */
int64_t aw_creds_refresh_in(int64_t life, uint32_t random);

/*
 * Read keys from the text of a credentials file: section [default] with
 * aws_access_key_id, aws_secret_access_key and, if they are temporary,
 * aws_session_token; other keys and sections do not matter.  Returns 0,
 * -EINVAL with @diag (file:line, never a value) or -ENOMEM.
 */
int aw_creds_parse(const char *text, size_t len, const char *file,
    struct aw_keys **ret, struct aw_diag *diag) AW_MUST_USE;

/* Read the file at @path, which only its owner (root or @self) may read, or
 * @self's group when root owns it.  Returns as aw_creds_parse(); -EPERM. */
int aw_creds_read_file(const char *path, uid_t self, gid_t group,
    struct aw_keys **ret, struct aw_diag *diag) AW_MUST_USE;

#endif
