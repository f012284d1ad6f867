/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A publisher in a test's place: objects with alice, bob, the group admins, a
 * permission set and somebody who has left; and a host that takes them.
 */
#ifndef AW_TESTS_UNIT_AWSSSOD_OBJECT_H
#define AW_TESTS_UNIT_AWSSSOD_OBJECT_H

#include <openssl/evp.h>

#include "common/id.h"
#include "tests/unit/awsssod/people.h"

#define ID(n) (AW_ID_MIN + 4711 + (n))

extern EVP_PKEY *object_key, *object_other; /* the host's; another one */

struct object {
	const char *store;
	uint64_t generation;
	int64_t ago;            /* seconds since the publisher read */
	bool off;               /* alice is disabled */
	uint32_t alice, bobs;   /* their ids */
	const char *name, *bob; /* what they are called, NULL: al, bob */
	const char *notes[2];   /* of alice, or NULL */
	const char *pin;        /* a note about g-admins, or NULL */
	EVP_PKEY *key;
	uint64_t head_generation; /* 0: as the snapshot's */
	uint8_t *data;
	size_t len;
};

struct object object_good(uint64_t generation, int64_t ago);
/* Fill in .data and .len; sign them (again). */
void object_make(struct object *o);
void object_sign(struct object *o);

/* A host with source = published that has not fetched yet. */
int object_set_up(void **state);
int object_tear_down(void **state);

/* Serve the first FETCH, which comes by itself. */
void object_start(struct fake *fake, struct object *o);
/* Fetch @o, and expect the outcome. */
void object_fetch(struct fake *fake, struct object *o, uint64_t net,
    const char *says, const char *name);
/* Answer the FETCH that was waited for with these bytes. */
void object_serve(struct fake *fake, const uint8_t *data, size_t len);
void object_wait(struct fake *fake);

#endif
