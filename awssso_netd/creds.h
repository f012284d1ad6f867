/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's own AWS keys: from the instance's metadata service or from a
 * file, kept in locked memory, fetched anew before they expire.
 */
#ifndef AW_AWSSSO_NETD_CREDS_H
#define AW_AWSSSO_NETD_CREDS_H

#include "awssso_netd/http.h"
#include "awssso_netd/secret.h"
#include "common/conf.h"
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

int aw_creds_new(struct aw_http *http, const struct aw_conf *conf,
    struct aw_creds **ret) AW_MUST_USE;
void aw_creds_free(struct aw_creds *creds);

/*
 * Returns 0 with *@ret, a reference for the caller; AW_PENDING when @wait will
 * be told; AW_DENIED with @why when the settings or the file give no keys; or
 * a negative errno.
 */
int aw_creds_get(struct aw_creds *creds, struct aw_creds_wait *wait,
    struct aw_keys **ret, struct aw_diag *why) AW_MUST_USE;

/* @wait no longer waits (it need not be waiting). */
void aw_creds_unwait(struct aw_creds *creds, struct aw_creds_wait *wait);

/* AWS does not know these keys: fetch others at the next get. */
void aw_creds_drop(struct aw_creds *creds);

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
