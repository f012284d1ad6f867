/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may ask what: the one table, checked against what the kernel says about
 * the peer (R7).
 */
#ifndef AW_AWSSSOD_VERB_H
#define AW_AWSSSOD_VERB_H

#include <stdint.h>
#include <sys/types.h>

#include "common/outcome.h"

enum aw_verb_socket {
	AW_VERB_AUTH = 1, /* auth.sock */
	AW_VERB_CTL = 2,  /* ctl.sock */
};

enum aw_verb_who {
	AW_VERB_ROOT = 1, /* root only */
	AW_VERB_OWN,      /* root about anybody, others about themselves */
	AW_VERB_ANYONE,
};

struct aw_verb {
	uint16_t type; /* enum aw_msg */
	enum aw_verb_socket socket;
	enum aw_verb_who who;
};

/*
 * May the peer @uid send @type on @socket about the person whose uid is
 * @about ((uid_t)-1: nobody of ours)?  @root is the uid that counts as root.
 * Returns 0; AW_UNKNOWN when there is no such message on that socket (the
 * connection is closed); AW_DENIED.
 */
int aw_verb_may(enum aw_verb_socket socket, uint16_t type, uid_t root,
    uid_t uid, uid_t about) AW_MUST_USE;

#endif
