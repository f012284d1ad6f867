/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso ids adopt and awssso ids rename.
 *
 * What the NSS module would not show by itself, an id or a home outside of
 * what it allows, root allows here: by what was typed and what /etc/passwd
 * has, never by what awsssod answers.
 */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "awssso/commands.h"
#include "awssso/ids_allow.h"
#include "awssso/talk.h"
#include "common/id.h"
#include "common/name.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"

#define HOME_SIZE  257
#define PATIENCE_S 30

enum {
	HOME,
	LIMITS,
	RUN_DIR,
	PASSWD,
};

static const char *path_of(
    const struct aw_args *args, int option, const char *usual)
{
	return args->option[option] ? args->option[option] : usual;
}

/* --- nss.limits ------------------------------------------------------------
 */

/* What @id (0: none) and @home ("": the usual one) need, before anything is
 * changed. */
static int prepare(const struct aw_args *args, uint64_t id, const char *home,
    struct aw_ids_allow *ret)
{
	int r;

	if (*home && !aw_name_is_path(home, strlen(home)))
		return aw_complain(home, "no usable home");
	r = aw_ids_allow_begin(ret, args->option[LIMITS]);
	if (r == AW_EXIT_OK)
		r = aw_ids_allow_id(ret, id);
	return r == AW_EXIT_OK ? aw_ids_allow_home(ret, home) : r;
}

/* --- awsssod ---------------------------------------------------------------
 */

struct question {
	uint16_t type;
	const char *who, *new_name, *home;
	uint64_t id;
};

static int take_answer(const struct aw_talk *talk)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);

	if (!text)
		return aw_complain("out of memory", NULL);
	if (net == AW_NET_OK) {
		printf("%s\n", text);
		return AW_EXIT_OK;
	}
	(void)aw_complain(*text ? text : aw_net_word(net), NULL);
	return net == AW_NET_NOT_FOUND ? AW_EXIT_NOT_FOUND : AW_EXIT_FAILED;
}

static int ask(const struct aw_args *args, const struct question *question)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;

	if (aw_talk_begin(
		&talk, args->option[RUN_DIR], "ctl.sock", question->type) < 0)
		return AW_EXIT_UNREACHABLE;
	aw_wire_put_text(&talk.out, AW_TAG_USER, question->who);
	aw_wire_put_text(&talk.out, AW_TAG_NEW_USER, question->new_name);
	if (question->id)
		aw_wire_put_num(&talk.out, AW_TAG_POSIX_ID, question->id);
	if (*question->home)
		aw_wire_put_text(&talk.out, AW_TAG_HOME, question->home);
	if (aw_talk_ask(&talk) < 0 || aw_talk_next(&talk, PATIENCE_S) < 0)
		return AW_EXIT_UNREACHABLE;
	return talk.in.type == AW_MSG_DONE ? take_answer(&talk)
					   : aw_talk_odd(&talk);
}

/* First whether it could be allowed, then the ledger, then allow it: nothing
 * is allowed that is not so. */
static int change(const struct aw_args *args, const struct question *question)
{
	struct aw_ids_allow allowed;
	int r;

	r = prepare(args, question->id, question->home, &allowed);
	if (r == AW_EXIT_OK)
		r = ask(args, question);
	return r == AW_EXIT_OK ? aw_ids_allow_write(&allowed) : r;
}

/* --- adopt -----------------------------------------------------------------
 */

struct account {
	char name[65];
	char home[HOME_SIZE]; /* "": it is not there */
};

static void file_done(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

/* The account of this host that has @id; its name is "" when there is none. */
static void find_account(
    const struct aw_args *args, uint64_t id, struct account *ret)
{
	aw_own(file_done) FILE *file =
	    fopen(path_of(args, PASSWD, "/etc/passwd"), "re");
	struct passwd *entry;
	struct stat st;

	*ret = (struct account){ .name = "" };
	while (file && (entry = fgetpwent(file))) {
		if (entry->pw_uid != id)
			continue;
		if (aw_copy(ret->name, sizeof(ret->name), entry->pw_name) < 0 ||
		    stat(entry->pw_dir, &st) < 0 || !S_ISDIR(st.st_mode))
			return;
		aw_ignore(aw_copy(ret->home, sizeof(ret->home), entry->pw_dir));
		return;
	}
}

static int run_adopt(const struct aw_args *args)
{
	struct question question = { .type = AW_MSG_IDS_ADOPT,
		.who = args->operand[0] };
	struct account account;
	int r;

	if (aw_num_u64(args->operand[1], 1000, AW_ID_MAX, &question.id) < 0) {
		(void)aw_complain(
		    args->operand[1], "an id is a number, 1000 or more");
		return AW_EXIT_USAGE;
	}
	find_account(args, question.id, &account);
	question.home = path_of(args, HOME, account.home);
	r = change(args, &question);
	if (r == AW_EXIT_OK && *account.name)
		printf("Now remove the local account, not its home: userdel "
		       "%s\n",
		    account.name);
	if (r == AW_EXIT_OK)
		printf("Then: awssso sync\n");
	return r;
}

const struct aw_command aw_command_ids_adopt = {
	.name = "ids adopt",
	.operands = "NAME ID",
	.min = 2,
	.max = 2,
	.help =
	    "Let a person of the directory keep the id of a local account "
	    "(root).\n\n"
	    "NAME is the Linux name, the UserName or the principal id of "
	    "somebody who has\nno id yet, as long as the local account is in "
	    "the way.  It is for life.  The\nhome of the local account is "
	    "kept, when it exists.  What the NSS module has to\nallow for it "
	    "is written to " AW_PATH_LIMITS ".",
	.options = {
		[HOME] = { "--home", "DIR",
		    "Another home than that of the local account." },
		[LIMITS] = { "--limits", "FILE",
		    "Work on this instead of " AW_PATH_LIMITS "." },
		[RUN_DIR] = AW_TALK_OPTION,
		[PASSWD] = { "--passwd", "FILE",
		    "Accounts instead of /etc/passwd." },
	},
	.run = run_adopt,
};

/* --- rename ----------------------------------------------------------------
 */

static int run_rename(const struct aw_args *args)
{
	const struct question question = { .type = AW_MSG_IDS_RENAME,
		.who = args->operand[0],
		.new_name = args->operand[1],
		.home = path_of(args, HOME, "") };

	if (aw_name_judge(question.new_name, true) == 0)
		return aw_complain(
		    question.new_name, "can be nobody's name here");
	return change(args, &question);
}

const struct aw_command aw_command_ids_rename = {
	.name = "ids rename",
	.operands = "NAME NEW",
	.min = 2,
	.max = 2,
	.help =
	    "Give a person, a group or a permission set another Linux name "
	    "(root).\n\n"
	    "NAME is the Linux name or the principal id.  The id stays; so "
	    "does the old\nname, which only the same one can take back, "
	    "unless it has left the directory:\nthen its name is free for "
	    "others.  A person's home becomes that of the new\nname; the "
	    "folder itself is yours to move, while they are logged out.",
	.options = {
		[HOME] = { "--home", "DIR", "That home, for instance the old "
					    "one." },
		[LIMITS] = { "--limits", "FILE",
		    "Work on this instead of " AW_PATH_LIMITS "." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run_rename,
};
