/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the snapshot, for every entry point: no wait, no allocation, no
 * answer from a file that has been replaced meanwhile.
 */
#include "nss_awssso/ask.h"

#include <stdatomic.h>

#include "common/id.h"
#include "common/name.h"
#include "nss_awssso/paths.h"

#define TRIES_MAX 8 /* snapshots are seconds apart: two are enough */
#define ID_MIN 1000

int aw_nss_ask(aw_nss_answer_fn *answer, void *query)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		struct aw_dir_pin pin;
		int r = aw_dir_get(&aw_nss_dir, &pin);

		if (r != 0)
			return r;
		r = answer(&pin, query);
		if (aw_dir_put(&aw_nss_dir, &pin) != AW_STALE)
			return r;
	}
	return -EAGAIN;
}

bool aw_nss_may_name(const char *name, size_t len, bool is_group)
{
	/* With a map there is nothing to open, and no record of such a name
	 * gets through the reader. */
	return atomic_load_explicit(&aw_nss_dir.current,
		   memory_order_relaxed) != 0 ||
	    (aw_name_is_possible(name, len, is_group) &&
		!aw_name_is_reserved(name, len));
}

bool aw_nss_may_id(uint32_t id, bool is_group)
{
	return aw_id_in_range(id) ||
	    (id >= ID_MIN && aw_dir_is_listed(&aw_nss_dir, id, is_group));
}

static enum nss_status status_of_errno(int error, int *errnop)
{
	switch (error) {
	case ENOMEM:
	case ERANGE:
	case EAGAIN:
		*errnop = error;
		return NSS_STATUS_TRYAGAIN;
	case EPERM:
	case EPROTO:
		*errnop = EIO;
		return NSS_STATUS_UNAVAIL;
	default:
		*errnop = error;
		return NSS_STATUS_UNAVAIL;
	}
}

enum nss_status aw_nss_status_of(int r, int *errnop)
{
	if (r < 0)
		return status_of_errno(-r, errnop);
	if (r == 0)
		return NSS_STATUS_SUCCESS;
	switch ((enum aw_outcome)r) {
	case AW_UNKNOWN:
	case AW_END:
		return NSS_STATUS_NOTFOUND;
	case AW_ABSENT:
		*errnop = ENOENT;
		return NSS_STATUS_UNAVAIL;
	case AW_STALE:
	case AW_DENIED:
	case AW_PENDING:
		break;
	}
	*errnop = EIO;
	return NSS_STATUS_UNAVAIL;
}
