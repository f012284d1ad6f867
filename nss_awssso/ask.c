/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which ids are worth a question, and the border to glibc's codes.
 */
#include "nss_awssso/ask.h"

#include "common/id.h"

#define ID_MIN 1000

bool aw_nss_may_id(uint32_t id, bool is_group)
{
	return aw_id_in_range(id) ||
	       (id >= ID_MIN &&
		   aw_dir_is_listed(&aw_nss_dir, id, is_group) > 0);
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
