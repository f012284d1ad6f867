/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole awsssod in a directory of its own, in this process, with a test in
 * awssso-netd's place and others as its clients.  Nothing waits without a
 * bound: what does not come within FAKE_MS fails the test.
 */
#ifndef AW_TESTS_UNIT_AWSSSOD_FAKE_H
#define AW_TESTS_UNIT_AWSSSOD_FAKE_H

#include "awsssod/daemon.h"
#include "common/buf.h"
#include "common/proto.h"

#define FAKE_MS    5000
#define FAKE_STORE "d-0123456789"
#define FAKE_ACCT  "111122223333"
#define FAKE_URI   "https://d-0123456789.awsapps.com/start/#/device"

/* Permission sets and who holds them, by kind and id. */
struct fake_grant {
	const char *set;
	unsigned kind;
	const char *holder;
};
struct fake_sets {
	const char *const *sets;
	const struct fake_grant *grants;
	size_t n_sets, n_grants;
	bool known;
	bool later; /* an outage: not known this time */
};

struct fake {
	const struct fake_sets *sets; /* of the next sweeps; NULL: unknown */
	char dir[64];
	struct aw_settings settings;
	struct aw_conf conf;
	char config[128], run[96], state[128], pub[96], passwd[96], group[96];
	char subuid[96], subgid[96];
	struct aw_daemon *daemon;
	int listen_fd; /* net.sock */
	int netd_fd;   /* the connection that awsssod made */
	uint8_t data[AW_WIRE_MAX];
	struct aw_wire_in in; /* the last message that was expected */
	int in_fd;            /* and the descriptor with it */
};

struct fake_user {
	const char *id, *name, *status;
};
struct fake_group {
	const char *id, *name;
};
struct fake_member {
	const char *group, *user;
};
struct fake_directory {
	const struct fake_user *users;
	const struct fake_group *groups;
	const struct fake_member *members;
	size_t n_users, n_groups, n_members;
};

/* Add @directory's records to @page. */
void fake_page(struct aw_buf *page, const struct fake_directory *directory);
/* The same of sets, unless @sets is NULL. */
void fake_set_page(struct aw_buf *page, const struct fake_sets *sets);

void fake_file(const char *path, const char *text);

/* The main() of a test begins with this: the program is its own worker. */
int fake_worker(int argc, char **argv);

/* A line of the policy of @conf, for @service or (NULL) for all; and: only this
 * one, or (NULL) none. */
void fake_rule(struct aw_conf *conf, const char *service, bool deny,
    enum aw_rule_kind kind, const char *text);
void fake_allow(struct aw_conf *conf, enum aw_rule_kind kind, const char *text);

/* The directory and the settings; the daemon is not running yet. */
struct fake *fake_new(void);
void fake_run(struct fake *fake);  /* start it; netd is connected */
void fake_stop(struct fake *fake); /* end it; the files stay */
void fake_free(struct fake *fake);

/* Let the daemon work for @ms, or until nothing is left to do at once. */
void fake_turn(struct fake *fake, unsigned ms);

/* The next message to netd, which must be of @type. */
void fake_netd_wait(struct fake *fake, uint16_t type);
/* Nothing of @type comes to netd within @ms. */
void fake_netd_silent(struct fake *fake, unsigned ms);
void fake_netd_hang_up(struct fake *fake);
/* Answer as netd, with a descriptor unless it is -1. */
void fake_netd_send(struct fake *fake, struct aw_wire_out *out, int fd);

/* Serve one sweep with @directory; @net is how it ends. */
void fake_sweep(
    struct fake *fake, const struct fake_directory *directory, uint64_t net);
/* The same, when SWEEP has been waited for. */
void fake_serve_sweep(
    struct fake *fake, const struct fake_directory *directory, uint64_t net);

/* A client of auth.sock or ctl.sock. */
int fake_connect(struct fake *fake, const char *name);
/* Ask @type about @user as @service. */
struct fake_ask {
	uint16_t type;
	const char *user, *service, *rhost, *attempt, *set, *info, *account;
	uint32_t ksession; /* 0: none */
	uint32_t real_uid; /* of who asks; 0: @user's own */
	unsigned reuse, enter;
};
void fake_ask(struct fake *fake, int fd, const struct fake_ask *ask);
void fake_send(int fd, struct aw_wire_out *out);
/* The next message to the client, which must be of @type. */
void fake_wait(struct fake *fake, int fd, uint16_t type);
/* The type of the next message to the client, whatever it is. */
uint16_t fake_next(struct fake *fake, int fd);
/* The client is hung up on. */
void fake_wait_end(struct fake *fake, int fd);
/* A VERDICT comes and is @verdict; its text holds @text. */
void fake_verdict(
    struct fake *fake, int fd, enum aw_verdict verdict, const char *text);
/* The text of @tag in the last message, "" when missing; static storage. */
const char *fake_text(const struct fake *fake, uint16_t tag);

/* The number of @tag in it, 999999 when missing. */
uint64_t fake_num(const struct fake *fake, uint16_t tag);
/* Ask ctl.sock @type about @user (NULL: nobody), accepting a loss or not. */
void fake_ctl_ask(int fd, uint16_t type, const char *user, bool accept);

/* What stands in the database: the first column of the first row. */
int64_t fake_number(const struct fake *fake, const char *sql);
const char *fake_string(const struct fake *fake, const char *sql);

#endif
