/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as a message.  Whatever opens must be readable in
 * bounds, and written again field by field must give the same bytes.
 * covers: spine.2, R28
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[AW_WIRE_MAX];
	struct aw_wire_field field = { 0 };
	struct aw_wire_out out;
	struct aw_wire_in in;
	size_t used;

	if (aw_wire_open_first(data, size, &in, &used) != 0)
		return 0;
	aw_wire_begin(&out, again, sizeof(again), in.type, in.request);
	while (aw_wire_next(&in, &field) == 0) {
		enum aw_wire_kind kind;
		uint32_t max;

		if (!aw_proto_tag(field.tag, &kind, &max))
			abort();
		if (kind == AW_WIRE_NUMBER)
			aw_wire_put_num(&out, field.tag, field.number);
		else
			aw_wire_put_bytes(
			    &out, field.tag, field.text, field.len);
	}
	if (aw_wire_end(&out) != 0 || out.len != used ||
	    memcmp(again, data, used) != 0)
		abort();
	return 0;
}
