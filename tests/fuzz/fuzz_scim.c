/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as an answer of a SCIM server, as a list of users, of
 * groups, as an error.  No id that leaves a query's quotes is taken, and no
 * error is a success.
 * covers: dir.2, R25
 */
#include "awssso_netd/scim.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/scim_paging.h"
#include "awssso_netd/scim_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ids(const struct aw_buf *ids)
{
	for (size_t at = 0; at < ids->len; at += strlen(ids->data + at) + 1)
		if (!aw_scim_is_id(ids->data + at) ||
		    strchr(ids->data + at, '\n'))
			abort();
}

static void take(struct json_object *json, bool users)
{
	const struct aw_place top = { NULL, "Fuzz", -1 };
	struct aw_buf page = AW_BUF_INIT(1 << 20);
	struct aw_scim_paging paging = { .seen = 0 };
	struct aw_diag why = { .text = "" };
	struct aw_scim_list list;
	struct aw_scim_rows rows;
	size_t skip = 0;
	int r;

	aw_scim_rows_init(&rows);
	r = aw_scim_read_list(&top, json, &list, &why);
	if (r == 0)
		r = aw_scim_paging_step(&paging, &top, &list, &skip, &why);
	for (size_t i = skip; (r == 0 || r == AW_END) && i < aw_scim_n(&list);
	     i++) {
		const struct aw_place place = { &top, "Resources", (int64_t)i };
		struct json_object *row =
		    json_object_array_get_idx(list.rows, i);

		r = users ? aw_scim_take_user(
				&rows, &place, row, "x", &page, &why)
			  : aw_scim_take_group(&rows, &place, row, &page, &why);
	}
	if (r == -EBADMSG && !why.text[0])
		abort();
	check_ids(&rows.users);
	check_ids(&rows.groups);
	aw_scim_rows_done(&rows);
	aw_scim_paging_done(&paging);
	aw_buf_done(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long status[] = { 400, 401, 403, 404, 429, 500, 302, 204 };
	const struct aw_place place = { NULL, "Fuzz", -1 };
	struct json_object *json = NULL;
	struct aw_diag why = { .text = "" };
	enum aw_net net;
	char *text;

	if (size < 1 || size > 65536)
		return 0;
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	net = aw_scim_judge("Fuzz", status[data[0] % 8], text, size - 1, &why);
	if (net <= AW_NET_OK || net >= AW_NET_MAX_ || !why.text[0] ||
	    (net == AW_NET_NOT_FOUND && status[data[0] % 8] != 404))
		abort();
	if (aw_answer_parse(&place, text, size - 1, &json, &why) == 0) {
		take(json, true);
		take(json, false);
	}
	json_object_put(json);
	free(text);
	return 0;
}
