/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso snapshot build: a snapshot from a fixture, without a daemon.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "awssso/assign.h"
#include "awssso/commands.h"
#include "awssso/digest.h"
#include "awssso/fixture.h"
#include "awssso/replace.h"
#include "common/own.h"
#include "common/snapshot_write.h"

#define SHELL "/bin/bash"

static void report_skip(const struct aw_principal *principal, const char *why)
{
	char label[256], text[512];

	if (aw_fmt(text, sizeof(text), "skipped %s (%s)",
		aw_text_escape(label, sizeof(label), principal->label),
		principal->id) == 0)
		(void)aw_complain(text, why);
}

/* @display without what a passwd line cannot hold. */
static char *gecos_of(const char *display)
{
	char *gecos = strdup(display);

	for (char *p = gecos; p && *p; p++)
		if (*p == ':')
			*p = ' ';
	return gecos;
}

static int add_user(
    struct aw_snapw *writer, struct aw_principal *one, struct aw_diag *diag)
{
	aw_own_free char *gecos = gecos_of(one->display);
	char home[AW_NAME_SIZE + 8];
	const struct aw_snapw_user user = {
		.principal_id = one->id,
		.user_name = one->label,
		.name = one->name,
		.gecos = gecos,
		.home = home,
		.shell = SHELL,
		.id = one->posix_id,
		.flags = AW_SNAP_ENUM | (one->disabled ? AW_SNAP_DISABLED : 0),
	};

	if (!gecos)
		return -ENOMEM;
	if (aw_fmt(home, sizeof(home), "/home/%s", one->name) < 0)
		return -EMSGSIZE;
	return aw_snapw_add_user(writer, &user, &one->index, diag);
}

static int add_group(struct aw_snapw *writer, const struct aw_fixture *fixture,
    struct aw_principal *one, struct aw_diag *diag)
{
	const struct aw_snapw_group group = {
		.principal_id = one->id,
		.name = one->name,
		.id = one->posix_id,
		.flags = AW_SNAP_ENUM,
		.display = aw_text_is_clean(one->label, strlen(one->label))
			       ? one->label
			       : NULL,
	};
	const size_t n =
	    one->members ? json_object_array_length(one->members) : 0;
	int r;

	r = aw_snapw_add_group(writer, &group, &one->index, diag);
	for (size_t i = 0; i < n && r == 0; i++) {
		const struct aw_principal *user = aw_fixture_user(
		    fixture, json_object_get_string(
				 json_object_array_get_idx(one->members, i)));

		if (user && user->name[0])
			r = aw_snapw_add_member(
			    writer, one->index, user->index);
	}
	return r;
}

static int add_all(
    struct aw_snapw *writer, struct aw_fixture *fixture, struct aw_diag *diag)
{
	int r = 0;

	for (size_t i = 0; i < fixture->n_users && r == 0; i++)
		if (fixture->users[i].name[0])
			r = add_user(writer, &fixture->users[i], diag);
	for (size_t i = 0; i < fixture->n_groups && r == 0; i++)
		if (fixture->groups[i].name[0])
			r = add_group(
			    writer, fixture, &fixture->groups[i], diag);
	return r;
}

struct output {
	struct aw_snapw *writer;
	struct aw_diag *diag;
};

static int fill(int fd, void *user)
{
	const struct output *output = user;

	if (fchmod(fd, 0644) < 0)
		return -errno;
	return aw_snapw_write(output->writer, fd, output->diag);
}

static void writer_done(struct aw_snapw **writer)
{
	aw_snapw_free(*writer);
}

static int build(
    struct aw_fixture *fixture, const char *path, struct aw_diag *diag)
{
	aw_own(writer_done) struct aw_snapw *writer = NULL;
	const struct aw_snapw_head head = {
		.store_id = fixture->store_id,
		.generation = 1,
		.created = (uint64_t)time(NULL),
	};
	int r;

	r = aw_snapw_new(&head, &writer);
	if (r < 0)
		aw_diag_set(diag, "identity_store_id: cannot be used");
	if (r == 0)
		r = aw_assign(fixture, aw_digest_sha256, report_skip);
	if (r == 0)
		r = add_all(writer, fixture, diag);
	if (r != 0)
		return r;
	return aw_replace(
	    path, fill, &(struct output){ .writer = writer, .diag = diag });
}

static int run(const struct aw_args *args)
{
	aw_own(aw_fixture_done) struct aw_fixture fixture = { 0 };
	struct aw_diag diag = { 0 };
	int r;

	r = aw_fixture_read(args->operand[0], &fixture, &diag);
	if (r < 0)
		return aw_complain(args->operand[0], diag.text);
	r = build(&fixture, args->operand[1], &diag);
	if (r < 0)
		return aw_complain(args->operand[1],
		    diag.text[0] ? diag.text : strerrordesc_np(-r));
	return AW_EXIT_OK;
}

const struct aw_command aw_command_snapshot_build = {
	.name = "snapshot build",
	.operands = "FIXTURE OUT",
	.min = 2,
	.max = 2,
	.help = "Make a snapshot from a directory in a JSON file.\n\n"
		"FIXTURE has identity_store_id, users (UserId, UserName, "
		"DisplayName, UserStatus) and\ngroups (GroupId, DisplayName, "
		"Members).  Who cannot have an account is named on stderr.\n"
		"OUT is replaced as a whole, or left alone.",
	.run = run,
};
