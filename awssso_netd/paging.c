/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory does not grow with the pages.
 *
 * Circles are found by Brent's method: one token, from page 1, 2, 4, 8 ..., is
 * kept and compared with those that follow, so any circle ends after at most
 * a few of its lengths.
 *
 * Rows are remembered in a Bloom filter, which never forgets one, and takes a
 * new one for known in 2 % of cases among a million, 70 % among five million:
 * that all rows of 100 pages in a row are new and taken for known does not
 * happen.
 */
#include "awssso_netd/paging.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_BITS 23u /* log2: 1 MiB */
#define PROBES    4u

void aw_paging_done(struct aw_paging *paging)
{
	free(paging->next);
	free(paging->mark);
	free(paging->seen);
	memset(paging, 0, sizeof(*paging));
}

static int replace(char **text, const char *with)
{
	char *copy = strdup(with);

	if (!copy)
		return -ENOMEM;
	free(*text);
	*text = copy;
	return 0;
}

/* True: @row was not there before.  Now it is. */
static bool see(uint8_t *seen, struct json_object *row)
{
	uint8_t digest[EVP_MAX_MD_SIZE] = { 0 };
	size_t len = 0;
	const char *text = json_object_to_json_string_length(
	    row, JSON_C_TO_STRING_PLAIN, &len);
	bool is_new = false;

	if (!text ||
	    EVP_Digest(text, len, digest, NULL, EVP_sha256(), NULL) != 1)
		return true;
	for (unsigned i = 0; i < PROBES; i++) {
		uint32_t bit;

		memcpy(&bit, digest + i * sizeof(bit), sizeof(bit));
		bit &= (1u << SEEN_BITS) - 1;
		is_new = is_new || !(seen[bit / 8] & 1u << bit % 8);
		seen[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	return is_new;
}

static bool see_all(uint8_t *seen, struct json_object *json)
{
	bool is_new = false;

	json_object_object_foreach(json, name, list)
	{
		(void)name;
		if (!json_object_is_type(list, json_type_array))
			continue;
		for (size_t i = 0; i < json_object_array_length(list); i++)
			is_new =
			    see(seen, json_object_array_get_idx(list, i)) ||
			    is_new;
	}
	return is_new;
}

int aw_paging_rows(struct aw_paging *paging, const struct aw_place *place,
    struct json_object *json, struct aw_diag *why)
{
	char text[64];

	if (!paging->seen)
		paging->seen = calloc(1, (1u << SEEN_BITS) / 8);
	if (!paging->seen)
		return -ENOMEM;
	if (see_all(paging->seen, json)) {
		paging->in_vain = 0;
		return 0;
	}
	if (++paging->in_vain < AW_PAGES_IN_VAIN)
		return 0;
	if (aw_fmt(text, sizeof(text), "%d pages in a row brought nothing new",
		AW_PAGES_IN_VAIN) < 0)
		return -EMSGSIZE;
	return aw_answer_bad(place, NULL, text, why);
}

int aw_paging_step(struct aw_paging *paging, const struct aw_place *place,
    struct json_object *json, const char *field, const char *next,
    struct aw_diag *why)
{
	int r;

	if (!next)
		return AW_END;
	if ((paging->next && strcmp(paging->next, next) == 0) ||
	    (paging->mark && strcmp(paging->mark, next) == 0))
		return aw_answer_bad(place, field, "given twice", why);
	paging->pages++;
	if (paging->pages >= paging->next_mark) {
		r = replace(&paging->mark, next);
		if (r < 0)
			return r;
		paging->next_mark = paging->pages * 2;
	}
	r = aw_paging_rows(paging, place, json, why);
	return r < 0 ? r : replace(&paging->next, next);
}
