/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that the settings name, as the daemon that reads them will find
 * them.  It starts without them, and then nothing works: so they are warned
 * about, with file and line.
 */
#ifndef AW_AWSSSO_CONF_PATHS_H
#define AW_AWSSSO_CONF_PATHS_H

#include <sys/types.h>

#include "common/conf.h"

/* Why somebody with these ids could not read @path, by the modes of it and of
 * the directories above; NULL: they can, or it cannot be told.  Borrowed until
 * the next call. */
const char *aw_conf_paths_why_not(const char *path, uid_t uid, gid_t gid);

/* @place is "FILE:LINE: KEY: VALUE". */
typedef void aw_conf_paths_fn(void *user, const char *place, const char *why);

/* Call @fn with each file that @conf, which was read from @path, names and
 * awssso-netd could not read. */
void aw_conf_paths_walk(const struct aw_conf *conf, const char *path,
    aw_conf_paths_fn *fn, void *user);

/* Warn on stderr of each of them. */
void aw_conf_paths_warn(const struct aw_conf *conf, const char *path);

#endif
