/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In front of libc's allocator.  strdup(), asprintf(), fopen() and the loader
 * come through here too; what is freed goes to libc as it is.
 */
#include "tests/faults/alloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#define EXPORTED __attribute__((visibility("default")))

/* libc's own names for its functions. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

EXPORTED void *malloc(size_t size);
EXPORTED void *calloc(size_t n, size_t size);
EXPORTED void *realloc(void *old, size_t size);
EXPORTED void *memalign(size_t alignment, size_t size);
EXPORTED void *aligned_alloc(size_t alignment, size_t size);
EXPORTED int posix_memalign(void **ret, size_t alignment, size_t size);

static bool counting;
static long count, failing;

void alloc_begin(long fail)
{
	counting = true;
	count = 0;
	failing = fail;
}

long alloc_end(void)
{
	counting = false;
	return count;
}

static bool is_refused(void)
{
	if (!counting || ++count != failing)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return is_refused() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return is_refused() ? NULL : __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size)
{
	return is_refused() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return is_refused() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	*ret = is_refused() ? NULL : __libc_memalign(alignment, size);
	return *ret ? 0 : ENOMEM;
}
