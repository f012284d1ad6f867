/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Identity Store's sweep from within: where it stands (sweep_store.c goes
 * from step to step) and how an answer is taken (sweep_take.c).
 */
#ifndef AW_AWSSSO_NETD_SWEEP_STEP_H
#define AW_AWSSSO_NETD_SWEEP_STEP_H

#include "awssso_netd/idset.h"
#include "awssso_netd/paced.h"
#include "awssso_netd/paging.h"
#include "awssso_netd/ssoadmin.h"
#include "awssso_netd/sweep.h"

enum aw_step {
	AW_STEP_SETS,
	AW_STEP_NAMES,
	AW_STEP_GROUPS,
	AW_STEP_MEMBERS,
	AW_STEP_USERS,
	AW_STEP_DONE,
};

struct aw_store_sweep {
	struct aw_sweep base;
	struct aw_aws *aws;
	const char *region;
	enum aw_step step;
	bool all;        /* there is no scope */
	bool sets_done;  /* asked for, or not to be */
	size_t scope_at; /* of the item that is looked up */
	/* of the list that is read */
	struct aw_paging paging;
	uint64_t pages, rows;
	unsigned again;         /* times that it was begun anew */
	bool list_over;         /* its last page has come */
	const char *describing; /* this one is asked for instead, or NULL */
	struct aw_idset want_groups, want_users; /* with a scope */
	struct aw_buf groups;                    /* ids, each with its NUL */
	size_t group_at;      /* of the group whose members are read */
	uint64_t groups_left; /* that one included */
	struct aw_ssoadmin_op *sets;
	struct aw_paced paced;
	struct aw_sweep_end end;
	bool page_out;     /* a page waits to be taken */
	uint64_t shown_ms; /* when the receiver last heard of us */
	sd_event_source *start;
	const struct aw_sweep_handler *handler;
	void *user;
};

/* The operation that this step asks for. */
const char *aw_store_sweep_operation(const struct aw_store_sweep *sweep);
/* The group whose members are read, NULL behind the last one. */
const char *aw_store_sweep_group(const struct aw_store_sweep *sweep);
/* The ids that are looked for in this step's list; NULL: all. */
struct aw_idset *aw_store_sweep_wanted(struct aw_store_sweep *sweep);

/* Nothing of the step's list has been read. */
void aw_store_sweep_begin_list(struct aw_store_sweep *sweep);
/* The members of this group have been read. */
void aw_store_sweep_next_group(struct aw_store_sweep *sweep);

/* Take the answer @json: its records are appended to @page.  Returns 0,
 * -EBADMSG with @why, or another negative errno. */
int aw_store_sweep_take(struct aw_store_sweep *sweep, struct json_object *json,
    struct aw_buf *page, struct aw_diag *why) AW_MUST_USE;
/* Read the step's list from its beginning: what was handed out of it is taken
 * back by a record in @page. */
int aw_store_sweep_begin_again(
    struct aw_store_sweep *sweep, struct aw_buf *page) AW_MUST_USE;

#endif
