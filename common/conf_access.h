/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access policy of awssso.conf: the lines of [access] and of sections
 * [service NAME], in the order of the file.  What they mean together:
 * awsssod/access.h.
 */
#ifndef AW_COMMON_CONF_ACCESS_H
#define AW_COMMON_CONF_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"

#define AW_CONF_ACCESS       "access"   /* the section for every service */
#define AW_CONF_SERVICE      "service " /* others begin so */
#define AW_CONF_SERVICE_SIZE 33
#define AW_CONF_SERVICES_MAX 16
#define AW_CONF_RULES_MAX    256
#define AW_CONF_RULE_TEXT    192
#define AW_CONF_PIN_SIZE     129
#define AW_CONF_ACCOUNT_SIZE 13
#define AW_CONF_ELSEWHERE    8 /* accounts that are not this host's */

enum aw_rule_kind {
	AW_RULE_USER,    /* Linux name, UserName or UserId */
	AW_RULE_GROUP,   /* DisplayName or GroupId */
	AW_RULE_SET,     /* a permission set's NAME, or ACCOUNT/NAME */
	AW_RULE_ACCOUNT, /* whoever holds any set there: "auto" or 12 digits */
	/* "yes" or "no", once in a section, and no line that lets anybody in or
	 * keeps anybody out: see aw_conf_access_key_first() */
	AW_RULE_KEY_FIRST,
	AW_RULE_GRACE, /* likewise, a span: see aw_conf_access_grace() */
};

/* A line that is a setting of its section. */
#define AW_RULE_IS_SETTING(kind) ((kind) >= AW_RULE_KEY_FIRST)
#define AW_CONF_GRACE_MAX        86400

struct aw_conf_rule {
	uint8_t service; /* 0: [access]; else 1 + the place of the service */
	uint8_t kind;    /* enum aw_rule_kind */
	bool deny;
	unsigned line; /* of the file; 0: not known */
	char text[AW_CONF_RULE_TEXT];
	/* Of a group: the GroupId that @text stands for from the moment it
	 * was first understood (awsssod/pins.h); "" before. */
	char pin[AW_CONF_PIN_SIZE];
	uint8_t elsewhere; /* 0: sets of this host's account; else 1 + the place
			      of the account that the text names */
	bool unread; /* a group that denies, and that has not been read yet */
};

struct aw_conf_access {
	size_t n_rules, n_services, n_elsewhere;
	struct aw_conf_rule rule[AW_CONF_RULES_MAX];
	char elsewhere[AW_CONF_ELSEWHERE][AW_CONF_ACCOUNT_SIZE];
	char service[AW_CONF_SERVICES_MAX][AW_CONF_SERVICE_SIZE];
};

/* The keyword of a rule: "allow_users". */
const char *aw_conf_rule_word(enum aw_rule_kind kind, bool deny);

/*
 * The section @name ("service sshd") is there, if only with nothing in it,
 * which allows that service to nobody.  Returns 0 with *@ret its number for
 * rules (0 when it is AW_CONF_ACCESS); AW_UNKNOWN when it is no such section;
 * -EINVAL with @diag: no name of a service, or one too many.
 */
int aw_conf_access_section(struct aw_conf_access *access, const char *name,
    uint8_t *ret, struct aw_diag *diag) AW_MUST_USE;

/* Of a line about sets, the set's name, without its account. */
const char *aw_conf_rule_set(const struct aw_conf_rule *rule);

/* Lines that name @account, 12 digits, are about this host's own. */
void aw_conf_access_at_home(struct aw_conf_access *access, const char *account);

/* Add a line; the account that its text names, if any, is found.  Returns 0, or
 * -EINVAL with @diag. */
int aw_conf_access_add(struct aw_conf_access *access,
    const struct aw_conf_rule *rule, struct aw_diag *diag) AW_MUST_USE;

/* What the section for the PAM service @name is numbered, 0 when it has none
 * of its own. */
uint8_t aw_conf_access_of(
    const struct aw_conf_access *access, const char *name);

/* Line number @index of @kind and @deny in section @service, or NULL. */
const struct aw_conf_rule *aw_conf_access_line(
    const struct aw_conf_access *access, uint8_t service,
    enum aw_rule_kind kind, bool deny, size_t index);

/* @rule as it stands in the file, behind its place there; cut off at @size.
 * Returns @buf. */
const char *aw_conf_rule_show(const struct aw_conf_access *access,
    const struct aw_conf_rule *rule, char *buf, size_t size);

/* Whether there is a line of @kind at all. */
bool aw_conf_access_has(
    const struct aw_conf_access *access, enum aw_rule_kind kind);

/* The line that says the setting @kind for the PAM service @name: of its own
 * section, else of [access]; NULL when neither has one. */
const struct aw_conf_rule *aw_conf_access_setting(
    const struct aw_conf_access *access, const char *name,
    enum aw_rule_kind kind);

/* Whether the PAM service @name wants a public key, or a session of the
 * person's, before a code; not, unless that is set. */
bool aw_conf_access_key_first(
    const struct aw_conf_access *access, const char *name);

/* For how many seconds the PAM service @name goes by the last proof while AWS
 * cannot be asked; likewise. */
uint64_t aw_conf_access_grace(
    const struct aw_conf_access *access, const char *name);

/* Whether there is a line that allows anything. */
bool aw_conf_access_allows(const struct aw_conf_access *access);

#endif
