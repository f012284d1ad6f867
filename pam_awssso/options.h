/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words behind pam_awssso.so in a service file.
 */
#ifndef AW_PAM_AWSSSO_OPTIONS_H
#define AW_PAM_AWSSSO_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"

#define AW_PAM_REUSE_UNSET UINT64_MAX
#define AW_PAM_REUSE_MAX   (8u * 3600)

enum aw_pam_prompt {
	AW_PAM_PROMPT_AUTO,  /* by the service's name */
	AW_PAM_PROMPT_ENTER, /* the person presses Enter when it is done */
	AW_PAM_PROMPT_POLL,  /* text only, the module waits by itself */
};

struct aw_pam_options {
	char permission_set[33]; /* "": none is asked for */
	char account[13];        /* "": the configured one */
	uint64_t reuse;          /* seconds, or AW_PAM_REUSE_UNSET */
	bool age_is_said;        /* by reuse or by reauth */
	enum aw_pam_prompt prompt;
	bool debug;
};

struct aw_pam_option {
	const char *name;
	const char *value; /* what the value looks like; NULL: has none */
	const char *help;  /* one sentence */
	/* 0, -EINVAL, or -EEXIST when another option has said it already. */
	int (*set)(struct aw_pam_options *options, const char *value);
};
/* Every option there is; the manual page is checked against it. */
extern const struct aw_pam_option aw_pam_option_table[];
extern const size_t aw_pam_n_options;

/*
 * Returns 0, or -EINVAL with @diag naming the word that is unknown, malformed,
 * there twice or against another one, and @ret untouched.
 */
int aw_pam_options_parse(int argc, const char **argv,
    struct aw_pam_options *ret, struct aw_diag *diag) AW_MUST_USE;

#endif
