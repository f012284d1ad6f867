/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two modules stand above each other in one character cell (half blocks), or
 * one module takes two cells (ASCII).
 */
#include "awsssod/qr.h"

#ifdef AW_WITH_QR
#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>

#include "common/own.h"

#define QUIET 2 /* light modules around it; four is the norm, two suffice */

static void code_done(QRcode **code)
{
	if (*code)
		QRcode_free(*code);
}

static bool is_light(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return true;
	return (code->data[y * code->width + x] & 1) == 0;
}

static void draw_utf8(const QRcode *code, struct aw_buf *buf)
{
	/* By upper + 2 * lower module being light. */
	static const char *const cell[] = { " ", "\xe2\x96\x80", "\xe2\x96\x84",
		"\xe2\x96\x88" };

	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		for (int x = -QUIET; x < code->width + QUIET; x++)
			aw_buf_str(buf, cell[is_light(code, x, y) +
					     2 * is_light(code, x, y + 1)]);
		aw_buf_str(buf, "\n");
	}
}

static void draw_ascii(const QRcode *code, struct aw_buf *buf)
{
	for (int y = -QUIET; y < code->width + QUIET; y++) {
		for (int x = -QUIET; x < code->width + QUIET; x++)
			aw_buf_str(buf, is_light(code, x, y) ? "##" : "  ");
		aw_buf_str(buf, "\n");
	}
}

int aw_qr_draw(const char *text, enum aw_conf_qr style, struct aw_buf *buf)
{
	aw_own(code_done) QRcode *code = NULL;
	int columns;

	if (style == AW_QR_NO)
		return AW_ABSENT;
	code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
	if (!code)
		return errno == ENOMEM ? -ENOMEM : AW_ABSENT;
	columns = (code->width + 2 * QUIET) * (style == AW_QR_ASCII ? 2 : 1);
	if (columns > AW_QR_COLUMNS)
		return AW_ABSENT;
	if (style == AW_QR_ASCII)
		draw_ascii(code, buf);
	else
		draw_utf8(code, buf);
	return aw_buf_error(buf);
}
#else
int aw_qr_draw(const char *text AW_UNUSED, enum aw_conf_qr style AW_UNUSED,
    struct aw_buf *buf AW_UNUSED)
{
	return AW_ABSENT;
}
#endif
