/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who was approved with which public key, and when: with session_reuse a
 * connection in which sshd sees the same key proved again needs no new code.
 *
 * A proof is made by an approved code and by nothing else, so that reuse never
 * prolongs itself.  In memory only, the oldest gives way.  Pure: the clock is a
 * parameter.  An address never counts.
 */
#ifndef AW_AWSSSOD_PROOF_H
#define AW_AWSSSOD_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#define AW_PROOFS_MAX 1024

struct aw_proof {
	int64_t person; /* the row in state.db; 0: free */
	uint8_t key_hash[32];
	uint64_t approved_ms;
};

struct aw_proofs {
	struct aw_proof proof[AW_PROOFS_MAX];
};

/* @person approved a code in a connection that proved @key_hash. */
void aw_proofs_note(struct aw_proofs *proofs, int64_t person,
    const uint8_t key_hash[32], uint64_t now_ms);

/* There is such a proof, not older than @max_ms. */
bool aw_proofs_has(const struct aw_proofs *proofs, int64_t person,
    const uint8_t key_hash[32], uint64_t max_ms, uint64_t now_ms);

/* Nothing that @person proved counts any more. */
void aw_proofs_drop(struct aw_proofs *proofs, int64_t person);

#endif
