/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token is its own record.
 */
#include "tests/idcsim/token.h"

#include <string.h>

#include "common/text.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/sim.h"

void aw_sim_token(const struct aw_sim *sim, const char *service,
    int64_t ends_ms, char ret[64])
{
	uint8_t digest[AW_SIM_HASH];
	char hash[AW_SIM_HEX];
	char text[48];

	aw_ignore(
	    aw_fmt(text, sizeof(text), "%s %lld", service, (long long)ends_ms));
	aw_sim_hmac(
	    sim->secret, sizeof(sim->secret), text, strlen(text), digest);
	aw_sim_hex(digest, 16, hash);
	aw_ignore(aw_fmt(ret, 64, "%lld.%s", (long long)ends_ms, hash));
}

bool aw_sim_has_token(
    const struct aw_sim_call *call, const char *service, const char *header)
{
	const char *token = aw_sim_req_header(call->req, header);
	char end[24];
	char mine[64];
	uint64_t ends_ms;

	if (token == NULL || call->effect.on[AW_SIM_EXPIRE] ||
	    aw_fmt(end, sizeof(end), "%.*s", (int)strcspn(token, "."), token) !=
		0 ||
	    aw_num_u64(end, 0, INT64_MAX, &ends_ms) != 0)
		return false;
	aw_sim_token(call->sim, service, (int64_t)ends_ms, mine);
	return aw_sim_same(mine, token) &&
	       (int64_t)ends_ms > aw_sim_now_ms(call->sim);
}
