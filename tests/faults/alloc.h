/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocations that fail: libc's allocator, counted, with one call of it
 * answered by "no memory".  Linked into the program, it comes before libc's
 * for all that the program loads.
 */
#ifndef AW_TESTS_FAULTS_ALLOC_H
#define AW_TESTS_FAULTS_ALLOC_H

/* Count from here; the @fail-th allocation fails, none with 0. */
void alloc_begin(long fail);

/* Stop counting; how many allocations there were. */
long alloc_end(void);

#endif
