/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as a JSON answer of AWS.  The first byte says of
 * which operation.  Whatever is taken keeps the promises of its reader.
 * covers: spine.4, R28
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/imds.h"
#include "awssso_netd/oidc.h"
#include "awssso_netd/portal.h"
#include "awssso_netd/record.h"
#include "common/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STORE "d-0123456789"
#define BYTES (1024 * 1024)

static void oidc(struct json_object *json)
{
	struct aw_diag why;
	struct aw_oidc_client client;
	struct aw_oidc_device device;
	struct aw_oidc_token token;

	if (aw_oidc_read_client(json, &client, &why) == 0 &&
	    (!*client.id || !*client.secret || client.expires < 0))
		abort();
	if (aw_oidc_read_device(json, &device, &why) == 0 &&
	    (!*device.user_code || strncmp(device.uri, "http", 4) != 0 ||
		device.expires_in < 1 || device.interval < 0))
		abort();
	if (aw_oidc_read_token(json, &token, &why) == 0 &&
	    !aw_text_is_clean(token.token, strlen(token.token)))
		abort();
}

static void portal(struct json_object *json)
{
	struct aw_portal_list list = { .n = 0 };
	const char *next, *first, *second;
	struct aw_keys *keys = NULL;
	struct aw_diag why;
	size_t at = 0, n = 0;

	if (aw_portal_read_page(json, NULL, &list, &next, &why) == 0) {
		while (aw_portal_list_next(&list, &at, &first, &second) == 0)
			n++;
		if (n != list.n)
			abort();
	}
	aw_portal_list_done(&list);
	if (aw_portal_read_page(json, "111122223333", &list, &next, &why) == 0)
		while (aw_portal_list_next(&list, &at, &first, &second) == 0)
			if (strcmp(second, "111122223333") != 0)
				abort();
	aw_portal_list_done(&list);
	if (aw_portal_read_keys(json, &keys, &why) == 0 && !*keys->session)
		abort();
	aw_keys_unref(keys);
}

/* Records that are made can be read. */
static void check_records(const struct aw_buf *records, uint64_t n)
{
	size_t at = 0;

	for (; n > 0; n--) {
		struct aw_wire_in in;
		size_t used;

		if (aw_wire_open_first(
			records->data + at, records->len - at, &in, &used) != 0)
			abort();
		at += used;
	}
	if (at != records->len)
		abort();
}

static void directory(struct json_object *json, uint8_t which)
{
	struct aw_buf out = AW_BUF_INIT(BYTES), ids = AW_BUF_INIT(BYTES);
	const char *next;
	struct aw_diag why;
	uint64_t n = 0;
	int r;

	if (which == 2)
		r = aw_record_users(json, STORE, NULL, &out, &n, &next, &why);
	else if (which == 3)
		r = aw_record_groups(
		    json, STORE, NULL, &out, &ids, &n, &next, &why);
	else
		r = aw_record_members(
		    json, STORE, "g", NULL, &out, &n, &next, &why);
	if (r == 0)
		check_records(&out, n);
	aw_buf_done(&out);
	aw_buf_done(&ids);
}

static void imds(const char *text, size_t len)
{
	struct aw_imds_answer keys = { .net = AW_NET_UNAVAIL };
	struct aw_imds_answer document = { .net = AW_NET_UNAVAIL };

	aw_imds_read_keys(text, len, &keys);
	if ((keys.net == AW_NET_OK) != (keys.keys != NULL))
		abort();
	aw_keys_unref(keys.keys);
	aw_imds_read_document(text, len, &document);
	if (document.net == AW_NET_OK && !document.account[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct aw_place place = { NULL, "fuzz", -1 };
	struct json_object *json = NULL;
	struct aw_diag why = { .text = "" };
	char *text;
	uint8_t which;

	if (size < 1 || size > 65536)
		return 0;
	which = (uint8_t)(data[0] % 6);
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (which == 5)
		imds(text, size - 1);
	else if (aw_answer_parse(&place, text, size - 1, &json, &why) != 0) {
		if (!why.text[0])
			abort();
	} else if (which == 0)
		oidc(json);
	else if (which == 1)
		portal(json);
	else
		directory(json, which);
	json_object_put(json);
	free(text);
	return 0;
}
