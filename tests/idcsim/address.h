/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses to listen at, as text.
 */
#ifndef AW_IDCSIM_ADDRESS_H
#define AW_IDCSIM_ADDRESS_H

#include <stddef.h>

#include "common/outcome.h"
#include "common/text.h"

/*
 * Listen at @text ("127.0.0.1:443" or "[::1]:443"; port 0 takes a free one).
 * Returns 0 with a non-blocking descriptor in @ret_fd and the address with its
 * port in @buf; or a negative errno with @diag.
 */
int aw_sim_address_listen(const char *text, int *ret_fd, char *buf, size_t size,
    struct aw_diag *diag) AW_MUST_USE;

#endif
