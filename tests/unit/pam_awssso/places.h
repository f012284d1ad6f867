/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of the module under test: all relative, so that a test chooses
 * its world by where it stands.
 *
 *   auth.sock               the stand-in for awsssod
 *   passwd                  what libc knows; without it libc fails
 *   local                   the local accounts
 *   session                 the kernel's session number
 *   lib/public/directory.1  the snapshot
 *   nss.limits
 */
#ifndef AW_TESTS_UNIT_PAM_AWSSSO_PLACES_H
#define AW_TESTS_UNIT_PAM_AWSSSO_PLACES_H

#define AW_TEST_ANSWER_MS 200
#define AW_TEST_ENTER_MS  150

#endif
