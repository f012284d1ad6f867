/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso.conf as a struct: one table of keywords (aw_conf_keywords) drives the
 * parser, "awssso config --dump", and the fuzzer's
 * dictionary.
 *
 * The INI parser comes in as a callback (inih's ini_parse_stream), because
 * common/ links nothing.  It is fed by a reader of our own that counts lines
 * and refuses what inih would cut or glue: a line over 190 bytes, one that
 * begins with a blank, a NUL, a byte that is not clean UTF-8.
 */
#ifndef AW_COMMON_CONF_H
#define AW_COMMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf_access.h"
#include "common/conf_groups.h"
#include "common/name.h"
#include "common/outcome.h"
#include "common/text.h"

#define AW_CONF_FILE_MAX (64 * 1024)
#define AW_CONF_LINE_MAX 190
#define AW_CONF_LIST_MAX 64
#define AW_CONF_TEXT     192

struct aw_conf_list {
	size_t n;
	char item[AW_CONF_LIST_MAX][AW_CONF_TEXT];
};

enum aw_conf_enumerate {
	AW_ENUMERATE_ALLOWED,
	AW_ENUMERATE_ALL,
	AW_ENUMERATE_NO,
};
enum aw_conf_source {
	AW_SOURCE_IDENTITY_STORE,
	AW_SOURCE_SCIM,
	AW_SOURCE_PUBLISHED,
};
enum aw_conf_credentials {
	AW_CREDENTIALS_IMDS,
	AW_CREDENTIALS_FILE,
	AW_CREDENTIALS_CONTAINER,
	AW_CREDENTIALS_WEB_IDENTITY,
};
enum aw_conf_imds {
	AW_IMDS_IPV4,
	AW_IMDS_IPV6,
};
enum aw_conf_permission_sets {
	AW_PERMISSION_SETS_AUTO,
	AW_PERMISSION_SETS_NO,
};
enum aw_conf_qr {
	AW_QR_UTF8,
	AW_QR_ASCII,
	AW_QR_NO,
};

enum aw_conf_on_disable {
	AW_ON_DISABLE_DENY,
	AW_ON_DISABLE_END,
};

struct aw_conf {
	/* [identity-center] */
	char start_url[AW_CONF_TEXT];
	struct aw_conf_list regions; /* keyword "region", tried in order */
	char identity_store_id[AW_CONF_TEXT];
	char account[AW_CONF_TEXT];       /* "auto" or 12 digits */
	char identity_role[AW_CONF_TEXT]; /* "auto" or ACCOUNT/NAME */
	char saml_certificate_expires[AW_CONF_TEXT]; /* YYYY-MM-DD */
	/* [access], [service NAME]: nothing allowed means nobody */
	struct aw_conf_access access;
	/* [directory] */
	uint64_t source; /* enum aw_conf_source */
	uint64_t enumerate;
	uint64_t sweep_interval; /* seconds */
	uint64_t sweep_rate;     /* requests a second */
	uint64_t max_directory_age;
	uint64_t account_directory_age;
	struct aw_conf_list scope; /* empty: everybody */
	uint64_t permission_sets;
	uint64_t hints; /* 0 no, 1 yes */
	char scim_url[AW_CONF_TEXT];
	char scim_token_file[AW_CONF_TEXT];
	char scim_token_expires[AW_CONF_TEXT]; /* YYYY-MM-DD */
	uint64_t scim_on_login_host;
	char published_from[AW_CONF_TEXT]; /* a path or an https URL */
	char published_key[AW_CONF_TEXT];  /* Ed25519, 32 bytes in base64 */
	uint64_t published_interval;       /* seconds */
	/* [names] */
	bool domains_auto;
	struct aw_name_rules names;
	char home[AW_CONF_TEXT]; /* holds %u */
	char shell[AW_CONF_TEXT];
	char permission_set_group[AW_CONF_TEXT]; /* holds %s */
	/* [local_groups]: its keys are no keywords */
	struct aw_conf_groups local_groups;
	/* [session] */
	uint64_t keep_token;    /* seconds */
	uint64_t reuse;         /* seconds */
	uint64_t session_reuse; /* seconds, 0: never */
	uint64_t codes_per_host;
	uint64_t on_disable;
	uint64_t qr;
	/* [network] */
	char proxy[AW_CONF_TEXT];
	struct aw_conf_list no_proxy;
	char ca_bundle[AW_CONF_TEXT];
	char endpoint_url_sso_oidc[AW_CONF_TEXT];
	char endpoint_url_sso[AW_CONF_TEXT]; /* the portal */
	char endpoint_url_sts[AW_CONF_TEXT];
	char endpoint_url_identitystore[AW_CONF_TEXT];
	char endpoint_url_sso_admin[AW_CONF_TEXT];
	char endpoint_url_imds[AW_CONF_TEXT];
	uint64_t fips, dualstack;
	/* [credentials] */
	uint64_t credentials_source; /* enum aw_conf_credentials */
	char credentials_file[AW_CONF_TEXT];
	uint64_t imds_mode;
	char container_uri[AW_CONF_TEXT];
	char container_token_file[AW_CONF_TEXT];
	char web_identity_token_file[AW_CONF_TEXT];
	char web_identity_role_arn[AW_CONF_TEXT];
	char role_arn[AW_CONF_TEXT];
	char external_id[AW_CONF_TEXT];
	char role_session_name[AW_CONF_TEXT];
};

enum aw_conf_type {
	AW_CONF_STRING,
	AW_CONF_URL,  /* https, or http to loopback and link-local */
	AW_CONF_PATH, /* absolute */
	AW_CONF_LIST, /* repeat the key */
	AW_CONF_NUMBER,
	AW_CONF_SPAN, /* s, m, h, d */
	AW_CONF_CHOICE,
	AW_CONF_DOMAINS,
	AW_CONF_REGION,  /* a list */
	AW_CONF_REGIONS, /* the same list, by another keyword */
	AW_CONF_STORE,   /* an identity store id */
	AW_CONF_ACCOUNT, /* 12 digits, or auto */
	AW_CONF_ROLE,    /* ACCOUNT/PERMISSION-SET, or auto */
	AW_CONF_PROXY,   /* [http://]HOST[:PORT], without a password */
	AW_CONF_DATE,    /* YYYY-MM-DD */
	AW_CONF_KEY,     /* 32 bytes in base64 */
	AW_CONF_PLACE,   /* an absolute path, or an https URL */
	AW_CONF_PATTERN, /* a group name with one %s in it */
	AW_CONF_ARN,     /* of an IAM role */
	AW_CONF_EXTERNAL_ID,
	AW_CONF_SESSION,   /* a role session's name */
	AW_CONF_CONTAINER, /* where container credentials are */
	AW_CONF_RULE,      /* a line of the policy: min is enum aw_rule_kind,
			      max is 1 for one that denies */
};

struct aw_conf_keyword {
	const char *section;
	const char *keyword;
	enum aw_conf_type type;
	size_t offset;
	const char *fallback; /* as it would be written; NULL: unset */
	uint64_t min, max;    /* numbers and spans */
	const char *choices;  /* "allowed|all|no" */
	const char *help;     /* one sentence */
};
extern const struct aw_conf_keyword aw_conf_keywords[];
extern const size_t aw_conf_n_keywords;

/* inih's ini_parse_stream with its own types. */
typedef int aw_conf_ini_fn(char *(*reader)(char *, int, void *), void *stream,
    int (*handler)(void *, const char *, const char *, const char *),
    void *user);

/* All defaults. */
void aw_conf_init(struct aw_conf *conf);

/*
 * Parse the file text @text of @len bytes; @file is its name for messages.
 * Returns 0 with @ret whole; -EINVAL with @diag "file:line: key: what" and
 * @ret untouched: an unknown section or key, a bad value, a key given twice
 * that is no list, a line that the reader refuses.
 */
int aw_conf_parse(const char *text, size_t len, const char *file,
    aw_conf_ini_fn *ini, struct aw_conf *ret, struct aw_diag *diag) AW_MUST_USE;

/*
 * What must be there before a daemon may start (R3): start_url, a region, the
 * identity store id.  Returns 0, or -EINVAL with @diag naming the key.
 */
int aw_conf_require(
    const struct aw_conf *conf, struct aw_diag *diag) AW_MUST_USE;

/*
 * The value of @keyword in @conf as text: item @index of a list.  Returns 0,
 * AW_END (no such item, or unset), -EMSGSIZE.
 */
int aw_conf_show(const struct aw_conf *conf,
    const struct aw_conf_keyword *keyword, size_t index, char *buf,
    size_t size) AW_MUST_USE;

#endif
