/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access keys and the ARNs that they stand for.
 */
#include "tests/idcsim/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/own.h"
#include "common/text.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/sim.h"

#define LIFE_MS        (3600 * INT64_C(1000))
#define RENEW_MS       (600 * INT64_C(1000))
#define SECRET_LETTERS AW_SIM_BASE64URL "/+"

int aw_sim_keys_init(struct aw_sim_keys *keys)
{
	keys->given = calloc(AW_SIM_KEYS_MAX, sizeof(*keys->given));
	return keys->given ? 0 : -ENOMEM;
}

void aw_sim_keys_done(struct aw_sim_keys *keys)
{
	free(keys->given);
	memset(keys, 0, sizeof(*keys));
}

static void make(struct aw_sim_key *key, const char *prefix, int64_t expires)
{
	memset(key, 0, sizeof(*key));
	aw_sim_random_text(key->id, sizeof(key->id), prefix, AW_SIM_BASE32);
	aw_sim_random_text(
	    key->secret, sizeof(key->secret), "", SECRET_LETTERS);
	if (expires)
		aw_sim_random_text(key->token, sizeof(key->token),
		    "IQoJb3JpZ2luX2Vj", AW_SIM_BASE64URL "/+=");
	key->expires_ms = expires;
}

/* The unique id of a role: the same whenever it is asked for. */
static void role_id(const char *account, const char *role, char ret[22])
{
	char hash[AW_SIM_HEX];

	aw_sim_hash_pair(account, role, hash);
	for (size_t i = 0; i < 17; i++)
		hash[i] = AW_SIM_BASE32[(unsigned char)hash[i] % 32];
	hash[17] = '\0';
	aw_ignore(aw_fmt(ret, 22, "AROA%s", hash));
}

static void set_role(struct aw_sim_key *key, const struct aw_sim *sim,
    const char *account, const char *role, const char *session)
{
	char id[22];

	role_id(account, role, id);
	aw_ignore(aw_copy(key->account, sizeof(key->account), account));
	aw_ignore(aw_fmt(
	    key->principal, sizeof(key->principal), "%s:%s", id, session));
	aw_ignore(aw_fmt(key->arn, sizeof(key->arn),
	    "arn:%s:sts::%s:assumed-role/"
	    "%s/%s",
	    sim->partition, account, role, session));
}

void aw_sim_keys_make_host(struct aw_sim *sim)
{
	struct aw_sim_key *host = &sim->keys.host;

	make(host, "AKIA", 0);
	host->reads = sim->host_reads;
	aw_ignore(
	    aw_copy(host->account, sizeof(host->account), sim->host_account));
	aw_sim_random_text(host->principal, 22, "AIDA", AW_SIM_BASE32);
	aw_ignore(aw_fmt(host->arn, sizeof(host->arn), "arn:%s:iam::%s:user/%s",
	    sim->partition, sim->host_account, AW_SIM_HOST_ROLE));
}

static struct aw_sim_key *next_given(struct aw_sim *sim)
{
	return &sim->keys.given[sim->keys.n++ % AW_SIM_KEYS_MAX];
}

static const struct aw_sim_key *renew(struct aw_sim *sim,
    struct aw_sim_key *key, const char *role, const char *session)
{
	const int64_t now = aw_sim_now_ms(sim);

	if (key->expires_ms - now > RENEW_MS)
		return key;
	/* Requests in flight may still use the old pair: AWS takes both. */
	if (key->id[0])
		*next_given(sim) = *key;
	make(key, "ASIA", now + 6 * LIFE_MS);
	key->reads = sim->host_reads;
	set_role(key, sim, sim->host_account, role, session);
	return key;
}

const struct aw_sim_key *aw_sim_keys_role(struct aw_sim *sim)
{
	return renew(sim, &sim->keys.role, AW_SIM_HOST_ROLE, AW_SIM_INSTANCE);
}

const struct aw_sim_key *aw_sim_keys_task(struct aw_sim *sim)
{
	return renew(sim, &sim->keys.task, AW_SIM_TASK_ROLE, AW_SIM_TASK);
}

const struct aw_sim_key *aw_sim_keys_assumed(struct aw_sim *sim,
    const char *account, const char *role, const char *session,
    uint64_t seconds, bool reads)
{
	struct aw_sim_key *key = next_given(sim);

	make(key, "ASIA", aw_sim_now_ms(sim) + (int64_t)seconds * 1000);
	key->reads = reads;
	set_role(key, sim, account, role, session);
	return key;
}

const struct aw_sim_key *aw_sim_keys_person(struct aw_sim *sim,
    const char *account, const char *set, const char *set_arn,
    const char *user_name)
{
	struct aw_sim_key *key = next_given(sim);
	char suffix[AW_SIM_HEX];
	char role[96];

	make(key, "ASIA", aw_sim_now_ms(sim) + LIFE_MS);
	aw_sim_hash_pair(account, set_arn, suffix);
	suffix[16] = '\0';
	aw_ignore(
	    aw_fmt(role, sizeof(role), "AWSReservedSSO_%s_%s", set, suffix));
	set_role(key, sim, account, role, user_name);
	return key;
}

const struct aw_sim_key *aw_sim_keys_get(
    const struct aw_sim *sim, const char *id)
{
	const struct aw_sim_keys *keys = &sim->keys;

	if (keys->host.id[0] && aw_sim_same(keys->host.id, id))
		return &keys->host;
	if (keys->role.id[0] && aw_sim_same(keys->role.id, id))
		return &keys->role;
	if (keys->task.id[0] && aw_sim_same(keys->task.id, id))
		return &keys->task;
	for (size_t i = 0; i < AW_SIM_KEYS_MAX && i < keys->n; i++) {
		if (aw_sim_same(keys->given[i].id, id))
			return &keys->given[i];
	}
	return NULL;
}

int aw_sim_keys_write(const struct aw_sim *sim, const char *path)
{
	const struct aw_sim_key *host = &sim->keys.host;
	aw_own_fd int fd = -1;
	char text[256];
	int r;

	r = aw_fmt(text, sizeof(text),
	    "[default]\naws_access_key_id = %s\n"
	    "aws_secret_access_key = %s\n",
	    host->id, host->secret);
	if (r < 0)
		return r;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, 0600) < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}
