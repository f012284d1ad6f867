/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bulk memory on mremap(2): page tables move, bytes stay.
 */
#include "common/area.h"

#include <stdint.h>
#include <sys/mman.h>

#define FIRST_SIZE ((size_t)64 * 1024)

static int grow(struct aw_area *area, size_t need)
{
	size_t size = area->size ? area->size : FIRST_SIZE;
	void *data;

	while (size < need) {
		if (size > SIZE_MAX / 2)
			return -1;
		size *= 2;
	}
	if (area->size)
		data = mremap(area->data, area->size, size, MREMAP_MAYMOVE);
	else
		data = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return -1;
	area->data = data;
	area->size = size;
	return 0;
}

void *aw_area_add(struct aw_area *area, size_t len)
{
	const size_t at = area->len;

	if (len > SIZE_MAX - at ||
	    (area->size - at < len && grow(area, at + len) < 0))
		return NULL;
	/* An area that was asked for nothing yet has no byte to point at. */
	if (!area->data && grow(area, 1) < 0)
		return NULL;
	area->len = at + len;
	return (char *)area->data + at;
}

void aw_area_done(struct aw_area *area)
{
	if (area->size)
		(void)munmap(area->data, area->size);
	*area = (struct aw_area){ 0 };
}
