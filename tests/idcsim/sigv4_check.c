/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signature Version 4, from the receiving end.
 *
 * Nothing of the request is trusted before the end: the signed headers are
 * those that the signature names, and the headers that decide something must
 * be among them.
 */
#include "tests/idcsim/sigv4_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "common/buf.h"
#include "common/own.h"
#include "tests/idcsim/call.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/sigv4_canon.h"
#include "tests/idcsim/sim.h"

#define ALGORITHM  "AWS4-HMAC-SHA256"
#define SKEW_MS    300000
#define SIGNED_MAX 1024

/* What a signature says of itself. */
struct claim {
	bool is_presigned;
	char id[129];
	char date[9];
	char region[64];
	char service[64];
	char signed_headers[SIGNED_MAX];
	char signature[65];
	char time[17];
	char token[4096];
};

static int incomplete(struct aw_diag *diag, const char *why)
{
	aw_diag_set(diag, "%s", why);
	return AW_SIM_SIG_INCOMPLETE;
}

/* Cut the next part off *@at, up to @end (or the end of the text). */
static int cut(const char **at, char end, char *buf, size_t size)
{
	const char *stop = strchr(*at, end);
	const size_t len = stop ? (size_t)(stop - *at) : strlen(*at);

	if (len == 0 || aw_fmt(buf, size, "%.*s", (int)len, *at) != 0)
		return -EINVAL;
	*at += len + (stop != NULL);
	return 0;
}

/* KEY/DATE/REGION/SERVICE/aws4_request */
static int parse_credential(struct claim *claim, const char *text)
{
	char end[16];

	if (cut(&text, '/', claim->id, sizeof(claim->id)) != 0 ||
	    cut(&text, '/', claim->date, sizeof(claim->date)) != 0 ||
	    cut(&text, '/', claim->region, sizeof(claim->region)) != 0 ||
	    cut(&text, '/', claim->service, sizeof(claim->service)) != 0 ||
	    cut(&text, '/', end, sizeof(end)) != 0 || *text != '\0' ||
	    strcmp(end, "aws4_request") != 0)
		return -EINVAL;
	return 0;
}

/* The value of "Name=value" among the comma-separated parts. */
static int header_part(
    const char *text, const char *name, char *buf, size_t size)
{
	const size_t len = strlen(name);

	while (*text) {
		text += strspn(text, " ,");
		if (strncmp(text, name, len) == 0 && text[len] == '=') {
			text += len + 1;
			return aw_fmt(
			    buf, size, "%.*s", (int)strcspn(text, ", "), text);
		}
		text += strcspn(text, ",");
	}
	return -EINVAL;
}

static int claim_from_header(struct claim *claim, const struct aw_sim_req *req,
    const char *header, struct aw_diag *diag)
{
	const char *date = aw_sim_req_header(req, "X-Amz-Date");
	const char *token = aw_sim_req_header(req, "X-Amz-Security-Token");
	char credential[320];

	if (strncmp(header, ALGORITHM " ", strlen(ALGORITHM) + 1) != 0)
		return incomplete(diag, "Unsupported AWS 'algorithm'.");
	header += strlen(ALGORITHM);
	if (header_part(header, "Credential", credential, sizeof(credential)) !=
		0 ||
	    parse_credential(claim, credential) != 0)
		return incomplete(diag, "Authorization header requires "
					"'Credential' parameter.");
	if (header_part(header, "SignedHeaders", claim->signed_headers,
		sizeof(claim->signed_headers)) != 0)
		return incomplete(diag, "Authorization header requires "
					"'SignedHeaders' parameter.");
	if (header_part(header, "Signature", claim->signature,
		sizeof(claim->signature)) != 0)
		return incomplete(diag, "Authorization header requires "
					"'Signature' parameter.");
	if (date == NULL ||
	    aw_copy(claim->time, sizeof(claim->time), date) != 0)
		return incomplete(diag,
		    "Authorization header requires "
		    "existence of either a 'X-Amz-Date' or a 'Date' header.");
	if (token != NULL &&
	    aw_copy(claim->token, sizeof(claim->token), token) != 0)
		return incomplete(diag, "The security token is too long.");
	return 0;
}

static int claim_from_query(
    struct claim *claim, const struct aw_sim_req *req, struct aw_diag *diag)
{
	char credential[320];
	const struct {
		const char *name;
		char *buf;
		size_t size;
		bool is_required;
	} args[] = {
		{ "X-Amz-Credential", credential, sizeof(credential), true },
		{ "X-Amz-SignedHeaders", claim->signed_headers,
		    sizeof(claim->signed_headers), true },
		{ "X-Amz-Signature", claim->signature, sizeof(claim->signature),
		    true },
		{ "X-Amz-Date", claim->time, sizeof(claim->time), true },
		{ "X-Amz-Security-Token", claim->token, sizeof(claim->token),
		    false },
	};

	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
		const int r = aw_sim_arg_get(
		    req->query, args[i].name, args[i].buf, args[i].size);

		if (r < 0 || (r == AW_ABSENT && args[i].is_required)) {
			aw_diag_set(diag,
			    "AWS query-string parameters must "
			    "include '%s'.",
			    args[i].name);
			return AW_SIM_SIG_INCOMPLETE;
		}
	}
	if (parse_credential(claim, credential) != 0)
		return incomplete(diag, "Credential is not in form.");
	claim->is_presigned = true;
	return 0;
}

static int claim_of(
    struct claim *claim, const struct aw_sim_req *req, struct aw_diag *diag)
{
	const char *header = aw_sim_req_header(req, "Authorization");
	char algorithm[32];

	if (header != NULL)
		return claim_from_header(claim, req, header, diag);
	if (aw_sim_arg_get(req->query, "X-Amz-Algorithm", algorithm,
		sizeof(algorithm)) == AW_ABSENT) {
		aw_diag_set(diag, "Missing Authentication Token");
		return AW_SIM_SIG_MISSING;
	}
	if (strcmp(algorithm, ALGORITHM) != 0)
		return incomplete(diag, "Unsupported AWS 'algorithm'.");
	return claim_from_query(claim, req, diag);
}

static bool is_signed(const struct claim *claim, const char *name)
{
	const size_t len = strlen(name);
	const char *at = claim->signed_headers;

	while (*at) {
		const size_t n = strcspn(at, ";");

		if (n == len && strncasecmp(at, name, len) == 0)
			return true;
		at += n + (at[n] == ';');
	}
	return false;
}

/* All that changes the meaning of the request must be under the signature. */
static int check_signed(const struct claim *claim, const struct aw_sim_req *req,
    struct aw_diag *diag)
{
	for (size_t i = 0; i < req->n_headers; i++) {
		const char *name = req->header[i].name;

		if (strcasecmp(name, "Host") != 0 &&
		    strncasecmp(name, "X-Amz-", 6) != 0)
			continue;
		if (is_signed(claim, name))
			continue;
		aw_diag_set(diag,
		    "'%.100s' must be a 'SignedHeader' in the "
		    "AWS Authorization.",
		    name);
		return AW_SIM_SIG_INCOMPLETE;
	}
	return 0;
}

/* YYYYMMDDTHHMMSSZ as milliseconds since 1970, or -1. */
static int64_t time_of(const char *text)
{
	static const char form[] = "ddddddddTddddddZ";
	struct tm tm = { 0 };
	int number[14];
	int n = 0;

	for (size_t i = 0; i < sizeof(form); i++) {
		if (form[i] != 'd' && form[i] != text[i])
			return -1;
		if (form[i] == 'd' && (text[i] < '0' || text[i] > '9'))
			return -1;
		if (form[i] == 'd')
			number[n++] = text[i] - '0';
	}
	tm.tm_year = number[0] * 1000 + number[1] * 100 + number[2] * 10 +
		     number[3] - 1900;
	tm.tm_mon = number[4] * 10 + number[5] - 1;
	tm.tm_mday = number[6] * 10 + number[7];
	tm.tm_hour = number[8] * 10 + number[9];
	tm.tm_min = number[10] * 10 + number[11];
	tm.tm_sec = number[12] * 10 + number[13];
	return (int64_t)timegm(&tm) * 1000;
}

static int check_time(
    const struct claim *claim, const struct aw_sim *sim, struct aw_diag *diag)
{
	const int64_t now = aw_sim_now_ms(sim);
	const int64_t then = time_of(claim->time);
	char text[32];

	if (then < 0 || strncmp(claim->time, claim->date, 8) != 0)
		return incomplete(diag,
		    "Date in Credential scope does not "
		    "match YYYYMMDD from ISO-8601 version of date.");
	if (then >= now - SKEW_MS && then <= now + SKEW_MS)
		return 0;
	aw_sim_log_time(now, false, text);
	aw_diag_set(diag,
	    then < now
		? "Signature expired: %s is now earlier than %s (- 5 min.)"
		: "Signature not yet current: %s is still later than %s "
		  "(+ 5 min.)",
	    claim->time, text);
	return AW_SIM_SIG_SKEW;
}

static int check_key(const struct claim *claim, const struct aw_sim *sim,
    const struct aw_sim_key **ret, struct aw_diag *diag)
{
	const struct aw_sim_key *key = aw_sim_keys_get(sim, claim->id);

	if (key == NULL || !aw_sim_same(key->token, claim->token)) {
		aw_diag_set(diag, "The security token included in the request "
				  "is invalid.");
		return AW_SIM_SIG_UNKNOWN_KEY;
	}
	if (key->expires_ms && key->expires_ms <= aw_sim_now_ms(sim)) {
		aw_diag_set(diag, "The security token included in the request "
				  "is expired");
		return AW_SIM_SIG_EXPIRED_KEY;
	}
	*ret = key;
	return 0;
}

static int check_scope(const struct claim *claim, const char *service,
    const char *region, struct aw_diag *diag)
{
	if (strcmp(claim->service, service) != 0) {
		aw_diag_set(diag,
		    "Credential should be scoped to correct "
		    "service: '%s'.",
		    service);
		return AW_SIM_SIG_MISMATCH;
	}
	if (region != NULL && strcmp(claim->region, region) != 0) {
		aw_diag_set(diag, "Credential should be scoped to a valid "
				  "region.");
		return AW_SIM_SIG_MISMATCH;
	}
	return 0;
}

static void sign(const struct claim *claim, const char *secret,
    const char *canonical_hash, char ret[AW_SIM_HEX])
{
	uint8_t key[AW_SIM_HASH];
	const char *step[] = { claim->date, claim->region, claim->service,
		"aws4_request" };
	char text[512];
	char first[64];

	aw_ignore(aw_fmt(first, sizeof(first), "AWS4%s", secret));
	aw_sim_hmac(first, strlen(first), step[0], strlen(step[0]), key);
	for (size_t i = 1; i < 4; i++)
		aw_sim_hmac(key, sizeof(key), step[i], strlen(step[i]), key);
	aw_ignore(aw_fmt(text, sizeof(text), ALGORITHM "\n%s\n%s/%s/%s/%s\n%s",
	    claim->time, claim->date, claim->region, claim->service, step[3],
	    canonical_hash));
	aw_sim_hmac(key, sizeof(key), text, strlen(text), key);
	aw_sim_hex(key, sizeof(key), ret);
}

static int check_signature(const struct claim *claim,
    const struct aw_sim_req *req, const char *secret, struct aw_diag *diag)
{
	char hash[AW_SIM_HEX];
	char signature[AW_SIM_HEX];

	if (aw_sim_sigv4_canon(
		req, claim->signed_headers, claim->is_presigned, hash) != 0)
		return incomplete(diag, "The request cannot be canonicalised.");
	sign(claim, secret, hash, signature);
	if (aw_sim_same(signature, claim->signature))
		return 0;
	aw_diag_set(diag,
	    "The request signature we calculated does not match "
	    "the signature you provided. Check your AWS Secret Access Key and "
	    "signing method. Consult the service documentation for details.");
	return AW_SIM_SIG_MISMATCH;
}

int aw_sim_sigv4_check(const struct aw_sim *sim, const struct aw_sim_req *req,
    const char *service, const char *region, const struct aw_sim_key **ret,
    struct aw_diag *diag)
{
	struct claim claim = { 0 };
	const struct aw_sim_key *key = NULL;
	int r;

	r = claim_of(&claim, req, diag);
	if (r == 0)
		r = check_signed(&claim, req, diag);
	if (r == 0)
		r = check_key(&claim, sim, &key, diag);
	if (r == 0)
		r = check_scope(&claim, service, region, diag);
	if (r == 0)
		r = check_time(&claim, sim, diag);
	if (r == 0)
		r = check_signature(&claim, req, key->secret, diag);
	if (r == 0)
		*ret = key;
	return r;
}
