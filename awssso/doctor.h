/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What awssso doctor looks at: the chain from the settings to the shell, link
 * by link.  A check lives in doctor_*.c, stands in the list of doctor.c, and
 * says each thing in one line: ok, warning or broken, and then how to mend it.
 * None needs a daemon, waits without a deadline, or changes anything.
 */
#ifndef AW_AWSSSO_DOCTOR_H
#define AW_AWSSSO_DOCTOR_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "awssso/talk.h"
#include "common/buf.h"
#include "common/conf.h"
#include "common/snapshot.h"

/* AWS allows this many requests a second, for each operation, to a whole
 * organisation. */
#define AW_DOCTOR_LIMIT 20
/* The share of that (per cent) above which the others would feel us. */
#define AW_DOCTOR_SHARE 25

enum aw_doctor_state {
	AW_DOCTOR_OK,
	AW_DOCTOR_WARNING, /* worth knowing; or only root could tell */
	AW_DOCTOR_BROKEN,  /* somebody is kept out, or let in, who should not */
	AW_DOCTOR_STATES
};

struct aw_doctor {
	const struct aw_conf *conf; /* defaults, if they cannot be read */
	struct aw_diag conf_why;    /* why not, or "" */
	const struct aw_talk *talk; /* awsssod's STATUS_IS, or NULL */
	struct aw_diag talk_why;    /* why NULL */
	const struct aw_snap *snap; /* what libc answers from, or NULL */
	int snap_error;             /* why NULL, as aw_snap_open() says */

	const char *etc; /* where the settings are, ours and others' */
	const char *run_dir;
	const char *modules; /* libpam's folder; NULL: looked for */
	bool is_root;
	bool is_offline;
	uint64_t hosts;

	struct json_object *checks, *egress; /* if JSON is wanted */
	unsigned said[AW_DOCTOR_STATES];
};

/* Say @name (a word that never changes): @state and a sentence; and @fix, what
 * is to be done, or NULL. */
void aw_doctor_say(struct aw_doctor *doctor, const char *name,
    enum aw_doctor_state state, const char *fix, const char *fmt, ...)
    AW_PRINTF(5, 6);

/* Only root could tell what @fmt says. */
void aw_doctor_say_root(
    struct aw_doctor *doctor, const char *name, const char *what);

/* What a file of others may hold. */
#define AW_DOCTOR_FILE (64 * 1024)

/* Read @etc/@name into @text of AW_DOCTOR_FILE bytes.  Returns 0, AW_ABSENT or
 * a negative errno. */
int aw_doctor_read_etc(
    const struct aw_doctor *doctor, const char *name, char *text) AW_MUST_USE;

/* --- the cost of the directory ----------------------------------------- */

struct aw_doctor_cost {
	uint64_t requests; /* of a sweep */
	uint64_t seconds;  /* it takes */
	uint64_t interval; /* between two */
	uint64_t permille; /* of AW_DOCTOR_LIMIT, all hosts together */
};

/* What @hosts hosts cost whose sweeps make @requests at @rate a second, every
 * @interval seconds (a sweep that takes longer is followed at once). */
void aw_doctor_cost(uint64_t requests, uint64_t rate, uint64_t interval,
    uint64_t hosts, struct aw_doctor_cost *ret);

/* Requests of a sweep of that size: at least so many. */
uint64_t aw_doctor_requests(uint64_t users, uint64_t groups, uint64_t members);

/* --- what other programs print ----------------------------------------- */

/* Say what "systemctl show" has printed about our units.  @text is taken
 * apart. */
void aw_doctor_read_units(struct aw_doctor *doctor, char *text);

/* Say what "awssso-netd --probe" has printed.  @text is taken apart. */
void aw_doctor_read_probe(struct aw_doctor *doctor, char *text);

/* Say what "awssso-netd --egress" has printed.  @text is taken apart. */
void aw_doctor_read_egress(struct aw_doctor *doctor, char *text);

/* Say what "sshd -T" has printed: a setting a line. */
void aw_doctor_read_sshd(struct aw_doctor *doctor, const char *text);

/* What sshd -T says for the person @user, into @out; the reason why not, or
 * NULL. */
const char *aw_doctor_ask_sshd(const char *user, struct aw_buf *out);

/* The value of @key in that is @value, or begins with it and a blank. */
bool aw_doctor_sshd_has(const char *text, const char *key, const char *value);

/* Say whether @host:@port, the instance's metadata, takes a connection from an
 * ordinary user of this host. */
void aw_doctor_try_imds(
    struct aw_doctor *doctor, const char *host, const char *port);

/* Say how long something lasts that ends on @day (YYYY-MM-DD, or ""). */
void aw_doctor_say_day(struct aw_doctor *doctor, const char *name,
    const char *what, const char *keyword, const char *day, uint64_t now);

/* --- checks, in the order of the chain --------------------------------- */

void aw_doctor_check_settings(struct aw_doctor *doctor);
void aw_doctor_check_units(struct aw_doctor *doctor);
void aw_doctor_check_awsssod(struct aw_doctor *doctor);
void aw_doctor_check_netd(struct aw_doctor *doctor);
void aw_doctor_check_aws(struct aw_doctor *doctor);
void aw_doctor_check_directory(struct aw_doctor *doctor);
void aw_doctor_check_snapshot(struct aw_doctor *doctor);
void aw_doctor_check_nsswitch(struct aw_doctor *doctor);
void aw_doctor_check_nss(struct aw_doctor *doctor);
void aw_doctor_check_pam(struct aw_doctor *doctor);
void aw_doctor_check_sshd(struct aw_doctor *doctor);
/* Whether sudo asks for a permission set, and about whom. */
void aw_doctor_check_sudo(struct aw_doctor *doctor);
/* Who gets root here if Identity Center is gone. */
void aw_doctor_check_root(struct aw_doctor *doctor);
void aw_doctor_check_imds(struct aw_doctor *doctor);
/* Names and ids that the host has of its own. */
void aw_doctor_check_local(struct aw_doctor *doctor);
/* Who has a name that is for the groups of permission sets. */
void aw_doctor_check_names(struct aw_doctor *doctor);
/* Ranges of ids that SSSD and Himmelblau hand out. */
void aw_doctor_check_ranges(struct aw_doctor *doctor);
void aw_doctor_check_lastlog(struct aw_doctor *doctor);
void aw_doctor_check_dates(struct aw_doctor *doctor);
void aw_doctor_check_cost(struct aw_doctor *doctor);
void aw_doctor_check_egress(struct aw_doctor *doctor);

#endif
