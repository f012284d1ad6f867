/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as STS's XML.  What is taken out is clean text of one
 * element; what is refused leaves the output alone.
 * covers: spine.4, R28
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/sts.h"
#include "awssso_netd/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
	if (!holds)
		abort();
}

static void element(const char *xml, size_t len, const char *name, size_t room)
{
	char text[256] = "untouched";
	const int r = aw_xml_text(xml, len, name, text, room);

	need(r == 0 || r == AW_ABSENT || r == -EBADMSG || r == -EMSGSIZE);
	if (r != 0) {
		need(strcmp(text, "untouched") == 0);
		return;
	}
	need(strlen(text) < room && strpbrk(text, "<&") == NULL);
	need(aw_text_is_clean(text, strlen(text)));
	need(memmem(xml, len, text, strlen(text)) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "Arn", "Account", "Code",
		"Message" };
	const char *xml = (const char *)data;
	struct aw_sts_identity got = { .arn = "untouched" };
	struct aw_diag why = { .text = "" };
	int r;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		element(xml, size, names[i], 16);
		element(xml, size, names[i], 256);
	}
	if (size == 0 || xml[0] != '<')
		return 0;
	r = aw_sts_read(xml, size, &got, &why);
	need(r == 0 || (r == -EBADMSG && why.text[0]));
	need(r == 0 ? got.arn[0] && got.account[0]
		    : strcmp(got.arn, "untouched") == 0);
	return 0;
}
