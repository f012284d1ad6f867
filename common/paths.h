/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where things are.  The NSS and PAM modules run inside other people's
 * processes and take no setting from anywhere: these are compiled in.
 */
#ifndef AW_COMMON_PATHS_H
#define AW_COMMON_PATHS_H

#define AW_PATH_CONF     "/etc/awssso/awssso.conf"
#define AW_PATH_LIMITS   "/etc/awssso/nss.limits"
#define AW_PATH_STATE    "/var/lib/awssso/private/state.db"
#define AW_PATH_PUBLIC   "/var/lib/awssso/public"
#define AW_SNAPSHOT_NAME "directory.1"
#define AW_PATH_SNAPSHOT AW_PATH_PUBLIC "/" AW_SNAPSHOT_NAME
#define AW_PATH_RUN      "/run/awssso"
#define AW_PATH_AUTH     AW_PATH_RUN "/auth.sock"
#define AW_PATH_CTL      AW_PATH_RUN "/ctl.sock"
#define AW_PATH_NET      AW_PATH_RUN "/net.sock"

#define AW_USER_DAEMON "awssso"
#define AW_USER_NETD   "awssso-net"

#endif
