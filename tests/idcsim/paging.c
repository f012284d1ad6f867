/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tokens: ":<first row, 8 hex>:<1 behind an empty page>:<hash, 16 hex>".
 */
#include "tests/idcsim/paging.h"

#include <errno.h>
#include <string.h>

#include "common/text.h"
#include "tests/idcsim/call.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/sim.h"

#define TOKEN_LEN 28

static int make_token(const struct aw_sim_call *call, const char *scope,
    size_t first, bool is_behind_empty, char ret[64])
{
	uint8_t digest[AW_SIM_HASH];
	char hash[AW_SIM_HEX];
	char text[768];
	int r;

	r = aw_fmt(text, sizeof(text), "%s %.600s %zu %d", call->op->name,
	    scope, first, is_behind_empty);
	if (r < 0)
		return r;
	aw_sim_hmac(call->sim->secret, sizeof(call->sim->secret), text,
	    strlen(text), digest);
	aw_sim_hex(digest, 8, hash);
	return aw_fmt(ret, 64, ":%08zx:%d:%s", first, is_behind_empty, hash);
}

static int open_token(const struct aw_sim_call *call, const char *scope,
    const char *token, size_t *ret_first, bool *ret_behind_empty)
{
	char mine[64];
	size_t first = 0;

	if (strlen(token) != TOKEN_LEN)
		return -EINVAL;
	for (size_t i = 1; i <= 8; i++) {
		const char *digit = strchr("0123456789abcdef", token[i]);

		if (digit == NULL || *digit == '\0')
			return -EINVAL;
		first =
		    first * 16 +
		    (size_t)(*digit <= '9' ? *digit - '0' : *digit - 'a' + 10);
	}
	*ret_first = first;
	*ret_behind_empty = token[10] == '1';
	if (make_token(call, scope, first, *ret_behind_empty, mine) != 0 ||
	    !aw_sim_same(mine, token))
		return -EINVAL;
	return 0;
}

int aw_sim_page_of(const struct aw_sim_call *call, size_t total, size_t max,
    const char *token, const char *scope, struct aw_sim_page *ret)
{
	const bool *on = call->effect.on;
	struct aw_sim_page page = { 0 };
	bool is_behind_empty = false;

	if (token != NULL && on[AW_SIM_STALE_TOKEN])
		return -EINVAL;
	if (token != NULL &&
	    open_token(call, scope, token, &page.first, &is_behind_empty) != 0)
		return -EINVAL;
	if (on[AW_SIM_GONE])
		total = 0;
	if (page.first > total)
		page.first = total; /* rows went away between two pages */
	page.n = total - page.first;
	if (max == 0 || max > call->sim->page_size)
		max = call->sim->page_size;
	if (on[AW_SIM_TRUNCATE_PAGE] && page.n > 1)
		max = (page.n < max ? page.n : max) / 2;
	if (page.n > max)
		page.n = max > 0 ? max : 1;
	if (on[AW_SIM_EMPTY] && !is_behind_empty)
		page.n = 0;
	*ret = page;
	if (on[AW_SIM_LOSE_TOKEN])
		return 0;
	if (on[AW_SIM_REPEAT_TOKEN] && token != NULL)
		return aw_copy(ret->next, sizeof(ret->next), token);
	if (on[AW_SIM_EMPTY] && !is_behind_empty)
		return make_token(call, scope, page.first, true, ret->next);
	if (page.first + page.n < total)
		return make_token(
		    call, scope, page.first + page.n, false, ret->next);
	return 0;
}
