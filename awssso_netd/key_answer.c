/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that hold keys; what was copied out of one is wiped.
 */
#include "awssso_netd/key_answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/json.h"
#include "awssso_netd/xml.h"

#define SESSION_MAX 32768
#define DIGITS      "0123456789"

int aw_key_answer_time(const char *text, int64_t *ret)
{
	struct tm tm = { .tm_isdst = 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	size_t fraction;

	/* strptime() takes fewer digits than there must be. */
	if (!end || end - text != 19)
		return -EINVAL;
	if (*end == '.') {
		fraction = strspn(end + 1, DIGITS);
		if (fraction == 0)
			return -EINVAL;
		end += 1 + fraction;
	}
	if (strcmp(end, "Z") != 0)
		return -EINVAL;
	*ret = (int64_t)timegm(&tm);
	return 0;
}

struct fields {
	const char *code, *id, *secret, *token, *expires;
};

static int make_keys(const struct aw_place *place, const struct fields *got,
    struct aw_keys **ret, struct aw_diag *why)
{
	int64_t expires;
	int r;

	if (aw_key_answer_time(got->expires, &expires) < 0)
		return aw_answer_bad(place, "Expiration", "not a time", why);
	r = aw_keys_new(got->id, got->secret, got->token, expires, ret);
	return r == -EINVAL ? aw_answer_bad(place, NULL, "no usable keys", why)
			    : r;
}

/* --- JSON -------------------------------------------------------------- */

static int read_object(const struct aw_place *place, struct json_object *object,
    bool has_code, struct aw_keys **ret, struct aw_diag *why)
{
	static const struct aw_field optional[] = { AW_FIELD(
	    struct fields, code, "Code", AW_FIELD_TEXT, false, 64) };
	static const struct aw_field code[] = { AW_FIELD(
	    struct fields, code, "Code", AW_FIELD_TEXT, true, 64) };
	static const struct aw_field keys[] = {
		AW_FIELD(
		    struct fields, id, "AccessKeyId", AW_FIELD_TEXT, true, 128),
		AW_FIELD(struct fields, secret, "SecretAccessKey",
		    AW_FIELD_TEXT, true, 256),
		AW_FIELD(struct fields, token, "Token", AW_FIELD_TEXT, true,
		    SESSION_MAX),
		AW_FIELD(struct fields, expires, "Expiration", AW_FIELD_TEXT,
		    true, 40),
	};
	struct fields got = { .code = "Success" };
	int r;

	r = aw_answer_read(
	    place, object, has_code ? code : optional, 1, &got, why);
	if (r == 0 && strcmp(got.code, "Success") != 0)
		return aw_answer_bad(
		    place, "Code", "not Success: the role gives no keys", why);
	if (r == 0)
		r = aw_answer_read(place, object, keys,
		    sizeof(keys) / sizeof(keys[0]), &got, why);
	return r < 0 ? r : make_keys(place, &got, ret, why);
}

int aw_key_answer_json(const char *name, const char *text, size_t len,
    bool has_code, struct aw_keys **ret, struct aw_diag *why)
{
	const struct aw_place place = { NULL, name, -1 };
	struct json_object *object = NULL;
	int r;

	r = aw_answer_parse(&place, text, len, &object, why);
	if (r == 0)
		r = read_object(&place, object, has_code, ret, why);
	aw_json_wipe(object);
	json_object_put(object);
	return r;
}

/* --- XML --------------------------------------------------------------- */

struct texts {
	char id[132], secret[260], expires[40];
	char session[SESSION_MAX];
};

static int element(const struct aw_place *place, const char *text, size_t len,
    const char *name, char *ret, size_t size, struct aw_diag *why)
{
	const int r = aw_xml_text(text, len, name, ret, size);

	if (r == 0 && *ret)
		return 0;
	return aw_answer_bad(place, name,
	    r == AW_ABSENT || r == 0 ? "missing"
	    : r == -EMSGSIZE         ? "too long"
				     : "malformed",
	    why);
}

int aw_key_answer_xml(const char *operation, const char *text, size_t len,
    struct aw_keys **ret, struct aw_diag *why)
{
	const struct aw_place place = { NULL, operation, -1 };
	struct texts *texts = calloc(1, sizeof(*texts));
	int r;

	if (!texts)
		return -ENOMEM;
	if ((r = element(&place, text, len, "AccessKeyId", texts->id,
		 sizeof(texts->id), why)) == 0 &&
	    (r = element(&place, text, len, "SecretAccessKey", texts->secret,
		 sizeof(texts->secret), why)) == 0 &&
	    (r = element(&place, text, len, "SessionToken", texts->session,
		 sizeof(texts->session), why)) == 0 &&
	    (r = element(&place, text, len, "Expiration", texts->expires,
		 sizeof(texts->expires), why)) == 0)
		r = make_keys(&place,
		    &(struct fields){ .id = texts->id,
			.secret = texts->secret,
			.token = texts->session,
			.expires = texts->expires },
		    ret, why);
	explicit_bzero(texts, sizeof(*texts));
	free(texts);
	return r;
}
