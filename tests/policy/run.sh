#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh: random policies and requests, decided by awsssod's own code (judge.c)
# and by a second reading of docs/policy.md in another language (other.mjs).
# The seed is printed; another one: SEED=N, more: POLICIES=N.
# covers: verdict.2, R4, R11
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
build=$(readlink -f "${BUILD:-$here/../../build}")

exec node "$here/compare.mjs" "$build/policy/judge" "${SEED:-1}" \
    "${POLICIES:-10000}"
