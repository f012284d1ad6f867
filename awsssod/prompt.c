/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain text: OpenSSH shows escape sequences as they are spelled.
 */
#include "awsssod/prompt.h"

#include <string.h>

#include "common/text.h"

static bool is_ssh(const char *service)
{
	return strcmp(service, "sshd") == 0 || strcmp(service, "ssh") == 0;
}

const char *aw_prompt_service(const char *service)
{
	return is_ssh(service) ? "ssh" : service;
}

int aw_prompt_client_name(const char *service, const char *host,
    const char *user, char *buf, size_t size)
{
	return aw_fmt(buf, size, "%s %s %s as %s", aw_prompt_service(service),
	    is_ssh(service) ? "to" : "on", host, user);
}

/* The code once more: above a QR code it may have left the screen. */
static void add_until(const struct aw_prompt *prompt, struct aw_buf *buf)
{
	char clock[32];
	struct tm tm;

	if (!localtime_r(&prompt->until, &tm) ||
	    strftime(clock, sizeof(clock), "%H:%M:%S", &tm) == 0)
		clock[0] = '\0';
	aw_buf_fmt(
	    buf, "Approve %s within %u seconds", prompt->code, prompt->seconds);
	if (clock[0])
		aw_buf_fmt(buf, " (until %s)", clock);
	aw_buf_str(buf, ".\n");
}

void aw_prompt_compose(const struct aw_prompt *prompt, struct aw_buf *buf)
{
	const char *service = aw_prompt_service(prompt->service);

	aw_buf_fmt(buf, "Sign-in: %s %s %s as %s", service,
	    is_ssh(prompt->service) ? "to" : "on", prompt->host, prompt->user);
	if (prompt->rhost[0])
		aw_buf_fmt(buf, ", from %s", prompt->rhost);
	aw_buf_str(buf, "\n\n");
	aw_buf_fmt(buf, "Open  %s\nCode  %s\n\n", prompt->uri, prompt->code);
	if (prompt->qr[0])
		aw_buf_fmt(buf, "%s\n", prompt->qr);
	add_until(prompt, buf);
	aw_buf_str(
	    buf, "Deny it in the browser if it was not you who started it.\n");
	if (prompt->enter)
		aw_buf_str(buf, "Press Enter once you have approved: ");
}
