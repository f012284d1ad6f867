/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Circles are found by Brent's method: one token, from page 1, 2, 4, 8 ..., is
 * kept and compared with those that follow, so any circle ends after at most
 * a few of its lengths, and memory does not grow with the pages.
 */
#include "awssso_netd/paging.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void aw_paging_done(struct aw_paging *paging)
{
	free(paging->next);
	free(paging->mark);
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

int aw_paging_step(struct aw_paging *paging, const char *next)
{
	int r;

	if (!next)
		return AW_END;
	if ((paging->next && strcmp(paging->next, next) == 0) ||
	    (paging->mark && strcmp(paging->mark, next) == 0))
		return -EBADMSG;
	paging->pages++;
	if (paging->pages >= paging->next_mark) {
		r = replace(&paging->mark, next);
		if (r < 0)
			return r;
		paging->next_mark = paging->pages * 2;
	}
	return replace(&paging->next, next);
}
