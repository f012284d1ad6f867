/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Test of the module as it is built: it needs libc and nothing else, shows the
 * functions of exports.map and nothing else, and answers where nothing is
 * installed without harm.
 * covers: spine.1, spine.3, R30, R34
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* For the tool that links us: nothing of ours is used here. */
#include "nss_awssso/paths.h"
struct aw_dir aw_nss_dir = AW_DIR_INIT("", "", 0);
const char *const aw_nss_passwd = "";

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

static const char object[] = AW_BUILD "/libnss_awssso.so.2";
static const char map_file[] = AW_SOURCE "/nss_awssso/exports.map";

static const uint8_t *elf;

static int map_object(void **state)
{
	const int fd = open(object, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data;

	(void)state;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	(void)close(fd);
	elf = data;
	return data == MAP_FAILED ? -1 : 0;
}

static const Elf64_Shdr *section(uint32_t type)
{
	const Elf64_Ehdr *head = (const void *)elf;
	const Elf64_Shdr *all = (const void *)(elf + head->e_shoff);

	for (unsigned i = 0; i < head->e_shnum; i++)
		if (all[i].sh_type == type)
			return &all[i];
	fail_msg("no section of type %u", type);
	return NULL;
}

/* Section @of has its strings in another. */
static const char *strings_of(const Elf64_Shdr *of)
{
	const Elf64_Ehdr *head = (const void *)elf;
	const Elf64_Shdr *all = (const void *)(elf + head->e_shoff);

	return (const char *)elf + all[of->sh_link].sh_offset;
}

static void needs_libc_only(void **state)
{
	const Elf64_Shdr *dynamic = section(SHT_DYNAMIC);
	const Elf64_Dyn *d = (const void *)(elf + dynamic->sh_offset);
	const char *strings = strings_of(dynamic);
	bool has_name = false;

	(void)state;
	for (; d->d_tag != DT_NULL; d++) {
		const char *text = strings + d->d_un.d_val;

		if (d->d_tag == DT_NEEDED && strcmp(text, "libc.so.6") != 0 &&
		    !IS_SANITIZED)
			fail_msg("R34: needs %s", text);
		if (d->d_tag == DT_SONAME) {
			assert_string_equal(text, "libnss_awssso.so.2");
			has_name = true;
		}
		if (d->d_tag == DT_TEXTREL || d->d_tag == DT_RPATH ||
		    d->d_tag == DT_RUNPATH)
			fail_msg("tag %ld", (long)d->d_tag);
	}
	assert_true(has_name);
}

/* The names of exports.map, each between blanks. */
static void read_map(char *ret, size_t size)
{
	FILE *file = fopen(map_file, "re");
	char word[64], *end;
	size_t len = 1;

	assert_non_null(file);
	memcpy(ret, " ", 2);
	while (fgets(word, sizeof(word), file)) {
		const size_t at = strspn(word, " \t");

		end = strchr(word, ';');
		if (!end || strncmp(word + at, "_nss_", 5) != 0)
			continue;
		*end = ' ';
		end[1] = '\0';
		assert_true(len + strlen(word + at) < size);
		memcpy(ret + len, word + at, strlen(word + at) + 1);
		len += strlen(word + at);
	}
	(void)fclose(file);
}

static void shows_its_map_only(void **state)
{
	const Elf64_Shdr *dynsym = section(SHT_DYNSYM);
	const Elf64_Sym *sym = (const void *)(elf + dynsym->sh_offset);
	const size_t n = dynsym->sh_size / sizeof(*sym);
	const char *strings = strings_of(dynsym);
	char names[1024], word[80];
	unsigned shown = 0, wanted = 0;

	(void)state;
	read_map(names, sizeof(names));
	for (const char *p = names + 1; *p; p++)
		wanted += *p == ' ';
	assert_int_equal(wanted, 11);
	for (size_t i = 1; i < n; i++) {
		const char *name = strings + sym[i].st_name;

		if (sym[i].st_shndx == SHN_UNDEF) {
			if (strcmp(name, "getenv") == 0 ||
			    strcmp(name, "secure_getenv") == 0 ||
			    strcmp(name, "malloc") == 0 ||
			    strcmp(name, "system") == 0 ||
			    strcmp(name, "abort") == 0)
				fail_msg("R30: uses %s", name);
			continue;
		}
		assert_true(strlen(name) + 3 < sizeof(word));
		(void)stpcpy(stpcpy(stpcpy(word, " "), name), " ");
		if (!strstr(names, word) && !IS_SANITIZED)
			fail_msg("shows %s", name);
		shown += strstr(names, word) != NULL;
	}
	assert_int_equal(shown, wanted);
}

static void answers_anywhere(void **state)
{
	void *file = dlopen(object, RTLD_NOW | RTLD_LOCAL);
	enum nss_status (*pwnam)(
	    const char *, struct passwd *, char *, size_t, int *);
	struct passwd pw;
	char buf[16];
	int e = 0;

	(void)state;
	if (!file)
		fail_msg("%s", dlerror());
	pwnam = dlsym(file, "_nss_awssso_getpwnam_r");
	assert_non_null(pwnam);
	assert_int_equal(
	    pwnam("root", &pw, buf, sizeof(buf), &e), NSS_STATUS_NOTFOUND);
	if (access("/var/lib/awssso/public/directory.1", F_OK) != 0) {
		assert_int_equal(pwnam("alice", &pw, buf, sizeof(buf), &e),
		    NSS_STATUS_UNAVAIL);
		assert_int_equal(e, ENOENT);
	}
	assert_int_equal(dlclose(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needs_libc_only),
		cmocka_unit_test(shows_its_map_only),
		cmocka_unit_test(answers_anywhere),
	};

	return cmocka_run_group_tests(tests, map_object, NULL);
}
