/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QR codes for terminals, in text: no colour, no escape sequences.
 */
#ifndef AW_AWSSSOD_QR_H
#define AW_AWSSSOD_QR_H

#include "common/buf.h"
#include "common/conf.h"

#define AW_QR_COLUMNS 80

/*
 * Draw @text into @buf, each line ended by a line feed: light on a dark
 * terminal, as readers expect it.
 * Returns 0; AW_ABSENT when it is switched off, not built in, or would not
 * fit into AW_QR_COLUMNS; or a negative errno.
 */
int aw_qr_draw(
    const char *text, enum aw_conf_qr style, struct aw_buf *buf) AW_MUST_USE;

#endif
