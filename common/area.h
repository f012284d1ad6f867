/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bulk memory that grows in place: pages are moved, never copied, so that a
 * build's peak is what it holds and not twice that.  For programs of our own,
 * not for the modules.
 */
#ifndef AW_COMMON_AREA_H
#define AW_COMMON_AREA_H

#include <stddef.h>

#include "common/outcome.h"

struct aw_area {
	void *data; /* page-aligned; moves when the area grows */
	size_t len;
	size_t size;
};

/* Room for @len more bytes behind the ones there are, zeroed unless the area
 * was used and emptied before.  NULL: no memory.  Borrowed until the next. */
void *aw_area_add(struct aw_area *area, size_t len) AW_MUST_USE;
void aw_area_done(struct aw_area *area); /* as zeroed again */

#endif
