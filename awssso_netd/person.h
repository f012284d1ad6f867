/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the directory says about one person right now: DescribeUser, and the
 * groups they are in; or the same of a SCIM source (scim_person.h).
 */
#ifndef AW_AWSSSO_NETD_PERSON_H
#define AW_AWSSSO_NETD_PERSON_H

#include "awssso_netd/identitystore.h"

/* As many groups, and bytes of their ids, as fit into one message with all
 * the rest; AWS itself looks at 1,000 groups of a person. */
#define AW_PERSON_GROUPS_MAX   1500
#define AW_PERSON_GROUPS_BYTES (80 * 1024)

struct aw_person {
	char principal_id[AW_ID_SIZE];
	char user_name[513];
	char *display_name;  /* NULL if absent */
	char status[33];     /* "" if absent */
	bool groups_unknown; /* they cannot be asked for */
	bool is_assigned;    /* found to hold a set by themselves (lookup.h) */
	size_t n_groups;
	struct aw_buf groups; /* ids, each with its NUL */
};

struct aw_person_end {
	enum aw_net net;
	struct aw_diag why;       /* unless AW_NET_OK */
	struct aw_person *person; /* AW_NET_OK; see aw_person_take() */
	const char *request_id;   /* of DescribeUser */
};

struct aw_person_op;
/* @end is borrowed.  The op is gone when this returns. */
typedef void aw_person_done_fn(void *user, const struct aw_person_end *end);

/*
 * Describe the user @principal_id, @with_groups or without, as @region
 * (borrowed; NULL: whichever answers) knows them.  @done is called once, later:
 * with AW_NET_NOT_FOUND only when the directory itself says that there is no
 * such user.  Returns 0 with *@ret or a negative errno.
 */
int aw_person_start(struct aw_aws *aws, const char *region,
    const char *principal_id, bool with_groups, uint64_t deadline_ms,
    aw_person_done_fn *done, void *user, struct aw_person_op **ret) AW_MUST_USE;
void aw_person_cancel(struct aw_person_op *op);

/* Move @from to @ret, for aw_person_done(). */
void aw_person_take(struct aw_person *from, struct aw_person *ret);
void aw_person_done(struct aw_person *person);

/* Room for the person @principal_id.  Returns 0 or a negative errno. */
int aw_person_init(
    struct aw_person *person, const char *principal_id) AW_MUST_USE;
/* The person is in the group @id, of the row @place.  Returns 0, or a negative
 * errno (-EBADMSG with @diag: they are too many). */
int aw_person_add_group(struct aw_person *person, const struct aw_place *place,
    const char *id, struct aw_diag *diag) AW_MUST_USE;

/* Step through the groups' ids, *@at zero at first.  Returns the id (borrowed)
 * or NULL. */
const char *aw_person_next_group(const struct aw_person *person, size_t *at);

#endif
