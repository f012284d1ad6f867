/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as awssso.conf.  Either it is refused with a reason
 * and nothing is touched, or every value can be shown again.
 * covers: spine.2, R19, R28
 */
#include <ini.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct aw_conf conf;
	struct aw_diag diag = { .text = "" };
	char text[AW_CONF_TEXT + 64];

	if (size > AW_CONF_FILE_MAX)
		return 0;
	if (aw_conf_parse((const char *)data, size, "fuzz", ini_parse_stream,
		&conf, &diag) != 0) {
		if (!diag.text[0])
			abort();
		return 0;
	}
	for (size_t i = 0; i < aw_conf_n_keywords; i++)
		for (size_t k = 0;; k++) {
			const int r = aw_conf_show(
			    &conf, &aw_conf_keywords[i], k, text, sizeof(text));

			if (r == AW_END)
				break;
			if (r != 0)
				abort();
		}
	return 0;
}
