/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The module's places for the benchmark: AW_BENCH_DIR and AW_BENCH_UID come
 * from tests/bench/lookup.sh.
 */
#include "nss_awssso/paths.h"

struct aw_dir aw_nss_dir = AW_DIR_INIT(AW_BENCH_DIR "/public/directory.1",
    AW_BENCH_DIR "/nss.limits", AW_BENCH_UID);
const char *const aw_nss_passwd = "/etc/passwd";
