/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signature Version 4: canonical request, string to sign, derived key.
 * Whatever held a key or a session token is wiped on the way out.
 */
#include "awssso_netd/sigv4.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/own.h"
#include "common/text.h"

#define SHA_LEN       32
#define CANONICAL_MAX (128 * 1024)
#define SCOPE_SIZE    160
#define NAMES_SIZE    256

static void hex(const uint8_t *bytes, char ret[65])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA_LEN; i++) {
		ret[2 * i] = digits[bytes[i] >> 4];
		ret[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret[64] = '\0';
}

static int sha256_hex(const char *data, size_t len, char ret[65])
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL))
		return -EIO;
	hex(digest, ret);
	return 0;
}

static int hmac(
    const void *key, size_t key_len, const char *text, uint8_t ret[SHA_LEN])
{
	uint8_t out[EVP_MAX_MD_SIZE];

	if (!HMAC(EVP_sha256(), key, (int)key_len, (const uint8_t *)text,
		strlen(text), out, NULL))
		return -EIO;
	memcpy(ret, out, SHA_LEN);
	explicit_bzero(out, sizeof(out));
	return 0;
}

int aw_sigv4_date(int64_t epoch, char ret[AW_SIGV4_DATE_SIZE])
{
	const time_t when = (time_t)epoch;
	struct tm tm;

	if (!gmtime_r(&when, &tm) || tm.tm_year < 70 || tm.tm_year > 8099)
		return -ERANGE;
	return aw_fmt(ret, AW_SIGV4_DATE_SIZE, "%04d%02d%02dT%02d%02d%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
}

/* "content-type;host;x-amz-date" */
static int signed_names(
    const struct aw_sigv4_request *request, char ret[NAMES_SIZE])
{
	aw_own(aw_buf_done) struct aw_buf names = AW_BUF_INIT(NAMES_SIZE);

	for (size_t i = 0; i < request->n_headers; i++)
		aw_buf_fmt(
		    &names, "%s%s", i > 0 ? ";" : "", request->headers[i].name);
	if (aw_buf_error(&names) < 0)
		return aw_buf_error(&names);
	return aw_copy(ret, NAMES_SIZE, aw_buf_text(&names));
}

static int canonical(
    const struct aw_sigv4_request *request, const char *names, char ret[65])
{
	aw_own(aw_buf_wipe) struct aw_buf text = AW_BUF_INIT(CANONICAL_MAX);
	char body[65];
	int r;

	r = sha256_hex(request->body, request->body_len, body);
	if (r < 0)
		return r;
	aw_buf_fmt(&text, "%s\n%s\n%s\n", request->method, request->path,
	    request->query);
	for (size_t i = 0; i < request->n_headers; i++)
		aw_buf_fmt(&text, "%s:%s\n", request->headers[i].name,
		    request->headers[i].value);
	aw_buf_fmt(&text, "\n%s\n%s", names, body);
	if (aw_buf_error(&text) < 0)
		return aw_buf_error(&text);
	return sha256_hex(text.data, text.len, ret);
}

/* HMAC(HMAC(HMAC(HMAC("AWS4" secret, day), region), service), ...) over
 * @text, hex. */
static int sign_text(const struct aw_sigv4_request *request,
    const struct aw_keys *keys, const char *text, char ret[65])
{
	const char *const chain[] = { NULL, request->region, request->service,
		"aws4_request", text };
	char start[sizeof(keys->secret) + 4];
	uint8_t key[SHA_LEN];
	char day[9];
	int r;

	memcpy(day, request->date, 8);
	day[8] = '\0';
	r = aw_fmt(start, sizeof(start), "AWS4%s", keys->secret);
	if (r == 0)
		r = hmac(start, strlen(start), day, key);
	for (size_t i = 1; r == 0 && i < sizeof(chain) / sizeof(*chain); i++)
		r = hmac(key, sizeof(key), chain[i], key);
	if (r == 0)
		hex(key, ret);
	explicit_bzero(start, sizeof(start));
	explicit_bzero(key, sizeof(key));
	return r;
}

int aw_sigv4_sign(const struct aw_sigv4_request *request,
    const struct aw_keys *keys, struct aw_sigv4 *ret)
{
	char names[NAMES_SIZE], scope[SCOPE_SIZE], text[SCOPE_SIZE + 128];
	struct aw_sigv4 out;
	int r;

	if (strlen(request->date) != AW_SIGV4_DATE_SIZE - 1)
		return -EMSGSIZE;
	if ((r = signed_names(request, names)) < 0 ||
	    (r = canonical(request, names, out.canonical)) < 0 ||
	    (r = aw_fmt(scope, sizeof(scope), "%.8s/%s/%s/aws4_request",
		 request->date, request->region, request->service)) < 0 ||
	    (r = aw_fmt(text, sizeof(text), "AWS4-HMAC-SHA256\n%s\n%s\n%s",
		 request->date, scope, out.canonical)) < 0 ||
	    (r = sign_text(request, keys, text, out.signature)) < 0)
		return r;
	r = aw_fmt(out.authorization, sizeof(out.authorization),
	    "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, "
	    "Signature=%s",
	    keys->id, scope, names, out.signature);
	if (r == 0)
		*ret = out;
	return r;
}
