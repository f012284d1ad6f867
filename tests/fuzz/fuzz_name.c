/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any text as a directory's name.  What comes out as a Linux name
 * passes the judge, is not reserved, and cannot end a field, a line or a path.
 * covers: spine.2, R17, R19
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const char *name, bool is_group)
{
	const size_t len = strlen(name);

	if (!aw_name_is_possible(name, len, is_group) ||
	    aw_name_is_reserved(name, len) ||
	    strpbrk(name, ":/,()\n\r\t %\\\"'$`;&|<>*?[]{}~#!="))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw_name_rules rules = { 0 };
	char name[AW_NAME_SIZE];
	char shown[4 * 64 + 1];
	char text[1024];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (aw_name_rules_add(&rules, "example.com", NULL) != 0 ||
	    aw_name_rules_add(&rules, "partner.example:-ext", NULL) != 0)
		abort();
	if (aw_name_of_user(&rules, text, name, NULL) == 0)
		judge(name, false);
	if (aw_name_of_group(text, name, NULL) == 0)
		judge(name, true);
	if (aw_name_of_set("aws-%s", text, name, NULL) == 0)
		judge(name, true);
	aw_ignore(aw_name_of_set(text, "Admin", name, NULL));
	aw_ignore(aw_name_rules_add(&rules, text, NULL));
	(void)aw_text_escape(shown, sizeof(shown), text);
	if (!aw_text_is_clean(shown, strlen(shown)))
		abort();
	if (aw_name_is_path(text, size) && strstr(text, ".."))
		if (strstr(text, "/../") || !strcmp(text + size - 3, "/.."))
			abort();
	return 0;
}
