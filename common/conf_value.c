/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form of values.
 */
#include "common/conf_value.h"

#include <string.h>
#include <time.h>

/* http is for loopback and AWS's link-local addresses only: whatever else
 * speaks it could be anybody.  What ends with a dot is a prefix. */
static const char *const local_hosts[] = { "localhost", "127.", "[::1]",
	"169.254.", "[fd00:ec2::254]", NULL };
static const char *const container_hosts[] = { "localhost", "127.", "[::1]",
	"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", NULL };

static bool is_one_of(const char *host, size_t len, const char *const *hosts)
{
	for (; *hosts; hosts++) {
		const size_t n = strlen(*hosts);
		const bool prefix = (*hosts)[n - 1] == '.';

		if (len < n || memcmp(host, *hosts, n) != 0)
			continue;
		if (prefix ? strspn(host, "0123456789.") >= len : len == n)
			return true;
	}
	return false;
}

/* An https URL, or one of http to one of @hosts. */
static bool is_url(const char *value, const char *const *hosts)
{
	const bool https = !strncmp(value, "https://", 8);
	const char *host = value + (https ? 8 : 7);
	size_t len = strcspn(host, "/?#");

	if (!https && strncmp(value, "http://", 7) != 0)
		return false;
	if (len == 0 || memchr(host, '@', len) || strpbrk(value, " \t\"\\<>"))
		return false;
	if (host[0] == '[')
		len = strcspn(host, "]") + 1;
	else
		len = strcspn(host, ":/?#");
	return https || is_one_of(host, len, hosts);
}

static bool is_made_of(
    const char *text, size_t min, size_t max, const char *set)
{
	const size_t len = strlen(text);

	return len >= min && len <= max && strspn(text, set) == len;
}

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define NAME   LOWER UPPER DIGITS "_+=,.@-" /* as IAM names things */

static bool is_account(const char *value)
{
	return is_made_of(value, 12, 12, DIGITS);
}

/* ACCOUNT/NAME, the name as permission sets are named. */
static bool is_role(const char *value)
{
	char account[13];

	if (strlen(value) < 14 || value[12] != '/')
		return false;
	memcpy(account, value, 12);
	account[12] = '\0';
	return is_account(account) && is_made_of(value + 13, 1, 32, NAME);
}

static bool is_region(const char *value)
{
	return is_made_of(value, 5, 32, LOWER DIGITS "-") && strchr(value, '-');
}

/* The form AWS has today is d- and ten hex digits, older ones are UUIDs. */
static bool is_store(const char *value)
{
	return is_made_of(value, 1, 36, LOWER UPPER DIGITS "-");
}

static bool is_proxy(const char *value)
{
	const char *host = value;
	size_t len;

	if (!strncmp(host, "http://", 7))
		host += 7;
	else if (!strncmp(host, "https://", 8))
		host += 8;
	len = strcspn(host, ":/");
	if (host[0] == '[')
		len = strcspn(host, "]") + 1;
	if (len == 0 || strpbrk(host, "@ \t\"\\<>?#"))
		return false;
	host += len;
	if (*host == ':' && strspn(host + 1, DIGITS) == 0)
		return false;
	host += *host == ':' ? 1 + strspn(host + 1, DIGITS) : 0;
	return *host == '\0' || !strcmp(host, "/");
}

/* A day that can be: months of up to 31 days will do to warn by. */
static bool is_date(const char *value)
{
	uint64_t month, day;
	char part[3] = "";

	if (strlen(value) != 10 || value[4] != '-' || value[7] != '-' ||
	    strspn(value, DIGITS) != 4)
		return false;
	memcpy(part, value + 5, 2);
	if (aw_num_u64(part, 0, 99, &month) != 0)
		return false;
	return aw_num_u64(value + 8, 1, 31, &day) == 0 && month >= 1 &&
	       month <= 12;
}

bool aw_conf_value_day(const char *value, uint64_t *ret)
{
	struct tm day = { 0 };
	time_t at;

	if (!is_date(value) || !strptime(value, "%Y-%m-%d", &day))
		return false;
	at = timegm(&day);
	*ret = at > 0 ? (uint64_t)at : 0;
	return true;
}

/* 43 characters of base64 and one '=': 32 bytes. */
static bool is_key(const char *value)
{
	return strlen(value) == 44 && value[43] == '=' &&
	       strspn(value, LOWER UPPER DIGITS "+/") == 43;
}

static bool is_place(const char *value)
{
	return value[0] == '/' ? aw_name_is_path(value, strlen(value))
			       : is_url(value, local_hosts);
}

static bool is_pattern(const char *value)
{
	char name[AW_NAME_SIZE];

	return aw_name_of_set(value, "x", name, NULL) == 0;
}

/* Also held against what the environment says, so every byte counts. */
static bool is_container_uri(const char *value)
{
	for (const char *c = value; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"\\<>#", *c))
			return false;
	return value[0] == '/' ? value[1] != '\0'
			       : is_url(value, container_hosts);
}

/* arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME */
static bool is_role_arn(const char *value)
{
	char account[13];
	const char *rest;

	if (strncmp(value, "arn:aws", 7) != 0)
		return false;
	rest = value + 7 + strspn(value + 7, LOWER "-");
	if (strncmp(rest, ":iam::", 6) != 0 || strlen(rest) < 25)
		return false;
	memcpy(account, rest + 6, 12);
	account[12] = '\0';
	return is_account(account) && !strncmp(rest + 18, ":role/", 6) &&
	       is_made_of(rest + 24, 1, 577, NAME "/");
}

static bool is_any_url(const char *value)
{
	return is_url(value, local_hosts);
}

static bool is_abs_path(const char *value)
{
	return aw_name_is_path(value, strlen(value));
}

static bool is_auto(const char *value)
{
	return strcmp(value, "auto") == 0;
}

static bool is_account_or_auto(const char *value)
{
	return is_auto(value) || is_account(value);
}

static bool is_role_or_auto(const char *value)
{
	return is_auto(value) || is_role(value);
}

static bool is_external_id(const char *value)
{
	return is_made_of(value, 2, 1224, NAME ":/");
}

static bool is_session(const char *value)
{
	return is_made_of(value, 2, 64, NAME);
}

const char *aw_conf_value_wrong(enum aw_conf_type type, const char *value)
{
	static const struct {
		enum aw_conf_type type;
		bool (*fits)(const char *value);
		const char *form;
	} forms[] = {
		{ AW_CONF_URL, is_any_url,
		    "an https URL (http only to loopback)" },
		{ AW_CONF_PATH, is_abs_path, "an absolute path" },
		{ AW_CONF_REGION, is_region, "a region" },
		{ AW_CONF_REGIONS, is_region, "a region" },
		{ AW_CONF_STORE, is_store, "an identity store id" },
		{ AW_CONF_ACCOUNT, is_account_or_auto, "auto or 12 digits" },
		{ AW_CONF_ROLE, is_role_or_auto,
		    "auto or ACCOUNT/PERMISSION-SET" },
		{ AW_CONF_PROXY, is_proxy, "[http://]HOST[:PORT]" },
		{ AW_CONF_DATE, is_date, "a day, YYYY-MM-DD" },
		{ AW_CONF_KEY, is_key, "32 bytes in base64 (44 characters)" },
		{ AW_CONF_PLACE, is_place, "an absolute path or an https URL" },
		{ AW_CONF_PATTERN, is_pattern,
		    "a group name with one %s in it" },
		{ AW_CONF_ARN, is_role_arn,
		    "a role's ARN (arn:aws:iam::ACCOUNT:role/NAME)" },
		{ AW_CONF_EXTERNAL_ID, is_external_id,
		    "2 characters or more of A-Z a-z 0-9 _+=,.@:/-" },
		{ AW_CONF_SESSION, is_session,
		    "2 to 64 characters of A-Z a-z 0-9 _+=,.@-" },
		{ AW_CONF_CONTAINER, is_container_uri,
		    "a path, or an https URL (http only to loopback and AWS's "
		    "container addresses)" },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].type == type)
			return forms[i].fits(value) ? NULL : forms[i].form;
	return NULL;
}
