/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No parser of XML: what is looked for are plain names and ARNs, and anything
 * that would need a real one (entities, nesting, repetition) is refused.
 */
#include "awssso_netd/xml.h"

#include <errno.h>
#include <string.h>

#include "common/text.h"

#define TAG_SIZE 64

/* Where @tag stands in @xml, or NULL. */
static const char *find(const char *xml, size_t len, const char *tag)
{
	return memmem(xml, len, tag, strlen(tag));
}

int aw_xml_text(
    const char *xml, size_t len, const char *name, char *ret, size_t size)
{
	char open[TAG_SIZE], close[TAG_SIZE];
	const char *start, *end, *last = xml + len;
	size_t text_len;

	if (aw_fmt(open, sizeof(open), "<%s>", name) < 0 ||
	    aw_fmt(close, sizeof(close), "</%s>", name) < 0)
		return -EMSGSIZE;
	start = find(xml, len, open);
	if (!start)
		return AW_ABSENT;
	start += strlen(open);
	end = find(start, (size_t)(last - start), close);
	if (!end || find(start, (size_t)(last - start), open))
		return -EBADMSG;
	text_len = (size_t)(end - start);
	if (memchr(start, '<', text_len) || memchr(start, '&', text_len) ||
	    !aw_text_is_clean(start, text_len))
		return -EBADMSG;
	if (text_len >= size)
		return -EMSGSIZE;
	memcpy(ret, start, text_len);
	ret[text_len] = '\0';
	return 0;
}
