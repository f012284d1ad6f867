/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check of awssso doctor says, for its tests.
 */
#ifndef AW_TESTS_UNIT_AWSSSO_SAID_H
#define AW_TESTS_UNIT_AWSSSO_SAID_H

#include "awssso/doctor.h"

/* A doctor whose settings are the defaults, whose /etc is the working
 * directory, and who is not root. */
void said_begin(struct aw_doctor *doctor);

/*
 * What has been said since said_begin() is @want: lines "STATE NAME TEXT", in
 * that order, where TEXT is in the sentence or the fix.  What is not ok has a
 * fix unless @want has a "-" behind the state.  Lets it go; fails with @row.
 */
void said_expect(struct aw_doctor *doctor, size_t row, const char *want);

#endif
