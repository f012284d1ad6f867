/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated AWS (idcsim as a child, on a loopback port), the daemon's server
 * in this process, and a client in awsssod's place.  Nothing waits without a
 * bound: what does not come within SIM_MS fails the test.
 */
#ifndef AW_TESTS_UNIT_AWSSSO_NETD_AWS_H
#define AW_TESTS_UNIT_AWSSSO_NETD_AWS_H

#include <stdbool.h>

#include "awssso_netd/aws.h"
#include "awssso_netd/server.h"
#include "common/proto.h"

#define SIM_MS    15000
#define SIM_STORE "d-0123456789"
#define SIM_ACCT  "111122223333"
#define SIM_THERE "444455556666"
#define SIM_ALICE "0123456789-00000000-0000-4000-8000-00000000000a"
#define SIM_BOB   "0123456789-00000000-0000-4000-8000-00000000000b"
#define SIM_CAROL "0123456789-00000000-0000-4000-8000-00000000000c" /* off */
#define SIM_DAVE                                                    \
	"0123456789-00000000-0000-4000-8000-00000000000d" /* no set \
							   */
#define SIM_NOBODY   "0123456789-00000000-0000-4000-8000-00000000000e"
#define SIM_ADMINS   "0123456789-00000000-0000-4000-8000-0000000000a1"
#define SIM_READER   "arn:aws:iam::444455556666:role/sso/Reader"
#define SIM_EXTERNAL "two:hosts/1" /* which Reader asks for */
#define SIM_BLIND    "arn:aws:iam::444455556666:role/Blind" /* reads nothing */
#define SIM_WEB      "arn:aws:iam::444455556666:role/Web"   /* takes tokens */
#define SIM_MANY     150 /* more users, all in one group */

struct sim {
	char dir[40];
	char url[64], control[64], keys[64], log[64], token[64];
	char url6[64];  /* the same over IPv6; "" without it */
	char other[64]; /* a file that a test may make */
	int pid;
	bool disturbed; /* faults or a clock to be reset */
	struct aw_conf conf;
	sd_event *event;
	struct aw_aws *aws;
	struct aw_server *server;
	int fd; /* the client's end of net.sock */
	uint8_t data[AW_WIRE_MAX];
	struct aw_wire_in in; /* the last message */
	int in_fd;            /* and the descriptor with it, or -1 */
};

/* Setup and teardown of a test group: the simulator and the directory. */
int sim_setup(void **state);
int sim_teardown(void **state);

/* A daemon with all defaults (sim->conf may be changed between the two). */
void sim_conf(struct sim *sim);
void sim_start(struct sim *sim);
void sim_stop(struct sim *sim);

/* Connect another client in the daemon's eyes; the old one hangs up. */
void sim_reconnect(struct sim *sim);

/* Run "idcsim @words..." (at most 8, ended by NULL; its array must hold that
 * one); it must succeed. */
void sim_tell(struct sim *sim, const char *const *words);
#define SIM_TELL(sim, ...) \
	sim_tell(sim, (const char *const[]){ __VA_ARGS__, NULL })

/* The same, and what it says goes to the file @path. */
void sim_tell_to(struct sim *sim, const char *path, const char *const *words);
#define SIM_TELL_TO(sim, path, ...) \
	sim_tell_to(sim, path, (const char *const[]){ __VA_ARGS__, NULL })

/* Send a message: number and text fields by hand. */
void sim_begin(struct aw_wire_out *out, uint16_t type, uint64_t request);
void sim_send(struct sim *sim, struct aw_wire_out *out);
void sim_ask(struct sim *sim, uint16_t type, uint64_t request);

/* Run the daemon until a message for the client comes: sim->in. */
void sim_next(struct sim *sim);
/* ... which must be @type for @request. */
void sim_expect(struct sim *sim, uint16_t type, uint64_t request);
/* Run the daemon for @ms in which no message may come. */
void sim_quiet(struct sim *sim, unsigned ms);

/* The last message says NET @net, with @says somewhere in its text. */
void sim_expect_net(struct sim *sim, uint64_t net, const char *says);
uint64_t sim_num(struct sim *sim, uint16_t tag);
/* The text of @tag in sim->in, "" if absent; good until the next call. */
const char *sim_text(struct sim *sim, uint16_t tag);
/* How many fields with @tag have @text (NULL: any). */
unsigned sim_count(struct sim *sim, uint16_t tag, const char *text);

/* For cmocka: a daemon of its own for each test. */
int sim_before_each(void **state);
int sim_after_each(void **state);
#define SIM_TEST(name) \
	cmocka_unit_test_setup_teardown(name, sim_before_each, sim_after_each)

/* Lines of the simulator's log with this text. */
unsigned sim_logged(struct sim *sim, const char *text);

#endif
