/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tokens: ":<first row, 8 hex>:<pages in vain before it, 8 hex>:<hash, 16
 * hex>".
 */
#include "tests/idcsim/paging.h"

#include <errno.h>
#include <string.h>

#include "common/text.h"
#include "tests/idcsim/call.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/sim.h"

#define TOKEN_LEN 35

static int make_token(const struct aw_sim_call *call, const char *scope,
    size_t first, size_t in_vain, char ret[64])
{
	uint8_t digest[AW_SIM_HASH];
	char hash[AW_SIM_HEX];
	char text[768];
	int r;

	r = aw_fmt(text, sizeof(text), "%s %.600s %zu %zu", call->op->name,
	    scope, first, in_vain);
	if (r < 0)
		return r;
	aw_sim_hmac(call->sim->secret, sizeof(call->sim->secret), text,
	    strlen(text), digest);
	aw_sim_hex(digest, 8, hash);
	return aw_fmt(ret, 64, ":%08zx:%08zx:%s", first, in_vain, hash);
}

/* 0, or -EINVAL: these are not eight digits. */
static int read_hex(const char *text, size_t *ret)
{
	size_t value = 0;

	for (size_t i = 0; i < 8; i++) {
		const char *digit = strchr("0123456789abcdef", text[i]);

		if (digit == NULL || *digit == '\0')
			return -EINVAL;
		value =
		    value * 16 +
		    (size_t)(*digit <= '9' ? *digit - '0' : *digit - 'a' + 10);
	}
	*ret = value;
	return 0;
}

static int open_token(const struct aw_sim_call *call, const char *scope,
    const char *token, size_t *ret_first, size_t *ret_in_vain)
{
	char mine[64];

	if (strlen(token) != TOKEN_LEN || read_hex(token + 1, ret_first) != 0 ||
	    read_hex(token + 10, ret_in_vain) != 0 ||
	    make_token(call, scope, *ret_first, *ret_in_vain, mine) != 0 ||
	    !aw_sim_same(mine, token))
		return -EINVAL;
	return 0;
}

/* Always the first rows again, and always another token; when the fault ends,
 * the list goes on where it was. */
static int endless_page(const struct aw_sim_call *call, size_t total,
    const char *scope, size_t first, size_t in_vain, struct aw_sim_page *ret)
{
	const size_t n = (size_t)call->effect.arg[AW_SIM_ENDLESS];

	*ret = (struct aw_sim_page){ .n = n < total ? n : total };
	return make_token(call, scope, first, in_vain, ret->next);
}

int aw_sim_page_of(const struct aw_sim_call *call, size_t total, size_t max,
    const char *token, const char *scope, struct aw_sim_page *ret)
{
	const bool *on = call->effect.on;
	struct aw_sim_page page = { 0 };
	size_t in_vain = 0;

	if (token != NULL && on[AW_SIM_STALE_TOKEN])
		return -EINVAL;
	if (token != NULL &&
	    open_token(call, scope, token, &page.first, &in_vain) != 0)
		return -EINVAL;
	if (on[AW_SIM_ENDLESS])
		return endless_page(
		    call, total, scope, page.first, in_vain + 1, ret);
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
	if (on[AW_SIM_EMPTY] && in_vain == 0)
		page.n = 0;
	*ret = page;
	if (on[AW_SIM_LOSE_TOKEN])
		return 0;
	if (on[AW_SIM_REPEAT_TOKEN] && token != NULL)
		return aw_copy(ret->next, sizeof(ret->next), token);
	if (on[AW_SIM_EMPTY] && in_vain == 0)
		return make_token(call, scope, page.first, 1, ret->next);
	if (page.first + page.n < total)
		return make_token(
		    call, scope, page.first + page.n, 0, ret->next);
	return 0;
}
