/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little that we need of STS's XML: the text of an element that stands in
 * the answer exactly once.
 */
#ifndef AW_AWSSSO_NETD_XML_H
#define AW_AWSSSO_NETD_XML_H

#include <stddef.h>

#include "common/outcome.h"

/*
 * The text between <@name> and </@name> in @xml of @len bytes.  Returns 0;
 * AW_ABSENT when there is no such element; -EBADMSG when there are several,
 * when it does not end, holds elements or entities, or bytes that are not
 * clean text; -EMSGSIZE when it does not fit.
 */
int aw_xml_text(const char *xml, size_t len, const char *name, char *ret,
    size_t size) AW_MUST_USE;

#endif
