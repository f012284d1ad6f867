/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What test_access.c is made of, beside its own file: policies in letters, and
 * the tests of lines about other accounts.
 */
#ifndef AW_TESTS_UNIT_AWSSSOD_ACCESS_ACCOUNTS_H
#define AW_TESTS_UNIT_AWSSSOD_ACCESS_ACCOUNTS_H

#include "awsssod/access.h"

/* A policy in a few letters: "+u" allows the user, "-g" denies the group, "s"
 * is the set, "a" the account; a line in capitals fits nobody.  What follows
 * "sudo:" is the section of that service. */
struct aw_conf *access_policy(const char *text);

/* sshd lets them in. */
bool access_lets_in(
    const struct aw_conf *conf, const struct aw_access_facts *facts);

void access_elsewhere(void **state);
void access_only_lines_about_sets(void **state);
void access_from_the_first_to_the_last(void **state);
void access_no_account_is_none(void **state);
void access_no_more_than_fit(void **state);
void access_where_to_ask(void **state);

#endif
