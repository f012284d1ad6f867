/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables behind the protocol: which tags and messages exist.
 */
#include "common/proto.h"

#include "common/fault.h"

/* The most bytes of each text; a number has no row here but exists when it
 * stands between the first and the last one of enum aw_tag. */
static const uint32_t text_max[] = {
	[AW_TAG_USER] = 64,
	[AW_TAG_SERVICE] = 64,
	[AW_TAG_TTY] = 128,
	[AW_TAG_RHOST] = 256,
	[AW_TAG_ATTEMPT] = 256,
	[AW_TAG_PERMISSION_SET] = 32,
	[AW_TAG_ACCOUNT] = 12,
	[AW_TAG_TEXT] = 8192,
	[AW_TAG_URI] = 1024,
	[AW_TAG_URI_COMPLETE] = 1024,
	[AW_TAG_USER_CODE] = 64,
	[AW_TAG_QR] = 16384,
	[AW_TAG_CODE] = 16,
	[AW_TAG_STORE] = 64,
	[AW_TAG_SWEEP_STATE] = 256,
	[AW_TAG_CLIENT_NAME] = 256,
	[AW_TAG_PRINCIPAL_ID] = 128,
	[AW_TAG_USER_NAME] = 512,
	[AW_TAG_DISPLAY_NAME] = 4096,
	[AW_TAG_USER_STATUS] = 32,
	[AW_TAG_GROUP_ID] = 128,
	[AW_TAG_ROLE] = 64,
	[AW_TAG_ASKED_ACCOUNT] = 12,
	[AW_TAG_ASKED_SET] = 64,
	[AW_TAG_ARN] = 2048,
	[AW_TAG_STS_ACCOUNT] = 12,
	[AW_TAG_EXTERNAL_ID] = 1100,
	[AW_TAG_AWS_REQUEST] = 256,
	[AW_TAG_REGION] = 32,
	[AW_TAG_GECOS] = 256,
	[AW_TAG_HOME] = 256,
	[AW_TAG_SHELL] = 256,
	[AW_TAG_NEW_USER] = 64,
	[AW_TAG_ETAG] = 256,
	[AW_TAG_STAGE] = 64,
	[AW_TAG_RULE] = 320,
	[AW_TAG_DETAIL] = 1024,
	[AW_TAG_ACTION] = 512,
	[AW_TAG_FAULT] = AW_FAULT_ID_SIZE - 1,
	[AW_TAG_AUTH_INFO] = AW_PROTO_AUTH_INFO_MAX,
	[AW_TAG_SOURCE] = 32,
};

bool aw_proto_tag(uint16_t tag, enum aw_wire_kind *ret_kind, uint32_t *ret_max)
{
	if (tag >= AW_TAG_KSESSION && tag <= AW_TAG_LAST_NUMBER_) {
		*ret_kind = AW_WIRE_NUMBER;
		*ret_max = 8;
		return true;
	}
	if (tag >= sizeof(text_max) / sizeof(text_max[0]) || !text_max[tag])
		return false;
	*ret_kind = AW_WIRE_TEXT;
	*ret_max = text_max[tag];
	return true;
}

bool aw_proto_is_message(uint16_t type)
{
	return (type >= AW_MSG_AUTH && type <= AW_MSG_VERDICT) ||
	       (type >= AW_MSG_STATUS && type <= AW_MSG_SESSION_REC) ||
	       (type >= AW_MSG_FLOW && type <= AW_MSG_AGAIN_REC) ||
	       (type >= AW_MSG_SNAP_HEAD && type <= AW_MSG_SNAP_NOTE);
}

const char *aw_net_word(uint64_t net)
{
	static const char *const words[] = {
		[AW_NET_OK] = "ok",
		[AW_NET_DENIED] = "denied",
		[AW_NET_EXPIRED] = "expired",
		[AW_NET_CANCELLED] = "cancelled",
		[AW_NET_NO_ROLE] = "no-role",
		[AW_NET_NOT_FOUND] = "not-found",
		[AW_NET_TOKEN_DEAD] = "token-dead",
		[AW_NET_REFUSED] = "refused",
		[AW_NET_THROTTLED] = "throttled",
		[AW_NET_UNAVAIL] = "unavailable",
		[AW_NET_BAD_ANSWER] = "bad-answer",
		[AW_NET_CONFIG] = "misconfigured",
	};

	return net > 0 && net < AW_NET_MAX_ ? words[net] : "unknown";
}

const char *aw_verdict_word(uint64_t verdict)
{
	static const char *const words[] = {
		[AW_VERDICT_ALLOW] = "allowed",
		[AW_VERDICT_POLICY] = "policy",
		[AW_VERDICT_REFUSED] = "refused",
		[AW_VERDICT_EXPIRED] = "expired",
		[AW_VERDICT_UNAVAIL] = "unavailable",
		[AW_VERDICT_FAILED] = "failed",
	};

	return verdict > 0 && verdict < AW_VERDICT_MAX_ ? words[verdict]
							: "unknown";
}
