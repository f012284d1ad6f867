/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small table, walked.
 */
#include "awsssod/proof.h"

#include <string.h>

static bool is_it(
    const struct aw_proof *proof, int64_t person, const uint8_t key_hash[32])
{
	return person != 0 && proof->person == person &&
	       memcmp(proof->key_hash, key_hash, sizeof(proof->key_hash)) == 0;
}

void aw_proofs_note(struct aw_proofs *proofs, int64_t person,
    const uint8_t key_hash[32], uint64_t now_ms)
{
	struct aw_proof *best = &proofs->proof[0];

	for (size_t i = 0; i < AW_PROOFS_MAX; i++) {
		struct aw_proof *proof = &proofs->proof[i];

		if (is_it(proof, person, key_hash)) {
			best = proof;
			break;
		}
		if (best->person != 0 &&
		    (proof->person == 0 ||
			proof->approved_ms < best->approved_ms))
			best = proof;
	}
	best->person = person;
	memcpy(best->key_hash, key_hash, sizeof(best->key_hash));
	best->approved_ms = now_ms;
}

bool aw_proofs_has(const struct aw_proofs *proofs, int64_t person,
    const uint8_t key_hash[32], uint64_t max_ms, uint64_t now_ms)
{
	for (size_t i = 0; i < AW_PROOFS_MAX; i++)
		if (is_it(&proofs->proof[i], person, key_hash))
			return now_ms - proofs->proof[i].approved_ms <= max_ms;
	return false;
}

void aw_proofs_drop(struct aw_proofs *proofs, int64_t person)
{
	for (size_t i = 0; i < AW_PROOFS_MAX; i++)
		if (proofs->proof[i].person == person)
			proofs->proof[i].person = 0;
}
