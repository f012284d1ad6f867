/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request about a person, as it came over auth.sock, and what the kernel
 * says about who sent it.
 */
#ifndef AW_AWSSSOD_ASK_H
#define AW_AWSSSOD_ASK_H

#include <stdbool.h>

#include "common/conf.h"
#include "common/name.h"
#include "common/sock.h"
#include "common/wire.h"

#define AW_ASK_KEY_SIZE 640

struct aw_ask {
	uint16_t type; /* AW_MSG_AUTH, _ACCOUNT, _OPEN, _CLOSE */
	struct aw_peer peer;
	char user[AW_NAME_SIZE];
	char service[65];
	char tty[129];
	char rhost[257];
	char permission_set[33];
	char account[13];
	uint32_t ksession;
	uint32_t real_uid; /* of who asks; -1: not known */
	uint32_t reuse;    /* seconds */
	bool enter;
	/* The attempt this belongs to: one key, one flow, one verdict. */
	char key[AW_ASK_KEY_SIZE];
	bool key_is_connection; /* root named it; else it is a process */
	/* A public key that sshd saw proved in this connection: SHA-256 of
	 * "ALG BLOB". */
	bool has_key;
	uint8_t key_hash[32];
	/* Whom a code would be shown to: one live code per user and source. */
	char source[320];
};

/*
 * Read the request @in of @peer.  Only @root may say to which connection and
 * kernel session it belongs, and which key was proved there; for others the
 * kernel is asked, and nothing was proved.
 * Returns 0; AW_DENIED when a field that must be there is not or makes no
 * sense.  A key that makes no sense is none.
 */
int aw_ask_read(const struct aw_wire_in *in, const struct aw_peer *peer,
    uid_t root, const struct aw_conf *conf, struct aw_ask *ret) AW_MUST_USE;

/* Seconds in which a person must have approved: as long as the service's own
 * patience, less what it takes to say so. */
unsigned aw_ask_patience(const struct aw_ask *ask);

/* Nobody waits at the other end: cron, at, systemd's user manager.  Judged by
 * the directory, so that a host full of them does not live on AWS's quota. */
bool aw_ask_is_batch(const struct aw_ask *ask);
#define AW_ASK_BATCH_MAX 5
extern const char *const aw_ask_batch[AW_ASK_BATCH_MAX];

#endif
