/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A million principals and their ids, by common/id.c and awsssod's digest:
 * whichever order they come in, whichever half a host meets first, all get ids
 * of their own, and only those whose candidates collide may differ.
 * covers: dir.6, dir.10, R14
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "awsssod/ledger.h"
#include "common/id.h"
#include "common/own.h"

#define N    1000000u
#define SPAN (AW_ID_MAX - AW_ID_MIN + 1)

/* A host: whose ids it gave out, and to whom. */
struct host {
	uint8_t *taken; /* a bit for each id */
	uint32_t *id;   /* by principal */
};

static void host_done(struct host *host)
{
	free(host->taken);
	free(host->id);
}

static void host_init(struct host *host)
{
	host->taken = calloc(SPAN / 8, 1);
	host->id = calloc(N, sizeof(*host->id));
	assert_non_null(host->taken);
	assert_non_null(host->id);
}

static int take(void *user, uint32_t id)
{
	struct host *host = user;
	const uint32_t at = id - AW_ID_MIN;
	const uint8_t bit = (uint8_t)(1u << (at & 7));

	assert_true(aw_id_in_range(id));
	if (host->taken[at >> 3] & bit)
		return AW_DENIED;
	host->taken[at >> 3] |= bit;
	return 0;
}

static void principal(char buf[40], uint32_t i)
{
	assert_int_equal(
	    aw_fmt(buf, 40, "9067642ac7-%08x-c011-70f4", i * 2654435761u), 0);
}

static void meet(struct host *host, uint32_t i)
{
	char id[40];

	principal(id, i);
	assert_int_equal(
	    aw_id_find(aw_ledger_sha256, id, take, host, &host->id[i]), 0);
}

/* --- whose candidates collide ------------------------------------------ */

struct wish {
	uint32_t id, i;
};

static int by_id(const void *a, const void *b)
{
	const struct wish *x = a;
	const struct wish *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/*
 * List who could be given another id than their candidate, in whatever order
 * all come: who shares it, and who is where those that share one spill over.
 */
static uint32_t list_collided(struct wish *wish, bool *collided)
{
	uint32_t end = 0, listed = 0, many;

	qsort(wish, N, sizeof(*wish), by_id);
	for (uint32_t i = 0; i < N; i += many) {
		const bool is_spilled = wish[i].id < end;

		for (many = 1; i + many < N; many++)
			if (wish[i + many].id != wish[i].id)
				break;
		if (!is_spilled)
			end = wish[i].id;
		end += many;
		for (uint32_t k = 0; k < many; k++)
			collided[wish[i + k].i] = is_spilled || many > 1;
		listed += is_spilled || many > 1 ? many : 0;
	}
	return listed;
}

static uint32_t *candidates(bool *collided, uint32_t *listed)
{
	aw_own_free struct wish *wish = calloc(N, sizeof(*wish));
	uint32_t *ret = calloc(N, sizeof(*ret));

	assert_non_null(wish);
	assert_non_null(ret);
	for (uint32_t i = 0; i < N; i++) {
		char id[40];

		principal(id, i);
		assert_int_equal(
		    aw_id_candidate(aw_ledger_sha256, id, 0, &ret[i]), 0);
		wish[i] = (struct wish){ ret[i], i };
	}
	*listed = list_collided(wish, collided);
	return ret;
}

/* --- hosts -------------------------------------------------------------- */

static uint32_t forward(uint32_t i)
{
	return i;
}

/* Far from one another: the two have no common factor. */
static uint32_t shuffled(uint32_t i)
{
	return (uint32_t)(i * 999983ull % N);
}

static uint32_t even_half_first(uint32_t i)
{
	return i < N / 2 ? 2 * i : 2 * (i - N / 2) + 1;
}

static uint32_t odd_half_first(uint32_t i)
{
	return even_half_first(N - 1 - i);
}

static const struct order {
	const char *name;
	uint32_t (*nth)(uint32_t i);
} orders[] = {
	{ "forward", forward },
	{ "shuffled", shuffled },
	{ "one half first", even_half_first },
	{ "the other half first", odd_half_first },
};

static void all_the_same_but_who_collides(void **state)
{
	aw_own_free bool *collided = calloc(N, sizeof(*collided));
	aw_own_free uint32_t *own = NULL;
	uint32_t listed, moved = 0;

	(void)state;
	assert_non_null(collided);
	own = candidates(collided, &listed);
	for (size_t o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
		aw_own(host_done) struct host host = { NULL, NULL };

		host_init(&host);
		for (uint32_t i = 0; i < N; i++)
			meet(&host, orders[o].nth(i));
		for (uint32_t i = 0; i < N; i++) {
			if (!host.id[i] ||
			    (host.id[i] != own[i] && !collided[i]))
				fail_msg("%s: principal %u: id %u, not %u",
				    orders[o].name, i, host.id[i], own[i]);
			moved += host.id[i] != own[i];
		}
	}
	print_message("%u of %u collide; %u times one of them had another id\n",
	    listed, N, moved);
	/* By chance: N^2 / 2^28; none would mean that nothing was tested. */
	assert_in_range(listed, 3000, 4500);
	assert_true(moved > 0 && moved < 4 * listed);
}

/* The other half of the above: no two of a host's ids are the same, counted
 * without the ledger that is to prevent it. */
static void each_has_an_id_of_its_own(void **state)
{
	aw_own(host_done) struct host host = { NULL, NULL };
	aw_own_free struct wish *had = calloc(N, sizeof(*had));

	(void)state;
	assert_non_null(had);
	host_init(&host);
	for (uint32_t i = 0; i < N; i++) {
		meet(&host, shuffled(i));
		had[i] = (struct wish){ host.id[shuffled(i)], i };
	}
	qsort(had, N, sizeof(*had), by_id);
	for (uint32_t i = 0; i + 1 < N; i++)
		if (had[i].id == had[i + 1].id)
			fail_msg("R14: id %u is given twice", had[i].id);
	assert_true(aw_id_in_range(had[0].id));
	assert_true(aw_id_in_range(had[N - 1].id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_the_same_but_who_collides),
		cmocka_unit_test(each_has_an_id_of_its_own),
	};

	return cmocka_run_group_tests_name("ids_million", tests, NULL, NULL);
}
