/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking for one page after the other.
 */
#include "awssso/listing.h"

#include "awssso/command.h"
#include "awssso/print.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/proto.h"
#include "common/text.h"

#define PATIENCE_S 30

const char *aw_listed_kind(const struct aw_listed *entry)
{
	switch (entry->kind) {
	case AW_KIND_USER:
		return "user";
	case AW_KIND_GROUP:
		return "group";
	case AW_KIND_SET:
		return "permission-set";
	default:
		return "unknown";
	}
}

/* A field that is too long for an entry is none of awsssod's. */
int aw_listed_read(const struct aw_wire_in *in, struct aw_listed *ret)
{
	const struct {
		uint16_t tag;
		char *buf;
		size_t size;
	} texts[] = {
		{ AW_TAG_STORE, ret->store, sizeof(ret->store) },
		{ AW_TAG_PRINCIPAL_ID, ret->principal, sizeof(ret->principal) },
		{ AW_TAG_USER_NAME, ret->user_name, sizeof(ret->user_name) },
		{ AW_TAG_USER, ret->name, sizeof(ret->name) },
		{ AW_TAG_HOME, ret->home, sizeof(ret->home) },
		{ AW_TAG_TEXT, ret->text, sizeof(ret->text) },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const int r =
		    aw_wire_text(in, texts[i].tag, texts[i].buf, texts[i].size);

		if (r < 0)
			return r;
		if (r != 0)
			texts[i].buf[0] = '\0';
	}
	ret->kind = aw_wire_num(in, AW_TAG_KIND, 0);
	ret->posix_id = aw_wire_num(in, AW_TAG_POSIX_ID, 0);
	ret->flags = aw_wire_num(in, AW_TAG_FLAGS, 0);
	return 0;
}

/* The end of a page: where the next one goes on, 0 when there is none. */
static int end_of_page(const struct aw_talk *talk, uint64_t *after)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	const uint64_t next = aw_wire_num(&talk->in, AW_TAG_AFTER, 0);

	if (net != AW_NET_OK) {
		aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);

		return aw_complain(
		    "awsssod", text && *text ? text : aw_net_word(net));
	}
	if (next != 0 && next <= *after)
		return aw_complain("awsssod", "lists the same again");
	*after = next;
	return AW_EXIT_OK;
}

static int read_page(struct aw_talk *talk, uint64_t *after,
    struct aw_listed *entry, aw_listed_fn *each, void *user)
{
	int r;

	for (;;) {
		if (aw_talk_next(talk, PATIENCE_S) < 0)
			return AW_EXIT_UNREACHABLE;
		if (talk->in.type == AW_MSG_DONE)
			return end_of_page(talk, after);
		if (talk->in.type != AW_MSG_ID_REC ||
		    aw_listed_read(&talk->in, entry) < 0)
			return aw_talk_odd(talk);
		r = each(user, entry);
		if (r != 0)
			return r;
	}
}

int aw_listing_walk(
    const char *run_dir, uint16_t type, aw_listed_fn *each, void *user)
{
	struct aw_listed entry;
	uint64_t after = 0;
	int r;

	do {
		aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;

		if (aw_talk_begin(&talk, run_dir, "ctl.sock", type) < 0)
			return AW_EXIT_UNREACHABLE;
		if (after > 0)
			aw_wire_put_num(&talk.out, AW_TAG_AFTER, after);
		if (aw_talk_ask(&talk) < 0)
			return AW_EXIT_UNREACHABLE;
		r = read_page(&talk, &after, &entry, each, user);
	} while (r == AW_EXIT_OK && after > 0);
	return r;
}

int aw_listing_print(const char *run_dir, uint16_t type, bool json,
    aw_listed_fn *as_json, aw_listed_fn *as_line, void *user)
{
	struct json_object *array;
	int r;

	if (!json)
		return aw_listing_walk(run_dir, type, as_line, user);
	array = aw_json_array(NULL, NULL);
	r = aw_listing_walk(run_dir, type, as_json, array);
	if (r == AW_EXIT_OK)
		aw_json_print(array);
	else
		json_object_put(array);
	return r;
}
