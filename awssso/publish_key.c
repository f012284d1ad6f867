/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A publisher's key.
 */
#include "awssso/publish_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/digest.h"
#include "common/own.h"

#define TEXT_LEN 44 /* of 32 bytes in base64 */

static int say(struct aw_diag *diag, const char *path, int error)
{
	aw_diag_set(diag, "%s: %s", path, strerrordesc_np(-error));
	return error;
}

int aw_publish_key_new(const char *path, struct aw_diag *diag)
{
	uint8_t seed[AW_PUBLISHED_KEY], text[AW_PUBLISH_KEY_TEXT + 1];
	aw_own_fd int fd = -1;
	int r = 0;

	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		return say(diag, path, -EIO);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return say(diag, path, -errno);
	(void)EVP_EncodeBlock(text, seed, sizeof(seed));
	text[TEXT_LEN] = '\n';
	if (write(fd, text, TEXT_LEN + 1) != TEXT_LEN + 1 || fsync(fd) < 0)
		r = say(diag, path, errno ? -errno : -EIO);
	explicit_bzero(seed, sizeof(seed));
	explicit_bzero(text, sizeof(text));
	if (r < 0)
		(void)unlink(path);
	return r;
}

static int check_file(int fd, const char *path, struct aw_diag *diag)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return say(diag, path, -errno);
	if (S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
	    (st.st_uid == 0 || st.st_uid == geteuid()))
		return 0;
	aw_diag_set(diag,
	    "%s: must be a file that only its owner can read (chmod 600)",
	    path);
	return -EPERM;
}

/* @text of @len bytes as a key; NULL when it is none. */
static EVP_PKEY *decode(const uint8_t *text, ssize_t len)
{
	uint8_t seed[AW_PUBLISHED_KEY + 1];
	EVP_PKEY *key = NULL;

	if (len >= TEXT_LEN &&
	    EVP_DecodeBlock(seed, text, TEXT_LEN) == (int)sizeof(seed))
		key = EVP_PKEY_new_raw_private_key(
		    EVP_PKEY_ED25519, NULL, seed, AW_PUBLISHED_KEY);
	explicit_bzero(seed, sizeof(seed));
	return key;
}

int aw_publish_key_read(const char *path, EVP_PKEY **ret, struct aw_diag *diag)
{
	aw_own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t text[AW_PUBLISH_KEY_TEXT];
	ssize_t n;
	int r;

	if (fd < 0)
		return say(diag, path, -errno);
	r = check_file(fd, path, diag);
	if (r < 0)
		return r;
	n = read(fd, text, sizeof(text));
	*ret = decode(text, n);
	explicit_bzero(text, sizeof(text));
	if (*ret)
		return 0;
	aw_diag_set(diag, "%s: holds no key (awssso publish --new-key)", path);
	return -EINVAL;
}

int aw_publish_key_public(
    EVP_PKEY *key, char text[AW_PUBLISH_KEY_TEXT], uint8_t id[8])
{
	uint8_t bytes[AW_PUBLISHED_KEY], digest[32];
	size_t len = sizeof(bytes);

	if (EVP_PKEY_get_raw_public_key(key, bytes, &len) != 1 ||
	    len != sizeof(bytes) || aw_digest_sha256(bytes, len, digest) < 0)
		return -EIO;
	(void)EVP_EncodeBlock((uint8_t *)text, bytes, (int)len);
	memcpy(id, digest, 8);
	return 0;
}

int aw_publish_key_sign(
    EVP_PKEY *key, const uint8_t *message, size_t len, uint8_t signature[64])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = 64;
	bool ok;

	ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	     EVP_DigestSign(ctx, signature, &size, message, len) == 1 &&
	     size == 64;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -EIO;
}
