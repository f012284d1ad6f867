/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host in a temporary directory: people, a snapshot, a stand-in for awsssod
 * that plays one conversation, and an application that calls libpam.
 *
 *   alice    ours, allowed            local    a local account
 *   carol    ours, disabled           toor     uid 0 by another name
 *   dave     ours, not allowed        ghost    our range, not in the snapshot
 *   eve      ours, adopted uid 1500   mallory  our range, another id there
 *   newbie   in the snapshot, but libc does not know
 */
#ifndef AW_TESTS_UNIT_PAM_AWSSSO_HOST_H
#define AW_TESTS_UNIT_PAM_AWSSSO_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/wire.h"
#include "pam_awssso/code.h"

/* Plays awsssod's side once the question @in has come. */
typedef void host_play_fn(int fd, const struct aw_wire_in *in);

struct host_call {
	enum aw_pam_phase phase;
	bool close; /* pam_close_session */
	int flags;
	const char *user;    /* alice unless given */
	const char *service; /* sshd unless given */
	const char *options; /* of the module */
	const char *rhost, *tty, *ssh_connection, *auth_info;
	host_play_fn *play; /* NULL: nobody listens */
	bool no_snapshot;
	bool libc_fails;
	unsigned conv_fails; /* the n-th message shown fails (1, 2...) */
	int conv_code;       /* with this code */
};

struct host_result {
	int code;           /* what the module returned */
	unsigned questions; /* how often awsssod was asked */
	unsigned prompts, infos, errors;
	char prompt[1024]; /* the first one */
	char info[1024];   /* likewise */
	char error[1024];  /* likewise */
	char log[2048];    /* lines, each ended by LF */
	unsigned log_lines;
	bool same_user;       /* PAM_USER is what it was */
	uint8_t asked[8192];  /* the last question */
	struct aw_wire_in in; /* the same, opened, when questions > 0 */
};

/* For cmocka_run_group_tests(). */
int host_make(void **state);
int host_remove(void **state);

/* Call libpam once.  Returns 0, or -1 when the host itself failed. */
int host_run(const struct host_call *call, struct host_result *ret);

/* The client was gone before the stand-in was. */
extern bool host_hung_up;

/* For host_play_fn. */
void host_verdict(int fd, uint64_t request, uint64_t verdict, const char *text,
    const char *code);
void host_prompt(
    int fd, uint64_t request, const char *text, uint64_t expires_in);
void host_wait_for_hangup(int fd);
void host_pause_ms(unsigned ms);

/* The text @tag of the question, or "-" when it is not there. */
const char *host_text(const struct host_result *result, uint16_t tag);
uint64_t host_number(const struct host_result *result, uint16_t tag);

#endif
