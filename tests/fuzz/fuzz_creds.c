/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as a file of keys.  Either there are usable keys, or
 * it is said why not, and no value of the file stands in that sentence.
 * covers: spine.4, R19
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/creds.h"

#define FILE_NAME "/f"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
	if (!holds)
		abort();
}

/* The sentence is the same whatever the values are: with all their bytes
 * changed it does not change. */
static void check_silence(
    const uint8_t *data, size_t size, const struct aw_diag *why)
{
	char *other = malloc(size + 1);
	struct aw_diag again = { .text = "" };
	struct aw_keys *keys = NULL;
	bool in_value = false;

	if (!other)
		return;
	for (size_t i = 0; i < size; i++) {
		other[i] = (char)data[i];
		if (data[i] == '\n')
			in_value = false;
		else if (in_value && data[i] > ' ' && data[i] < 0x7e)
			other[i] = (char)(data[i] + 1);
		else if (data[i] == '=')
			in_value = true;
	}
	if (aw_creds_parse(other, size, FILE_NAME, &keys, &again) < 0)
		need(strcmp(why->text, again.text) == 0);
	aw_keys_unref(keys);
	free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw_diag why = { .text = "" };
	struct aw_keys *keys = NULL;
	int r;

	r = aw_creds_parse((const char *)data, size, FILE_NAME, &keys, &why);
	if (r == 0) {
		need(keys->id[0] && keys->secret[0]);
		need(aw_text_is_clean(keys->id, strlen(keys->id)));
		need(aw_text_is_clean(keys->session, strlen(keys->session)));
		aw_keys_unref(keys);
		return 0;
	}
	need(r == -EINVAL && keys == NULL);
	need(strncmp(why.text, FILE_NAME ":", sizeof(FILE_NAME)) == 0);
	check_silence(data, size, &why);
	return 0;
}
