/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting, with a bound.
 */
#include "awsssod/opening.h"

#include <stdlib.h>
#include <time.h>

#include "awsssod/daemon.h"
#include "awsssod/verdict.h"

#define WAIT_USEC (1500u * 1000) /* PAM gives up after 3 s */

struct aw_opening {
	struct aw_conn *conn;
	struct aw_ask ask;
	struct aw_person person;
	sd_event_source *timer;
	struct aw_opening *next, **link;
};

static void opening_free(void *user)
{
	struct aw_opening *opening = user;

	(void)sd_event_source_disable_unref(opening->timer);
	*opening->link = opening->next;
	if (opening->next)
		opening->next->link = opening->link;
	free(opening);
}

static void answer(struct aw_opening *opening)
{
	const struct aw_verdict_more more = { .is_quiet = true };
	struct aw_conn *conn = opening->conn;

	aw_verdict_give(conn->daemon, conn, &opening->ask, &opening->person,
	    AW_SAY_ALLOWED, &more, NULL);
	aw_conn_end_op(conn);
}

static int on_time(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	answer(user);
	return 0;
}

bool aw_opening_wait(struct aw_conn *conn, const struct aw_ask *ask,
    const struct aw_person *person)
{
	struct aw_daemon *daemon = conn->daemon;
	struct aw_opening *opening;

	if (!aw_publish_hurry(&daemon->publish))
		return false;
	opening = calloc(1, sizeof(*opening));
	if (!opening)
		return false;
	opening->conn = conn;
	opening->ask = *ask;
	opening->person = *person;
	if (sd_event_add_time_relative(daemon->event, &opening->timer,
		CLOCK_BOOTTIME, WAIT_USEC, 1000, on_time, opening) < 0) {
		free(opening);
		return false;
	}
	opening->next = daemon->openings;
	opening->link = &daemon->openings;
	if (opening->next)
		opening->next->link = &opening->next;
	daemon->openings = opening;
	aw_conn_set_op(conn, opening, opening_free);
	return true;
}

void aw_opening_published(struct aw_daemon *daemon)
{
	while (daemon->openings)
		answer(daemon->openings);
}
