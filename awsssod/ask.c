/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a request.
 */
#include "awsssod/ask.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "awsssod/arn.h"
#include "awsssod/ledger.h"
#include "awsssod/process.h"
#include "common/proto.h"

/* Fields end up in keys, in the log and on terminals: no line feeds. */
static bool take(
    const struct aw_wire_in *in, uint16_t tag, char *buf, size_t size)
{
	return aw_wire_text(in, tag, buf, size) >= 0 && !strchr(buf, '\n');
}

static uint32_t take_num(
    const struct aw_wire_in *in, uint16_t tag, uint32_t fallback)
{
	const uint64_t n = aw_wire_num(in, tag, fallback);

	return n <= UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* A process is told from its successor with the same pid by its start; one
 * that is gone already is told from every other by chance.  The source is part
 * of it, because one process may serve many people. */
static int key_by_process(struct aw_ask *ask)
{
	struct aw_process process = { 0 };
	uint64_t salt = 0;

	if (aw_process_read(ask->peer.pid, &process) < 0 &&
	    getrandom(&salt, sizeof(salt), 0) != sizeof(salt))
		return AW_DENIED;
	if (aw_fmt(ask->key, sizeof(ask->key),
		"%s %s %d %" PRIu64 " %" PRIx64 " %s", ask->service, ask->user,
		(int)ask->peer.pid, process.start, salt, ask->source) < 0)
		return AW_DENIED;
	return 0;
}

static int set_key(
    const struct aw_wire_in *in, bool is_root, struct aw_ask *ask)
{
	char attempt[257];

	if (!take(in, AW_TAG_ATTEMPT, attempt, sizeof(attempt)))
		return AW_DENIED;
	if (!is_root || !attempt[0])
		return key_by_process(ask);
	ask->key_is_connection = true;
	return aw_fmt(ask->key, sizeof(ask->key), "%s %s @ %s", ask->service,
		   ask->user, attempt) < 0
		   ? AW_DENIED
		   : 0;
}

/* "publickey ALG BLOB" and nothing else; what is not of a connection that root
 * named proves nothing. */
static void set_proof(const struct aw_wire_in *in, struct aw_ask *ask)
{
	static const char method[] = "publickey ";
	char info[AW_PROTO_AUTH_INFO_MAX + 1];
	const char *key = info + sizeof(method) - 1;
	size_t alg, blob;

	if (!ask->key_is_connection ||
	    !take(in, AW_TAG_AUTH_INFO, info, sizeof(info)) ||
	    strncmp(info, method, sizeof(method) - 1) != 0)
		return;
	alg = strcspn(key, " ");
	blob = key[alg] ? strcspn(key + alg + 1, " ") : 0;
	if (alg == 0 || blob == 0 || key[alg + 1 + blob])
		return;
	ask->has_key =
	    aw_ledger_sha256(key, alg + 1 + blob, ask->key_hash) == 0;
}

static int set_source(struct aw_ask *ask)
{
	int r;

	if (ask->rhost[0])
		r = aw_fmt(
		    ask->source, sizeof(ask->source), "host %s", ask->rhost);
	else if (ask->tty[0])
		r = aw_fmt(
		    ask->source, sizeof(ask->source), "tty %s", ask->tty);
	else
		r = aw_fmt(
		    ask->source, sizeof(ask->source), "uid %u", ask->peer.uid);
	return r < 0 ? AW_DENIED : 0;
}

static bool is_sound(const struct aw_ask *ask)
{
	return aw_name_is_possible(ask->user, strlen(ask->user), false) &&
	       ask->service[0] &&
	       (!ask->account[0] || aw_arn_is_account(ask->account));
}

int aw_ask_read(const struct aw_wire_in *in, const struct aw_peer *peer,
    uid_t root, const struct aw_conf *conf, struct aw_ask *ret)
{
	const bool is_root = peer->uid == root;
	struct aw_ask ask = { .type = in->type, .peer = *peer };

	if (!take(in, AW_TAG_USER, ask.user, sizeof(ask.user)) ||
	    !take(in, AW_TAG_SERVICE, ask.service, sizeof(ask.service)) ||
	    !take(in, AW_TAG_TTY, ask.tty, sizeof(ask.tty)) ||
	    !take(in, AW_TAG_RHOST, ask.rhost, sizeof(ask.rhost)) ||
	    !take(in, AW_TAG_PERMISSION_SET, ask.permission_set,
		sizeof(ask.permission_set)) ||
	    !take(in, AW_TAG_ACCOUNT, ask.account, sizeof(ask.account)) ||
	    !is_sound(&ask))
		return AW_DENIED;
	ask.enter = aw_wire_num(in, AW_TAG_ENTER, 0) == 1;
	ask.reuse = take_num(in, AW_TAG_REUSE, (uint32_t)conf->reuse);
	ask.ksession = is_root
			   ? take_num(in, AW_TAG_KSESSION, AW_KSESSION_UNSET)
			   : aw_process_ksession(peer->pid);
	ask.real_uid =
	    is_root ? take_num(in, AW_TAG_REAL_UID, UINT32_MAX) : peer->uid;
	if (set_source(&ask) != 0 || set_key(in, is_root, &ask) != 0)
		return AW_DENIED;
	set_proof(in, &ask);
	*ret = ask;
	return 0;
}

unsigned aw_ask_patience(const struct aw_ask *ask)
{
	if (strcmp(ask->service, "sshd") == 0)
		return 110;
	if (strcmp(ask->service, "login") == 0)
		return 50;
	return 120;
}

const char *const aw_ask_batch[AW_ASK_BATCH_MAX] = { "cron", "crond", "at",
	"atd", "systemd-user" };

bool aw_ask_is_batch(const struct aw_ask *ask)
{
	for (size_t i = 0; i < AW_ASK_BATCH_MAX; i++)
		if (strcmp(ask->service, aw_ask_batch[i]) == 0)
			return true;
	return false;
}
