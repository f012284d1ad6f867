/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Birth, death and clock of the simulator's state.
 */
#include "tests/idcsim/sim.h"

#include <time.h>

#include <json-c/json.h>

#include "tests/idcsim/crypto.h"

int aw_sim_init(struct aw_sim *sim)
{
	int r;

	aw_sim_random(sim->secret, sizeof(sim->secret));
	aw_sim_faults_init(&sim->faults);
	aw_sim_log_init(&sim->log);
	r = aw_sim_flows_init(&sim->flows);
	if (r == 0)
		r = aw_sim_keys_init(&sim->keys);
	return r;
}

void aw_sim_done(struct aw_sim *sim)
{
	aw_sim_log_done(&sim->log);
	aw_sim_faults_clear(&sim->faults);
	aw_sim_keys_done(&sim->keys);
	aw_sim_flows_done(&sim->flows);
	(void)json_object_put(sim->group_by_id);
	(void)json_object_put(sim->user_by_id);
	(void)json_object_put(sim->roles);
	(void)json_object_put(sim->sets);
	(void)json_object_put(sim->groups);
	(void)json_object_put(sim->users);
	(void)json_object_put(sim->accounts);
}

int64_t aw_sim_now_ms(const struct aw_sim *sim)
{
	struct timespec now;

	if (sim->frozen_ms)
		return sim->frozen_ms + sim->clock_ms;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 +
	       sim->clock_ms;
}
