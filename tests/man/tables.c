/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tables: what the manual pages must say, from the tables that the programs
 * work by.  One row a line, fields separated by tabs:
 *
 *   section NAME                      of awssso.conf
 *   keyword SECTION NAME FORM LIMITS DEFAULT
 *   command NAME OPERANDS
 *   option COMMAND NAME VALUE
 *   pam NAME VALUE
 *   code SITUATION AUTH ACCOUNT SETCRED CHAUTHTOK SESSION
 *   nss SITUATION STATUS ERRNO
 *   denial EVENT VERDICT              of awsssod's catalogue
 *
 * What a row does not have is "-".
 */
#include <errno.h>
#include <inttypes.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <string.h>

#include "awssso/command.h"
#include "awsssod/catalogue.h"
#include "common/conf.h"
#include "common/proto.h"
#include "nss_awssso/ask.h"
#include "pam_awssso/code.h"
#include "pam_awssso/options.h"

static const char *or_none(const char *text)
{
	return text && *text ? text : "-";
}

/* --- awssso.conf ------------------------------------------------------- */

static const char *form_of_rule(uint64_t kind)
{
	switch ((enum aw_rule_kind)kind) {
	case AW_RULE_USER:
		return "person";
	case AW_RULE_GROUP:
		return "group";
	case AW_RULE_SET:
		return "permission-set";
	case AW_RULE_ACCOUNT:
		return "account";
	case AW_RULE_KEY_FIRST:
		return "no|yes";
	case AW_RULE_GRACE:
		return "time";
	}
	return "?";
}

static const char *form_of(const struct aw_conf_keyword *key)
{
	switch (key->type) {
	case AW_CONF_STRING:
	case AW_CONF_LIST:
		return "text";
	case AW_CONF_URL:
		return "URL";
	case AW_CONF_PATH:
		return "path";
	case AW_CONF_NUMBER:
		return "number";
	case AW_CONF_SPAN:
		return "time";
	case AW_CONF_CHOICE:
		return key->choices;
	case AW_CONF_DOMAINS:
		return "domains";
	case AW_CONF_REGION:
		return "region";
	case AW_CONF_REGIONS:
		return "regions";
	case AW_CONF_STORE:
		return "store-id";
	case AW_CONF_ACCOUNT:
		return "account";
	case AW_CONF_ROLE:
		return "account/permission-set";
	case AW_CONF_PROXY:
		return "proxy";
	case AW_CONF_DATE:
		return "date";
	case AW_CONF_KEY:
		return "key";
	case AW_CONF_PLACE:
		return "path|URL";
	case AW_CONF_PATTERN:
		return "pattern";
	case AW_CONF_ARN:
		return "ARN";
	case AW_CONF_EXTERNAL_ID:
		return "external-id";
	case AW_CONF_SESSION:
		return "session-name";
	case AW_CONF_CONTAINER:
		return "URI";
	case AW_CONF_RULE:
		return form_of_rule(key->min);
	}
	return "?";
}

static bool is_repeatable(const struct aw_conf_keyword *key)
{
	return key->type == AW_CONF_LIST || key->type == AW_CONF_REGION ||
	       key->type == AW_CONF_REGIONS || key->type == AW_CONF_DOMAINS ||
	       (key->type == AW_CONF_RULE && !AW_RULE_IS_SETTING(key->min));
}

/* As it would be written: "15m". */
static void print_span(uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };

	if (seconds == 0)
		printf("0");
	for (size_t i = 0; seconds > 0; i++)
		if (seconds % units[i].seconds == 0 &&
		    seconds != units[i].seconds * (units[i].unit == 'd')) {
			printf("%" PRIu64 "%c", seconds / units[i].seconds,
			    units[i].unit);
			return;
		}
}

static void print_limits(const struct aw_conf_keyword *key)
{
	const bool is_grace =
	    key->type == AW_CONF_RULE && key->min == AW_RULE_GRACE;

	if (key->type == AW_CONF_NUMBER) {
		printf("%" PRIu64 " to %" PRIu64, key->min, key->max);
	} else if (key->type == AW_CONF_SPAN || is_grace) {
		print_span(is_grace ? 0 : key->min);
		printf(" to ");
		print_span(is_grace ? AW_CONF_GRACE_MAX : key->max);
	} else {
		printf("%s", is_repeatable(key) ? "repeatable" : "-");
	}
}

static void print_conf(void)
{
	const char *section = "";

	for (size_t i = 0; i < aw_conf_n_keywords; i++) {
		const struct aw_conf_keyword *key = &aw_conf_keywords[i];

		if (strcmp(section, key->section) != 0)
			printf("section\t%s\n", key->section);
		section = key->section;
		printf("keyword\t%s\t%s\t%s\t", key->section, key->keyword,
		    form_of(key));
		print_limits(key);
		printf("\t%s\n", or_none(key->fallback));
	}
	printf(
	    "section\t%sNAME\nsection\t%s\n", AW_CONF_SERVICE, AW_CONF_GROUPS);
}

/* --- awssso ------------------------------------------------------------ */

static void print_commands(void)
{
	for (size_t i = 0; i < aw_n_commands; i++) {
		const struct aw_command *command = aw_commands[i];

		printf("command\t%s\t%s\n", command->name,
		    or_none(command->operands));
		for (int k = 0; k < AW_OPTIONS_MAX && command->options[k].name;
		     k++)
			printf("option\t%s\t%s\t%s\n", command->name,
			    command->options[k].name,
			    or_none(command->options[k].value));
	}
}

/* --- the modules ------------------------------------------------------- */

static const char *pam_name(int code)
{
	switch (code) {
	case PAM_SUCCESS:
		return "SUCCESS";
	case PAM_IGNORE:
		return "IGNORE";
	case PAM_USER_UNKNOWN:
		return "USER_UNKNOWN";
	case PAM_AUTH_ERR:
		return "AUTH_ERR";
	case PAM_PERM_DENIED:
		return "PERM_DENIED";
	case PAM_SESSION_ERR:
		return "SESSION_ERR";
	case PAM_MAXTRIES:
		return "MAXTRIES";
	case PAM_ACCT_EXPIRED:
		return "ACCT_EXPIRED";
	case PAM_AUTHINFO_UNAVAIL:
		return "AUTHINFO_UNAVAIL";
	case PAM_CONV_ERR:
		return "CONV_ERR";
	case PAM_SERVICE_ERR:
		return "SERVICE_ERR";
	case PAM_BUF_ERR:
		return "BUF_ERR";
	default:
		return "?";
	}
}

static void print_pam(void)
{
	for (size_t i = 0; i < aw_pam_n_options; i++)
		printf("pam\t%s\t%s\n", aw_pam_option_table[i].name,
		    or_none(aw_pam_option_table[i].value));
	for (int row = 0; row < AW_PAM_ROWS; row++) {
		printf("code\t%s", aw_pam_row_word((enum aw_pam_row)row));
		for (int phase = 0; phase < AW_PAM_PHASES; phase++)
			printf("\t%s",
			    pam_name(aw_pam_code_of((enum aw_pam_phase)phase,
				(enum aw_pam_row)row)));
		printf("\n");
	}
}

static const char *nss_name(enum nss_status status)
{
	switch (status) {
	case NSS_STATUS_SUCCESS:
		return "SUCCESS";
	case NSS_STATUS_NOTFOUND:
		return "NOTFOUND";
	case NSS_STATUS_UNAVAIL:
		return "UNAVAIL";
	case NSS_STATUS_TRYAGAIN:
		return "TRYAGAIN";
	default:
		return "?";
	}
}

static void print_nss(void)
{
	static const struct {
		const char *situation;
		int r;
	} rows[] = {
		{ "the record is shown", 0 },
		{ "there is none, or it may not be shown", AW_UNKNOWN },
		{ "there is no snapshot", AW_ABSENT },
		{ "the snapshot is damaged", -EIO },
		{ "its place could be another's", -EPERM },
		{ "it is of an unknown version", -EPROTO },
		{ "the caller's buffer is too small", -ERANGE },
		{ "another thread is enumerating", -EAGAIN },
		{ "out of memory", -ENOMEM },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int error = 0;
		const enum nss_status status =
		    aw_nss_status_of(rows[i].r, &error);

		printf("nss\t%s\t%s\t%s\n", rows[i].situation, nss_name(status),
		    error ? strerrorname_np(error) : "-");
	}
}

static void print_denials(void)
{
	for (int say = 0; say < AW_SAY_COUNT_; say++)
		if (aw_say_verdict((enum aw_say)say) != AW_VERDICT_ALLOW)
			printf("denial\t%s\t%s\n",
			    aw_say_event((enum aw_say)say),
			    aw_verdict_word(aw_say_verdict((enum aw_say)say)));
}

int main(void)
{
	print_conf();
	print_commands();
	print_pam();
	print_nss();
	print_denials();
	return fflush(stdout) != 0;
}
