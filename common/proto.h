/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conversations between the parts.  common/wire.h says how a message
 * looks; this says which there are and what each one holds.  Fields in [ ] may
 * be missing; * may repeat.
 *
 * auth.sock (0666): libpam and people -> awsssod.  One connection is one
 * conversation; hanging up ends what it started.
 *   AUTH     USER SERVICE [TTY] [RHOST] [ATTEMPT] [KSESSION] ENTER
 *            [PERMISSION_SET] [ACCOUNT] [REUSE] [AUTH_INFO]
 *            -> PROMPT, then (when decided) VERDICT; or VERDICT at once
 *   ACCOUNT  same fields                      -> VERDICT
 *   OPEN     USER SERVICE [TTY] [RHOST] [ATTEMPT] [KSESSION] -> VERDICT
 *   CLOSE    USER SERVICE [ATTEMPT] [KSESSION]               -> VERDICT
 *   HINT     USER [SERVICE] [RHOST] [ATTEMPT]                -> nothing
 *   PROMPT   TEXT URI [URI_COMPLETE] USER_CODE [QR] EXPIRES_IN
 *   VERDICT  VERDICT [TEXT] [CODE]
 *
 * ctl.sock (0666): awssso -> awsssod.
 *   STATUS   -> STATUS_IS [STORE] GENERATION DIRECTORY_AGE USERS GROUPS
 *               SKIPPED FLOWS SESSIONS NET (outcome of the last call)
 *               [TEXT] [NEXT_SWEEP] [SWEEP_STATE] ALLOWED DENIED
 *               [EXPECTED] [RATE] [EXPIRES_IN] (the SCIM token) SETS GRANTS
 *               SETS_KNOWN [SAML_EXPIRES] [UPDATED] SOURCE [REGION]
 *               (VERDICT COUNT)* (of today)
 *   SYNC     [ACCEPT_LOSS] -> PROGRESS* then DONE NET [TEXT]       (root)
 *   WHY      [USER] -> EVENT* then DONE                 (own; root: any)
 *   EVENT    TIME USER SERVICE VERDICT CODE TEXT [RHOST] [DETAIL] [ACTION]
 *   EXPLAIN  USER SERVICE -> EXPLAINED* then DONE NET [TEXT] GENERATION
 *            DIRECTORY_AGE: what would be said now        (own; root: any)
 *            With TIME what would have been said then: EXPLAINED* [EVENT]
 *            (the last that is on record, by then) then DONE NET [TEXT]
 *   EXPLAIN_CODE CODE -> EVENT, with DETAIL and ACTION, then DONE    (root)
 *   EXPLAINED STAGE [VERDICT] [TEXT] [RULE] [DETAIL]; without VERDICT STAGE
 *            is a setting, TEXT what it is, DETAIL what that means
 *   REVOKE   USER -> SESSION_REC* (64 at most) then DONE NET SESSIONS FLOWS:
 *            that person's tokens and open codes have ended, the sessions go
 *            on (root)
 *   SESSION_REC SERVICE [TTY] [RHOST] [KSESSION] PID TIME TOKEN (1: had one)
 *   PROGRESS USERS GROUPS MEMBERS REQUESTS RATE [EXPECTED] [TEXT] (it waits)
 *   SKIPPED  [AFTER] -> ID_REC* then DONE NET [TEXT] [AFTER]: who is not
 *            shown, TEXT says why and what to do.  A page of the list: with
 *            the AFTER of its end the next one is asked for
 *   IDS      [AFTER] -> as SKIPPED, every entry of the ledger     (root)
 *   IDS_ADOPT  USER POSIX_ID [HOME] -> DONE NET [TEXT]          (root)
 *   IDS_RENAME USER NEW_USER [HOME] -> DONE NET [TEXT]          (root)
 *   IDS_IMPORT [ACCEPT_LOSS] (the other ledger counts) with a sealed memfd
 *            of ID_REC messages -> ID_REC* (the conflicts; or who has another
 *            id by it, TEXT says what to do) then DONE NET [TEXT]   (root)
 *   ID_REC   [STORE PRINCIPAL_ID] KIND [USER_NAME] [USER POSIX_ID] [HOME]
 *            FLAGS (enum aw_id_flag) [TEXT]; without PRINCIPAL_ID USER is a
 *            group of the host in [local_groups]; with AW_ID_GIVEN_UP USER
 *            or POSIX_ID is what its principal had before, and nobody else
 *            may have.  It follows the entry
 *
 * net.sock (0600, awsssod's user): awsssod -> awssso-netd.  One connection;
 * requests interleave and are told apart by their request id.
 *   FLOW     CLIENT_NAME PRINCIPAL_ID ACCOUNT* KEEP_TOKEN DEADLINE
 *            -> FLOW_CODE URI [URI_COMPLETE] USER_CODE EXPIRES_IN INTERVAL
 *            -> FLOW_END  NET [TEXT] and, when NET is AW_NET_OK, the facts:
 *               ASKED_ACCOUNT ASKED_SET (what role credentials were asked
 *               for), ARN STS_ACCOUNT (GetCallerIdentity), the person as
 *               PERSON_IS, [ROLE]* (sets held in the first ACCOUNT),
 *               ROLES_KNOWN, [ACCOUNT ROLE*]* (in others, where that is
 *               known), [TOKEN TOKEN_LIFE], [AWS_REQUEST]*
 *   CANCEL   (same request id as the FLOW)            -> nothing
 *   PERSON   PRINCIPAL_ID
 *            -> PERSON_IS NET [TEXT] [PRINCIPAL_ID USER_NAME [DISPLAY_NAME]
 *               [USER_STATUS] GROUP_ID* [GROUPS_UNKNOWN] [ASSIGNED]]
 *   ROLES    TOKEN ACCOUNT -> ROLES_ARE NET [TEXT] ROLE* [AWS_REQUEST]
 *   DROP     TOKEN                                    -> nothing
 *   LOOKUP   USER_NAME* -> PERSON_IS, of the first UserName that is known
 *   SWEEP    -> PAGE* (each with a sealed memfd of USER_REC, GROUP_REC,
 *               MEMBER_REC, SET_REC and GRANT_REC messages; REQUESTS so far,
 *               [EXPECTED] in all), then SWEEP_END NET [TEXT] USERS GROUPS
 *               MEMBERS REQUESTS SETS GRANTS SETS_KNOWN [SETS_LATER]
 * SET_REQUESTS [UPDATED].  Each PAGE is answered by PAGE_OK: netd has one
 * unanswered page at most, so memory is bounded.  A PAGE without a memfd only
 * says that the sweep lives: it waits, TEXT says for what (empty: for nothing,
 * it reads what need not be sent); it is not answered. USER_REC   PRINCIPAL_ID
 * USER_NAME (empty: none that can be used) [DISPLAY_NAME] [USER_STATUS]
 * [EXTERNAL_ID]* GROUP_REC  PRINCIPAL_ID [DISPLAY_NAME] MEMBER_REC GROUP_ID
 * PRINCIPAL_ID AGAIN_REC  KIND [GROUP_ID]: of that list (1 users, 2 groups;
 * with GROUP_ID that group's members) nothing sent so far counts, it is read
 * from its beginning; counts in SWEEP_END do not hold it SET_REC    ROLE (a
 * permission set provisioned to ACCOUNT) GRANT_REC  ROLE KIND PRINCIPAL_ID (an
 * assignment of that set there) FETCH    [ETAG] -> OBJECT NET [TEXT] [ETAG]
 * [UNCHANGED], with a sealed memfd of the published object when NET is
 * AW_NET_OK and it is not UNCHANGED HOST     -> HOST_IS NET [TEXT] [ACCOUNT]
 * [REGION]  (identity document)
 *
 * awsssod -> its snapshot worker (a pipe, messages in a row):
 *   SNAP_HEAD STORE GENERATION TIME LIMITS
 *   SNAP_USER  PRINCIPAL_ID USER_NAME USER POSIX_ID GECOS HOME SHELL FLAGS
 *   SNAP_GROUP PRINCIPAL_ID DISPLAY_NAME USER (Linux name) POSIX_ID FLAGS
 *   SNAP_MEMBER GROUP_INDEX USER_INDEX (order of arrival, from 0)
 *   SNAP_GRANT  SET_INDEX GROUP_INDEX: whoever is in the latter group is in
 *               the former, a permission set's or one that the host owns
 *   SNAP_HOST   POSIX_ID: a group that the host owns; GROUP_INDEX counts on
 *   SNAP_TOMB  PRINCIPAL_ID USER POSIX_ID FLAGS [HOME]
 *   SNAP_NOTE  POSIX_ID TEXT: what is to be known again if state.db is lost
 *   SNAP_END
 */
#ifndef AW_COMMON_PROTO_H
#define AW_COMMON_PROTO_H

#include <stdbool.h>
#include <stdint.h>

#include "common/wire.h"

/* The longest key of sshd that is handed on; what is longer is left out. */
#define AW_PROTO_AUTH_INFO_MAX 4096

enum aw_msg {
	AW_MSG_AUTH = 1,
	AW_MSG_ACCOUNT,
	AW_MSG_OPEN,
	AW_MSG_CLOSE,
	AW_MSG_HINT,
	AW_MSG_PROMPT,
	AW_MSG_VERDICT,

	AW_MSG_STATUS = 32,
	AW_MSG_STATUS_IS,
	AW_MSG_SYNC,
	AW_MSG_PROGRESS,
	AW_MSG_DONE,
	AW_MSG_WHY,
	AW_MSG_EVENT,
	AW_MSG_IDS,
	AW_MSG_IDS_ADOPT,
	AW_MSG_IDS_RENAME,
	AW_MSG_IDS_IMPORT,
	AW_MSG_ID_REC,
	AW_MSG_SKIPPED,
	AW_MSG_EXPLAIN,
	AW_MSG_EXPLAIN_CODE,
	AW_MSG_EXPLAINED,
	AW_MSG_REVOKE,
	AW_MSG_SESSION_REC,

	AW_MSG_FLOW = 64,
	AW_MSG_FLOW_CODE,
	AW_MSG_FLOW_END,
	AW_MSG_CANCEL,
	AW_MSG_PERSON,
	AW_MSG_PERSON_IS,
	AW_MSG_ROLES,
	AW_MSG_ROLES_ARE,
	AW_MSG_DROP,
	AW_MSG_SWEEP,
	AW_MSG_PAGE,
	AW_MSG_PAGE_OK,
	AW_MSG_SWEEP_END,
	AW_MSG_USER_REC,
	AW_MSG_GROUP_REC,
	AW_MSG_MEMBER_REC,
	AW_MSG_HOST,
	AW_MSG_HOST_IS,
	AW_MSG_LOOKUP,
	AW_MSG_SET_REC,
	AW_MSG_GRANT_REC,
	AW_MSG_FETCH,
	AW_MSG_OBJECT,
	AW_MSG_AGAIN_REC,

	AW_MSG_SNAP_HEAD = 128,
	AW_MSG_SNAP_USER,
	AW_MSG_SNAP_GROUP,
	AW_MSG_SNAP_MEMBER,
	AW_MSG_SNAP_TOMB,
	AW_MSG_SNAP_END,
	AW_MSG_SNAP_GRANT,
	AW_MSG_SNAP_HOST,
	AW_MSG_SNAP_NOTE,
};

enum aw_tag {
	/* texts */
	AW_TAG_USER = 1, /* Linux name */
	AW_TAG_SERVICE,  /* PAM service */
	AW_TAG_TTY,
	AW_TAG_RHOST,
	AW_TAG_ATTEMPT, /* SSH_CONNECTION; else empty */
	AW_TAG_PERMISSION_SET,
	AW_TAG_ACCOUNT, /* 12 digits */
	AW_TAG_TEXT,    /* a sentence for a person */
	AW_TAG_URI,
	AW_TAG_URI_COMPLETE,
	AW_TAG_USER_CODE,
	AW_TAG_QR,    /* drawn, lines ended by LF */
	AW_TAG_CODE,  /* short denial code */
	AW_TAG_STORE, /* identity store id */
	AW_TAG_SWEEP_STATE,
	AW_TAG_CLIENT_NAME,
	AW_TAG_PRINCIPAL_ID,
	AW_TAG_USER_NAME, /* directory UserName */
	AW_TAG_DISPLAY_NAME,
	AW_TAG_USER_STATUS, /* ENABLED or DISABLED, as AWS spells it */
	AW_TAG_GROUP_ID,
	AW_TAG_ROLE, /* permission-set name */
	AW_TAG_ASKED_ACCOUNT,
	AW_TAG_ASKED_SET,
	AW_TAG_ARN,
	AW_TAG_STS_ACCOUNT,
	AW_TAG_EXTERNAL_ID, /* "issuer id", a blank between */
	AW_TAG_AWS_REQUEST, /* "operation request-id" */
	AW_TAG_REGION,
	AW_TAG_GECOS,
	AW_TAG_HOME,
	AW_TAG_SHELL,
	AW_TAG_NEW_USER, /* Linux name */
	AW_TAG_ETAG,
	AW_TAG_STAGE,     /* "before a code" */
	AW_TAG_RULE,      /* the line of the policy */
	AW_TAG_DETAIL,    /* what a decision rested on */
	AW_TAG_ACTION,    /* what an administrator can do about it */
	AW_TAG_FAULT,     /* AWS's own error, by its id in fault.h */
	AW_TAG_AUTH_INFO, /* "publickey ALG BLOB", proved in this connection */
	AW_TAG_SOURCE,    /* of the directory, as awssso.conf has it */
	AW_TAG_LAST_TEXT_ = AW_TAG_SOURCE,

	/* numbers */
	AW_TAG_KSESSION = 128, /* kernel (audit) session id; absent: unset */
	AW_TAG_ENTER,          /* 1: the prompt waits for Enter */
	AW_TAG_REUSE,          /* seconds */
	AW_TAG_EXPIRES_IN,     /* seconds */
	AW_TAG_VERDICT,        /* enum aw_verdict */
	AW_TAG_GENERATION,
	AW_TAG_DIRECTORY_AGE, /* seconds */
	AW_TAG_USERS,
	AW_TAG_GROUPS,
	AW_TAG_MEMBERS,
	AW_TAG_SKIPPED,
	AW_TAG_FLOWS,
	AW_TAG_SESSIONS,
	AW_TAG_NET,        /* enum aw_net */
	AW_TAG_NEXT_SWEEP, /* seconds from now */
	AW_TAG_ALLOWED,
	AW_TAG_DENIED,
	AW_TAG_TIME, /* epoch seconds */
	AW_TAG_REQUESTS,
	AW_TAG_KEEP_TOKEN,  /* seconds; 0: drop at once */
	AW_TAG_DEADLINE,    /* seconds from now */
	AW_TAG_INTERVAL,    /* seconds */
	AW_TAG_ROLES_KNOWN, /* 1: the ROLE list is complete */
	AW_TAG_TOKEN,       /* handle, never the token */
	AW_TAG_TOKEN_LIFE,  /* seconds */
	AW_TAG_LIMITS,
	AW_TAG_ACCEPT_LOSS, /* 1: apply what a held sweep lost */
	AW_TAG_POSIX_ID,
	AW_TAG_FLAGS,
	AW_TAG_GROUP_INDEX,
	AW_TAG_USER_INDEX,
	AW_TAG_KIND,     /* enum aw_kind */
	AW_TAG_EXPECTED, /* requests of a whole sweep, as far as is known */
	AW_TAG_RATE,     /* requests a second */
	AW_TAG_SETS,
	AW_TAG_GRANTS,
	AW_TAG_SETS_KNOWN,   /* 1: the SET_RECs and GRANT_RECs are complete */
	AW_TAG_SETS_LATER,   /* 1: an outage; what is known of sets stays */
	AW_TAG_SET_REQUESTS, /* to SSO admin */
	AW_TAG_SET_INDEX,
	AW_TAG_UNCHANGED,      /* 1 */
	AW_TAG_GROUPS_UNKNOWN, /* 1: the GROUP_IDs were not to be had */
	AW_TAG_AFTER,          /* where a list goes on */
	AW_TAG_ASSIGNED,       /* 1: holds a permission set, by no group */
	AW_TAG_PID,
	AW_TAG_UPDATED,      /* epoch seconds: the newest change to a row */
	AW_TAG_SAML_EXPIRES, /* seconds from now */
	AW_TAG_COUNT,        /* of the VERDICT before it */
	AW_TAG_REAL_UID,     /* of the process that asks */
	AW_TAG_LAST_NUMBER_ = AW_TAG_REAL_UID,
};

/* What a principal is, here and in state.db. */
enum aw_kind {
	AW_KIND_USER = 1,
	AW_KIND_GROUP = 2,
	AW_KIND_SET = 3, /* a permission set, "ps:NAME" */
};

/* What AW_TAG_FLAGS of an ID_REC is made of. */
enum aw_id_flag {
	AW_ID_PRESENT = 1, /* else the entry is kept for who has left */
	AW_ID_DISABLED = 2,
	AW_ID_ADOPTED = 4,
	AW_ID_GIVEN_UP = 8, /* no entry: a name or an id that it reserves */
};

/* awsssod's answer to PAM; the rows of design.md's table of return codes.
 * 0 is no verdict, so that a forgotten field never means yes. */
enum aw_verdict {
	AW_VERDICT_ALLOW = 1,
	AW_VERDICT_POLICY,  /* the access policy says no */
	AW_VERDICT_REFUSED, /* denied in the browser, wrong approver, code
			       expired, same attempt again */
	AW_VERDICT_EXPIRED, /* disabled or absent in the directory */
	AW_VERDICT_UNAVAIL, /* cannot know: network, throttled, too old */
	AW_VERDICT_FAILED,  /* internal failure, bad configuration */
	AW_VERDICT_MAX_     /* not a verdict */
};

/* How awssso-netd fared with the outside.  0 is no outcome. */
enum aw_net {
	AW_NET_OK = 1,
	AW_NET_DENIED,  /* refused in the browser (access_denied) */
	AW_NET_EXPIRED, /* the device code ran out */
	AW_NET_CANCELLED,
	AW_NET_NO_ROLE,    /* approver holds no role that shows who it is */
	AW_NET_NOT_FOUND,  /* the directory does not know the principal */
	AW_NET_TOKEN_DEAD, /* 401: the person's token ended or is unknown */
	AW_NET_REFUSED,    /* AccessDenied: the host's role lacks a right */
	AW_NET_THROTTLED,
	AW_NET_UNAVAIL,    /* no connection, timeout, 5xx */
	AW_NET_BAD_ANSWER, /* malformed answer; TEXT names operation and field
			    */
	AW_NET_CONFIG,     /* settings or credentials missing or wrong */
	AW_NET_MAX_        /* not an outcome */
};

/* One word for @net ("ok", "throttled" ...), "unknown" for anything else. */
const char *aw_net_word(uint64_t net);
/* One word for @verdict ("allowed", "policy" ...), "unknown" likewise. */
const char *aw_verdict_word(uint64_t verdict);

/* The kind of @tag and the most bytes a text may have.  False: no such tag. */
bool aw_proto_tag(uint16_t tag, enum aw_wire_kind *ret_kind, uint32_t *ret_max);
bool aw_proto_is_message(uint16_t type);

#endif
