/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso setup: the files as they are to be.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/conf_file.h"
#include "awssso/command.h"
#include "awssso/setup.h"
#include "awssso/setup_edit.h"
#include "awssso/setup_prove.h"
#include "common/file.h"
#include "common/paths.h"
#include "common/text.h"

#define CONF         "/etc/awssso/awssso.conf"
#define STAGE        AW_SETUP_DIR "/stage"
#define PROFILE      "/usr/share/pam-configs/awssso"
#define DROP_IN      "/etc/ssh/sshd_config.d/10-awssso.conf"
#define SUDOERS      "/etc/sudoers.d/awssso"
#define SETTINGS_MAX 8192

/* --- awssso.conf -----------------------------------------------------------
 */

/* The settings that no question is about, as they are. */
static int add_settings(const char *path, struct aw_buf *out)
{
	char text[SETTINGS_MAX];
	size_t len;
	int r;

	if (!*path)
		return 0;
	r = aw_file_read(path, (uid_t)-1, text, sizeof(text), &len);
	if (r != 0)
		return aw_setup_refuse(
		    "%s: %s", path, strerrordesc_np(r < 0 ? -r : ENOENT));
	aw_buf_str(out, "\n");
	aw_buf_add(out, text, len);
	return aw_buf_error(out);
}

static int write_conf(struct aw_setup *setup)
{
	struct aw_buf text = AW_BUF_INIT(AW_SETUP_FILE_MAX);
	struct aw_buf out = AW_BUF_INIT(AW_SETUP_FILE_MAX);
	int r;

	r = aw_tree_read(CONF, &text);
	if (r >= 0)
		r = aw_edit_conf(aw_buf_text(&text), &setup->answers, &out);
	if (r == 0)
		r = add_settings(setup->answers.text[AW_ANSWER_SETTINGS], &out);
	if (r == 0)
		r = aw_tree_write(CONF, &out, 0644);
	aw_buf_done(&text);
	aw_buf_done(&out);
	return r;
}

int aw_setup_stage_conf(struct aw_setup *setup)
{
	static struct aw_conf conf;
	int r;

	r = aw_tree_take(CONF);
	if (r < 0)
		return r;
	if (!setup->has_conf) {
		r = write_conf(setup);
		if (r != 0)
			return r;
	}
	/* It has said why. */
	return aw_conf_file_load(STAGE CONF, (uid_t)-1, &conf) == AW_EXIT_OK
		   ? 0
		   : AW_DENIED;
}

/* --- what logins go by -----------------------------------------------------
 */

/* An edit of a file that may be absent. */
typedef int edit_fn(const char *text, const struct aw_setup *setup,
    struct aw_buf *out, struct aw_diag *why);

static int edit_nsswitch(const char *text,
    const struct aw_setup *setup AW_UNUSED, struct aw_buf *out,
    struct aw_diag *why)
{
	return aw_edit_nsswitch(text, out, why);
}

static int edit_sudo(const char *text, const struct aw_setup *setup,
    struct aw_buf *out, struct aw_diag *why)
{
	return aw_edit_pam_sudo(
	    text, setup->answers.text[AW_ANSWER_SUDO_SET], out, why);
}

static int edit_sshd(const char *text, const struct aw_setup *setup AW_UNUSED,
    struct aw_buf *out, struct aw_diag *why)
{
	return aw_edit_pam_sshd(text, out, why);
}

static int edit(const char *path, edit_fn *fn, const struct aw_setup *setup)
{
	struct aw_buf text = AW_BUF_INIT(AW_SETUP_FILE_MAX);
	struct aw_buf out = AW_BUF_INIT(AW_SETUP_FILE_MAX);
	struct aw_diag why = { .text = "" };
	int r;

	r = aw_tree_read(path, &text);
	if (r == 0)
		r = fn(aw_buf_text(&text), setup, &out, &why);
	if (r == 0)
		r = aw_tree_write(path, &out, 0644);
	else if (r == AW_ABSENT)
		r = 0;
	aw_buf_done(&text);
	aw_buf_done(&out);
	return r == AW_DENIED ? aw_setup_refuse("%s", why.text) : r;
}

/* Debian's own tool, on the staged files. */
static int stage_pam(void)
{
	static const char *const argv[] = { "/usr/sbin/pam-auth-update",
		"--root", STAGE, "--enable", "awssso", NULL };
	struct aw_buf said = AW_BUF_INIT(65536);
	int r;

	if (access(argv[0], X_OK) < 0)
		return aw_setup_refuse(
		    "there is no pam-auth-update here; setup knows no other "
		    "way yet. On RHEL and its kin follow the README: "
		    "authselect select awssso");
	if (access(PROFILE, R_OK) < 0)
		return aw_setup_refuse(PROFILE " is missing: the package "
					       "libpam-awssso (or make "
					       "install) brings it");
	r = aw_child_run(argv, 60, &said);
	if (r > 0)
		r = aw_setup_refuse("pam-auth-update: %s", aw_buf_text(&said));
	aw_buf_done(&said);
	return r;
}

/* sshd's prompts, and no password where there was none. */
static int stage_sshd(const struct aw_setup *setup)
{
	struct aw_buf text = AW_BUF_INIT(4096);
	struct aw_diag why = { .text = "" };
	char password[16], keyboard[16];
	int r;

	r = aw_prove_sshd(
	    false, "passwordauthentication", password, sizeof(password), &why);
	if (r == 0)
		r = aw_prove_sshd(false, "kbdinteractiveauthentication",
		    keyboard, sizeof(keyboard), &why);
	if (r == AW_DENIED)
		return aw_setup_refuse("%s", why.text);
	if (r < 0 || !*keyboard)
		return r;
	if (!strcmp(password, "no") && !strcmp(keyboard, "no"))
		r = edit("/etc/pam.d/sshd", edit_sshd, setup);
	if (r == 0)
		r = aw_edit_sshd_drop_in(&text);
	if (r == 0)
		r = aw_tree_write(DROP_IN, &text, 0644);
	aw_buf_done(&text);
	return r;
}

static int stage_sudo(const struct aw_setup *setup)
{
	const char *set = setup->answers.text[AW_ANSWER_SUDO_SET];
	struct aw_buf text = AW_BUF_INIT(4096);
	int r;

	if (!*set)
		return 0;
	r = edit("/etc/pam.d/sudo", edit_sudo, setup);
	if (r == 0)
		r = edit("/etc/pam.d/sudo-i", edit_sudo, setup);
	if (r == 0)
		r = aw_edit_sudoers(set, &text);
	if (r == 0)
		r = aw_tree_write(SUDOERS, &text, 0440);
	aw_buf_done(&text);
	return r;
}

int aw_setup_stage_logins(struct aw_setup *setup)
{
	static const char *const taken[] = { "/etc/nsswitch.conf", "/etc/pam.d",
		"/etc/ssh/sshd_config.d", "/etc/sudoers.d",
		"/usr/share/pam-configs", "/var/lib/pam" };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < sizeof(taken) / sizeof(taken[0]); i++)
		r = aw_tree_take(taken[i]);
	if (r >= 0)
		r = edit("/etc/nsswitch.conf", edit_nsswitch, setup);
	if (r == 0)
		r = stage_pam();
	if (r == 0)
		r = stage_sudo(setup);
	if (r == 0)
		r = stage_sshd(setup);
	return r;
}
