/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following a SCIM list.
 */
#include "awssso_netd/scim_paging.h"

#include <errno.h>
#include <string.h>

void aw_scim_paging_done(struct aw_scim_paging *paging)
{
	const bool no_cursor = paging->no_cursor;

	aw_paging_done(&paging->cursor);
	memset(paging, 0, sizeof(*paging));
	paging->no_cursor = no_cursor;
}

/* startIndex of the next page. */
static int64_t next_start(const struct aw_scim_paging *paging)
{
	if (paging->seen == 0)
		return 1;
	return paging->no_overlap ? paging->seen + 1 : paging->seen;
}

static bool is_overlapping(const struct aw_scim_paging *paging)
{
	return paging->seen > 0 && !paging->no_overlap;
}

void aw_scim_paging_query(
    const struct aw_scim_paging *paging, struct aw_buf *ret)
{
	aw_buf_fmt(ret, "count=%d", AW_PAGE_SIZE);
	if (paging->seen > 0) {
		aw_buf_fmt(
		    ret, "&startIndex=%lld", (long long)next_start(paging));
	} else if (!paging->no_cursor) {
		aw_buf_str(ret, "&cursor=");
		aw_scim_escape(
		    ret, paging->cursor.next ? paging->cursor.next : "");
	}
}

static int changed(
    const struct aw_place *place, const char *how, struct aw_diag *diag)
{
	char text[200];

	if (aw_fmt(text, sizeof(text), "the list changed while it was read: %s",
		how) < 0)
		return -EMSGSIZE;
	(void)aw_answer_bad(place, NULL, text, diag);
	return AW_STALE;
}

static const char *id_at(const struct aw_scim_list *list, size_t index)
{
	struct json_object *row = json_object_array_get_idx(list->rows, index);
	struct json_object *json = NULL;
	const char *id;

	(void)json_object_object_get_ex(row, "id", &json);
	id = aw_scim_id(json);
	return id ? id : "";
}

static int step_index(struct aw_scim_paging *paging,
    const struct aw_place *place, const struct aw_scim_list *list,
    struct aw_diag *diag)
{
	const bool overlaps = is_overlapping(paging);
	const int64_t n = (int64_t)aw_scim_n(list);

	if (list->start >= 0 && n > 0 && list->start != next_start(paging))
		return aw_answer_bad(
		    place, "startIndex", "not the one asked for", diag);
	if (paging->seen > 0 && list->total != paging->total)
		return changed(place, "another totalResults", diag);
	if (overlaps && (n == 0 || strcmp(id_at(list, 0), paging->last) != 0))
		return changed(place, "its rows moved", diag);
	paging->total = list->total;
	paging->seen += overlaps ? n - 1 : n;
	if (paging->seen == paging->total)
		return AW_END;
	if (paging->seen > paging->total)
		return changed(place, "more rows than totalResults", diag);
	if (n == 0)
		return changed(place, "fewer rows than totalResults", diag);
	paging->no_overlap = overlaps && n == 1;
	if (aw_copy(paging->last, sizeof(paging->last),
		id_at(list, (size_t)n - 1)) < 0)
		return aw_answer_bad(place, "id", "too long", diag);
	return aw_paging_rows(&paging->cursor, place, list->json, diag);
}

int aw_scim_paging_step(struct aw_scim_paging *paging,
    const struct aw_place *place, const struct aw_scim_list *list,
    size_t *ret_skip, struct aw_diag *diag)
{
	const bool by_cursor =
	    paging->cursor.next || (paging->seen == 0 && list->next);

	*ret_skip = is_overlapping(paging) ? 1 : 0;
	if (!by_cursor && (paging->seen > 0 || list->total >= 0))
		return step_index(paging, place, list, diag);
	return aw_paging_step(
	    &paging->cursor, place, list->json, "nextCursor", list->next, diag);
}
