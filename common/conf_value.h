/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether one value of awssso.conf has the form that its keyword's type asks
 * for.  Pure; the meaning of the value is for whoever uses it.
 */
#ifndef AW_COMMON_CONF_VALUE_H
#define AW_COMMON_CONF_VALUE_H

#include "common/conf.h"

/*
 * NULL when @value may be a value of @type (or the type is of no fixed form);
 * else what it must be, to be put behind "must be ".
 */
const char *aw_conf_value_wrong(enum aw_conf_type type, const char *value);

/* When the day @value (AW_CONF_DATE) begins, in epoch seconds of UTC.  False:
 * it is no day. */
bool aw_conf_value_day(const char *value, uint64_t *ret);

#endif
