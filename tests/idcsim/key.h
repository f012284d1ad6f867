/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access keys: one long-lived pair and one instance role of the host, and the
 * keys that people get for a permission set and hosts for a role.
 */
#ifndef AW_IDCSIM_KEY_H
#define AW_IDCSIM_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"

struct aw_sim;

#define AW_SIM_KEYS_MAX  4096
#define AW_SIM_HOST_ROLE "awssso-host"
#define AW_SIM_TASK_ROLE "awssso-task"
#define AW_SIM_INSTANCE  "i-0a1b2c3d4e5f60718"
#define AW_SIM_TASK      "0123456789abcdef0123456789abcdef"
#define AW_SIM_STALE_MS  (3600 * INT64_C(1000))

struct aw_sim_key {
	char id[21];
	char secret[41];
	char token[1000]; /* "" for the long-lived pair */
	bool reads;       /* the directory */
	char arn[720];
	char principal[560]; /* STS calls it UserId */
	char account[16];
	int64_t expires_ms; /* 0: never */
};

struct aw_sim_keys {
	struct aw_sim_key host; /* AKIA */
	struct aw_sim_key role; /* ASIA, through the metadata service */
	struct aw_sim_key task; /* ASIA, through a container's agent */
	uint64_t n;
	struct aw_sim_key *given; /* a ring, newest AW_SIM_KEYS_MAX */
};

/* Returns 0 or -ENOMEM. */
int aw_sim_keys_init(struct aw_sim_keys *keys) AW_MUST_USE;
void aw_sim_keys_done(struct aw_sim_keys *keys);

/* Make the host's keys; needs the fixture. */
void aw_sim_keys_make_host(struct aw_sim *sim);

/* The keys of the instance role and of the container's, made anew when they
 * near their end. */
const struct aw_sim_key *aw_sim_keys_role(struct aw_sim *sim);
const struct aw_sim_key *aw_sim_keys_task(struct aw_sim *sim);

/* Keys for @session of @role in @account, living @seconds, which may read the
 * directory or not.  Borrowed. */
const struct aw_sim_key *aw_sim_keys_assumed(struct aw_sim *sim,
    const char *account, const char *role, const char *session,
    uint64_t seconds, bool reads);

/* Keys of @user_name for the permission set called @set in @account, living
 * an hour.  Borrowed. */
const struct aw_sim_key *aw_sim_keys_person(struct aw_sim *sim,
    const char *account, const char *set, const char *set_arn,
    const char *user_name);

/* The key called @id, whether expired or not, or NULL. */
const struct aw_sim_key *aw_sim_keys_get(
    const struct aw_sim *sim, const char *id);

/* Write the long-lived pair to @path, mode 0600, as AWS's tools read it.
 * Returns 0 or a negative errno. */
int aw_sim_keys_write(const struct aw_sim *sim, const char *path) AW_MUST_USE;

#endif
