/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An administrator at ctl.sock of a host where alice is a local account too,
 * and what the ledger and the snapshot say afterwards.
 */
#ifndef AW_TESTS_UNIT_AWSSSOD_ADMIN_H
#define AW_TESTS_UNIT_AWSSSOD_ADMIN_H

#include "tests/unit/awsssod/fake.h"

#define ADOPT  AW_MSG_IDS_ADOPT
#define RENAME AW_MSG_IDS_RENAME

/* A daemon that has read @directory; the groups frank and staff2 are this
 * host's, too. */
struct fake *admin_start(const struct fake_directory *directory);
int admin_tear_down(void **state);

/* The host's alice is gone. */
void no_local_alice(struct fake *fake);

/* Nothing runs any more. */
void settle(struct fake *fake);
/* A sweep that may lose what it wants, until nothing runs any more. */
void sync_with(struct fake *fake, const struct fake_directory *directory);

struct question {
	uint16_t type;
	const char *who;
	uint64_t id;
	const char *new_name, *home;
	uint64_t net;
	const char *says; /* is part of the answer */
};
void ask(struct fake *fake, const struct question *question);

struct import_row {
	const char *principal, *name, *home;
	uint64_t kind, id; /* kind 0: what it gave up */
};
/* Send a ledger to be imported: what is not @sealed is not to be read. */
void send_import(
    int fd, const struct import_row *rows, size_t n, bool theirs, bool sealed);

/* The whole ledger in one line. */
const char *ledger_line(const struct fake *fake);
/* "NAME HOME ADOPTED SKIP" of one principal. */
const char *entry(const struct fake *fake, const char *principal);
/* The id that the snapshot shows for @name. */
uint32_t shown_id(const struct fake *fake, const char *name);

#endif
