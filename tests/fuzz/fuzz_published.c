/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as a published directory.  What is taken for a head
 * says exactly what stands there, and its length is that of the rest.
 * covers: dir.1
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/published.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t head[AW_PUBLISHED_HEAD] = { 0 }, again[AW_PUBLISHED_HEAD];
	struct aw_published published;
	struct aw_diag why = { .text = "" };

	memcpy(head, data, size < sizeof(head) ? size : sizeof(head));
	if (aw_published_parse(head, size, &published, &why) != 0) {
		if (!why.text[0])
			abort();
		return 0;
	}
	if (published.length + AW_PUBLISHED_HEAD != size)
		abort();
	aw_published_pack(&published, again);
	if (memcmp(head, again, sizeof(head)) != 0)
		abort();
	return 0;
}
