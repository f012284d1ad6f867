/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conversation of a sweep with awssso-netd, and its schedule.
 */
#include "awsssod/sweep.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "awsssod/age.h"
#include "awsssod/daemon.h"
#include "awsssod/directory_apply.h"
#include "awsssod/ledger.h"
#include "awsssod/log.h"
#include "awsssod/pins.h"
#include "awsssod/status.h"
#include "common/proto.h"

#define PAGE_MAX       (8 * 1024 * 1024)
#define SILENCE_MS     (10 * 60 * 1000) /* throttling may take its time */
#define RETRY_MIN_MS   5000
#define RETRY_MAX_MS   (10 * 60 * 1000)
#define SWEEPS_KEPT    100
#define FIRST_TRY_USEC (200u * 1000)

bool aw_sweep_is_running(const struct aw_sweep *sweep)
{
	return sweep->request != 0 || sweep->fetch || sweep->step;
}

uint64_t aw_sweep_expected(const struct aw_sweep *sweep)
{
	const uint64_t known =
	    sweep->expected > sweep->last ? sweep->expected : sweep->last;

	if (known == 0)
		return 0;
	return known > sweep->requests ? known : sweep->requests;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t aw_sweep_first_delay(uint64_t age, uint64_t interval, uint32_t random)
{
	uint64_t span;

	if (age == UINT64_MAX)
		return 0;
	/* One that is overdue waits for the others of its fleet only. */
	span = age < interval ? least(interval - age, interval / 12)
			      : least(60, interval / 60);
	return span * random / UINT32_MAX;
}

static uint64_t last_requests(struct aw_sweep *sweep)
{
	int64_t n = 0;

	if (aw_state_number(&sweep->daemon->state, AW_Q_SWEEP_LAST, &n, "i",
		(int64_t)AW_NET_OK) != 0)
		return 0;
	return (uint64_t)n;
}

/* @ms plus or minus a tenth, so that a fleet does not ask all at once. */
static uint64_t jitter(uint64_t ms)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return ms;
	return ms - ms / 10 + random % (ms / 5 + 1);
}

static void schedule(struct aw_sweep *sweep)
{
	const struct aw_conf *conf = &sweep->daemon->conf;
	const uint64_t interval = 1000 * (conf->source == AW_SOURCE_PUBLISHED
						 ? conf->published_interval
						 : conf->sweep_interval);
	uint64_t wait = interval;

	if (sweep->failures > 0) {
		wait = RETRY_MIN_MS;
		for (unsigned i = 1; i < sweep->failures && i < 10; i++)
			wait *= 2;
		wait = least(least(wait, RETRY_MAX_MS), interval);
	} else if (sweep->lacks[0]) {
		wait = interval / 12;
	}
	wait = jitter(wait);
	sweep->next_ms = aw_sock_now_ms() + wait;
	(void)sd_event_source_set_time_relative(sweep->timer, wait * 1000);
	(void)sd_event_source_set_enabled(sweep->timer, SD_EVENT_ONESHOT);
}

static void remember(struct aw_sweep *sweep)
{
	struct aw_state *state = &sweep->daemon->state;
	int r;

	r = aw_state_run(state, AW_Q_SWEEP_ADD, "iiiiiis", (int64_t)time(NULL),
	    (int64_t)sweep->net, (int64_t)sweep->staging.users,
	    (int64_t)sweep->staging.groups, (int64_t)sweep->staging.members,
	    (int64_t)sweep->requests, sweep->text);
	if (r == 0)
		r = aw_state_run(
		    state, AW_Q_SWEEP_TRIM, "i", (int64_t)SWEEPS_KEPT);
	if (r < 0)
		aw_log(LOG_WARNING, "state.db: cannot remember a sweep: %s",
		    strerror(-r));
}

/* The sweep is over, as @net and @text say. */
static void finish(struct aw_sweep *sweep, uint64_t net, const char *text)
{
	char quoted[320];

	sweep->request = 0;
	sweep->waits[0] = '\0';
	sweep->net = net;
	aw_outage_note(sweep->daemon, net);
	if (aw_copy(sweep->text, sizeof(sweep->text), text) < 0)
		sweep->text[0] = '\0';
	sweep->failures = net == AW_NET_OK ? 0 : sweep->failures + 1;
	aw_log(net == AW_NET_OK ? LOG_INFO : LOG_WARNING,
	    "sweep: %s, %lu users, %lu groups, %lu memberships%s%s",
	    aw_net_word(net), (unsigned long)sweep->staging.users,
	    (unsigned long)sweep->staging.groups,
	    (unsigned long)sweep->staging.members, *text ? ": " : "",
	    aw_text_escape(quoted, sizeof(quoted), text));
	remember(sweep);
	if (aw_staging_clear(&sweep->daemon->state) < 0)
		aw_log(LOG_WARNING, "sweep: cannot clear away after it");
	schedule(sweep);
	aw_status_sync_done(sweep->daemon);
}

static void give_up(struct aw_sweep *sweep, uint64_t net, const char *text)
{
	struct aw_netd *netd = &sweep->daemon->netd;
	const uint64_t id = sweep->request;

	aw_netd_forget(netd, id);
	aw_netd_cancel(netd, id);
	finish(sweep, net, text);
}

static void count(struct aw_sweep *sweep, const struct aw_applied *applied)
{
	if (applied->dropped_grants > 0)
		aw_log(LOG_WARNING,
		    "sweep: permission sets can no longer be read: %lld "
		    "assignments are dropped, people's own are learned at "
		    "their sign-ins",
		    (long long)applied->dropped_grants);
	if (applied->held)
		aw_log(LOG_WARNING, "sweep: %s", applied->text);
	if (applied->changed)
		aw_publish_anew(&sweep->daemon->publish);
	/* Else it is fetched and taken once more: no harm. */
	if (sweep->job.published &&
	    aw_published_keep(&sweep->daemon->state, &sweep->taken.head) == 0)
		memcpy(sweep->etag, sweep->taken.etag, sizeof(sweep->etag));
	finish(
	    sweep, AW_NET_OK, applied->text[0] ? applied->text : sweep->lacks);
}

static int on_step(sd_event_source *source AW_UNUSED, void *user)
{
	struct aw_sweep *sweep = user;
	struct aw_applied applied;
	struct aw_diag why = { .text = "" };
	int r;

	sweep->job.accept_loss = sweep->accept_loss;
	r = aw_apply_step(&sweep->applying, &applied, &why);
	if (r == AW_PENDING)
		return 0;
	sweep->step = sd_event_source_disable_unref(sweep->step);
	if (r < 0)
		aw_diag_set(&why, "state.db: %s", strerror(-r));
	if (r != 0 && sweep->applying.n_disabled > 0)
		aw_publish_anew(&sweep->daemon->publish);
	if (r == 0)
		r = aw_pins_update(
		    &sweep->daemon->state, &sweep->daemon->conf, false, &why);
	if (r == 0)
		count(sweep, &applied);
	else
		finish(
		    sweep, r < 0 ? AW_NET_CONFIG : AW_NET_BAD_ANSWER, why.text);
	return 0;
}

/* What is staged was read at @read_at.  Sign-ins go on in between. */
static void apply(struct aw_sweep *sweep, time_t read_at)
{
	struct aw_daemon *daemon = sweep->daemon;
	int r;

	sweep->job = (struct aw_apply){
		.conf = &daemon->conf,
		.local = &daemon->settings.local,
		.sha256 = aw_ledger_sha256,
		.now = read_at,
		.published = daemon->conf.source == AW_SOURCE_PUBLISHED,
		.sets_known = sweep->sets_known,
		.sets_later = sweep->sets_later,
	};
	aw_apply_begin(&sweep->applying, &daemon->state, &sweep->job);
	r = sd_event_add_defer(daemon->event, &sweep->step, on_step, sweep);
	/* Whoever waits for an answer goes first. */
	if (r >= 0)
		r = sd_event_source_set_priority(
		    sweep->step, SD_EVENT_PRIORITY_IDLE);
	if (r >= 0)
		r = sd_event_source_set_enabled(sweep->step, SD_EVENT_ON);
	if (r < 0) {
		sweep->step = sd_event_source_disable_unref(sweep->step);
		finish(sweep, AW_NET_CONFIG, strerror(-r));
	}
}

/* What netd counted must be what arrived: a short read never counts. */
static bool is_whole(const struct aw_sweep *sweep, const struct aw_wire_in *in)
{
	return aw_wire_num(in, AW_TAG_SETS, 0) == sweep->staging.sets &&
	       aw_wire_num(in, AW_TAG_GRANTS, 0) == sweep->staging.grants &&
	       aw_wire_num(in, AW_TAG_USERS, UINT64_MAX) ==
		   sweep->staging.users &&
	       aw_wire_num(in, AW_TAG_GROUPS, UINT64_MAX) ==
		   sweep->staging.groups &&
	       aw_wire_num(in, AW_TAG_MEMBERS, UINT64_MAX) ==
		   sweep->staging.members;
}

/* A time that cannot be kept is nobody's harm. */
static void take_whole(struct aw_sweep *sweep, const struct aw_wire_in *in)
{
	aw_ignore(aw_state_set_num(&sweep->daemon->state, "updated",
	    (int64_t)aw_wire_num(in, AW_TAG_UPDATED, 0)));
	apply(sweep, time(NULL));
}

static void on_end(struct aw_sweep *sweep, const struct aw_wire_in *in)
{
	const uint64_t net = aw_wire_num(in, AW_TAG_NET, 0);
	char text[320];

	sweep->request = 0;
	sweep->requests = aw_wire_num(in, AW_TAG_REQUESTS, 0);
	sweep->sets_known = aw_wire_num(in, AW_TAG_SETS_KNOWN, 0) == 1;
	sweep->sets_later = aw_wire_num(in, AW_TAG_SETS_LATER, 0) == 1;
	if (aw_wire_text(in, AW_TAG_TEXT, text, sizeof(text)) < 0)
		text[0] = '\0';
	if (net != AW_NET_OK)
		finish(sweep, net, text);
	else if (!is_whole(sweep, in))
		finish(sweep, AW_NET_BAD_ANSWER,
		    "awssso-netd counted other records than it sent");
	else
		take_whole(sweep, in);
	if (sweep->sets_later)
		aw_ignore(
		    aw_fmt(sweep->lacks, sizeof(sweep->lacks), "%.256s", text));
}

static void take_page(struct aw_sweep *sweep, int fd)
{
	struct aw_daemon *daemon = sweep->daemon;
	struct aw_diag why = { .text = "" };
	const void *data = NULL;
	size_t len = 0;
	int r;

	r = aw_sock_memfd_map(fd, PAGE_MAX, &data, &len);
	if (r == 0)
		r = aw_staging_add(
		    &daemon->state, &sweep->staging, data, len, &why);
	if (data)
		(void)munmap((void *)(uintptr_t)data, len);
	if (r < 0)
		aw_diag_set(&why, "cannot take a page: %s", strerror(-r));
	if (r != 0) {
		give_up(sweep, AW_NET_BAD_ANSWER, why.text);
		return;
	}
	aw_netd_page_ok(&daemon->netd, sweep->request);
}

/* A page, or a sign of life of a sweep that says what it waits for. */
static void on_page(struct aw_sweep *sweep, const struct aw_wire_in *in, int fd)
{
	struct aw_daemon *daemon = sweep->daemon;

	const int r =
	    aw_wire_text(in, AW_TAG_TEXT, sweep->waits, sizeof(sweep->waits));

	if (r != 0)
		sweep->waits[0] = '\0';
	sweep->requests = aw_wire_num(in, AW_TAG_REQUESTS, sweep->requests);
	sweep->expected = aw_wire_num(in, AW_TAG_EXPECTED, sweep->expected);
	aw_netd_extend(&daemon->netd, sweep->request, SILENCE_MS);
	if (fd >= 0 || r != 0)
		take_page(sweep, fd);
	if (aw_sweep_is_running(sweep))
		aw_status_progress(daemon);
}

static void on_answer(void *user, const struct aw_wire_in *in, int fd)
{
	struct aw_sweep *sweep = user;

	if (!in) {
		sweep->request = 0;
		finish(sweep, AW_NET_UNAVAIL, "awssso-netd does not answer");
	} else if (in->type == AW_MSG_PAGE) {
		on_page(sweep, in, fd);
	} else {
		on_end(sweep, in);
	}
}

/* What the last good directory was held for, "" for nothing. */
static void held_text(struct aw_sweep *sweep, char *buf, size_t size)
{
	if (aw_state_get(&sweep->daemon->state, "held", buf, size) != 0)
		buf[0] = '\0';
}

/* The publisher's is ours already: it only grew older, and whatever it was held
 * for is so still. */
static void rest(struct aw_sweep *sweep)
{
	sweep->net = AW_NET_OK;
	held_text(sweep, sweep->text, sizeof(sweep->text));
	aw_outage_note(sweep->daemon, AW_NET_OK);
	sweep->failures = 0;
	schedule(sweep);
	aw_status_sync_done(sweep->daemon);
}

static void on_published(void *user, const struct aw_published_end *end)
{
	struct aw_sweep *sweep = user;

	sweep->fetch = NULL;
	if (end->net != AW_NET_OK) {
		finish(sweep, end->net, end->why.text);
	} else if (end->unchanged) {
		memcpy(sweep->etag, end->etag, sizeof(sweep->etag));
		rest(sweep);
	} else {
		sweep->taken = *end;
		apply(sweep, (time_t)end->head.created);
	}
}

static int ask(struct aw_sweep *sweep)
{
	struct aw_netd *netd = &sweep->daemon->netd;
	struct aw_wire_out out;
	char held[320];

	if (sweep->daemon->conf.source == AW_SOURCE_PUBLISHED) {
		/* A loss that is accepted is in the object that is known. */
		held_text(sweep, held, sizeof(held));
		return aw_published_start(sweep->daemon, sweep->etag,
		    sweep->accept_loss && held[0], &sweep->staging,
		    on_published, sweep, &sweep->fetch);
	}
	aw_netd_begin(netd, AW_MSG_SWEEP, &out);
	return aw_netd_ask(
	    netd, &out, SILENCE_MS, on_answer, sweep, &sweep->request);
}

void aw_sweep_start(struct aw_sweep *sweep, bool accept_loss)
{
	struct aw_daemon *daemon = sweep->daemon;
	int r;

	if (aw_sweep_is_running(sweep)) {
		sweep->accept_loss = sweep->accept_loss || accept_loss;
		return;
	}
	sweep->accept_loss = accept_loss;
	aw_publish_retry(&daemon->publish);
	sweep->sets_later = false;
	sweep->lacks[0] = '\0';
	sweep->requests = 0;
	sweep->expected = 0;
	sweep->last = last_requests(sweep);
	sweep->staging =
	    (struct aw_staging){ .store = daemon->conf.identity_store_id };
	r = aw_staging_clear(&daemon->state);
	if (r < 0) {
		finish(sweep, AW_NET_CONFIG, "state.db cannot be used");
		return;
	}
	r = ask(sweep);
	if (r < 0)
		finish(sweep, AW_NET_UNAVAIL, "awssso-netd cannot be reached");
}

void aw_sweep_if_ageless(struct aw_sweep *sweep)
{
	struct aw_daemon *daemon = sweep->daemon;

	if (aw_sweep_is_running(sweep) || sweep->failures > 0 ||
	    daemon->conf.source == AW_SOURCE_PUBLISHED ||
	    aw_daemon_directory_age(daemon) != AW_AGE_NOT_YET)
		return;
	aw_log(LOG_WARNING, "the clock stands before the last sweep: "
			    "the directory is read anew");
	aw_sweep_start(sweep, false);
}

static int on_timer(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	aw_sweep_start(user, false);
	return 0;
}

/*
 * How old the copy of this very identity store's directory is.  One that came
 * from no sweep, but back from the snapshot, lacks something; one that was
 * read before the settings changed is overdue.
 */
static uint64_t age_here(const struct aw_sweep *sweep)
{
	struct aw_daemon *daemon = sweep->daemon;
	char store[AW_CONF_TEXT] = "";
	uint64_t age;
	struct stat st;

	if (sweep->last == 0 ||
	    aw_state_get(&daemon->state, "store", store, sizeof(store)) != 0 ||
	    strcmp(store, daemon->conf.identity_store_id) != 0)
		return UINT64_MAX;
	age = aw_daemon_directory_age(daemon);
	if (age < UINT64_MAX - 1 && daemon->settings.config &&
	    stat(daemon->settings.config, &st) == 0 &&
	    st.st_mtime > time(NULL) - (time_t)age)
		return UINT64_MAX - 1;
	return age;
}

int aw_sweep_init(struct aw_sweep *sweep, struct aw_daemon *daemon)
{
	uint32_t random = UINT32_MAX / 2;
	uint64_t delay_s;

	aw_ignore(getrandom(&random, sizeof(random), GRND_NONBLOCK));
	sweep->daemon = daemon;
	sweep->last = last_requests(sweep);
	delay_s = aw_sweep_first_delay(
	    age_here(sweep), daemon->conf.sweep_interval, random);
	sweep->next_ms = aw_sock_now_ms() + delay_s * 1000;
	return sd_event_add_time_relative(daemon->event, &sweep->timer,
	    CLOCK_BOOTTIME, FIRST_TRY_USEC + delay_s * 1000000, 1000, on_timer,
	    sweep);
}

void aw_sweep_done(struct aw_sweep *sweep)
{
	aw_published_cancel(sweep->fetch);
	sweep->fetch = NULL;
	sweep->timer = sd_event_source_disable_unref(sweep->timer);
	sweep->step = sd_event_source_disable_unref(sweep->step);
}
