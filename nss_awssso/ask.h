/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How each entry point asks the snapshot, and the border to glibc's codes.  No
 * function of the module changes errno: what failed is told through @errnop.
 */
#ifndef AW_NSS_AWSSSO_ASK_H
#define AW_NSS_AWSSSO_ASK_H

#include <errno.h>
#include <nss.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/directory.h"
#include "common/name.h"
#include "nss_awssso/paths.h"

/* All else is hidden; exports.map says it a second time. */
#pragma GCC visibility push(default)
NSS_DECLARE_MODULE_FUNCTIONS(awssso)
#pragma GCC visibility pop

#define AW_NSS_TRIES 8 /* snapshots are seconds apart: two are enough */

/*
 * Do @answer(@pin, @query) with the current snapshot, once more whenever that
 * was superseded meanwhile.  Returns what it returned; AW_ABSENT or a negative
 * errno when there is no valid snapshot.
 */
typedef int aw_nss_answer_fn(const struct aw_dir_pin *pin, void *query);
static inline int aw_nss_ask(aw_nss_answer_fn *answer, void *query)
{
	for (int i = 0; i < AW_NSS_TRIES; i++) {
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

/*
 * The length of @name; 0 when it cannot be answered.  While there is no map
 * that is judged first, so that no file is opened for root's and the system's
 * names.  With a map the reader judges what it finds.
 */
static inline size_t aw_nss_length(const char *name, bool is_group)
{
	if (atomic_load_explicit(&aw_nss_dir.current, memory_order_relaxed))
		return strlen(name);
	return aw_name_judge(name, is_group);
}

/* @id can be answered at all: as above. */
bool aw_nss_may_id(uint32_t id, bool is_group);

/*
 * The border: 0, an outcome or a negative errno in glibc's terms.
 *   0                      SUCCESS
 *   AW_UNKNOWN, AW_END     NOTFOUND
 *   AW_ABSENT              UNAVAIL, ENOENT
 *   -ERANGE, -EAGAIN,
 *   -ENOMEM                TRYAGAIN with the same
 *   -EPERM, -EPROTO, -EIO  UNAVAIL, EIO: not a snapshot to be believed
 *   other errno            UNAVAIL with the same
 * @errnop is written with TRYAGAIN and UNAVAIL only.
 */
enum nss_status aw_nss_status_of(int r, int *errnop);

#endif
