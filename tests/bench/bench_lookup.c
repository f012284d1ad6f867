/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lookups per call of one or more NSS modules, called directly as libc calls
 * them: nanoseconds (median of interleaved rounds) and the ratio to the first
 * module.  Counts of instructions and system calls come from running it under
 * callgrind or strace with two numbers of calls (--calls N: one plain pass).
 *
 *   bench_lookup [--users N] [--groups N] [--hot N] [--op OP] [--calls N]
 *                PREFIX=FILE...      FILE "libc": what libc has built in
 *
 * Users are u0000000 and on with ids from AW_ID_MIN, groups g00000 and on
 * behind them, as make_directory.c makes them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/id.h"
#include "common/text.h"

#define MODULES_MAX 8
#define ROUNDS      7
#define KEYS_MAX    (1 << 16)

struct module {
	const char *prefix;
	enum nss_status (*pwnam)(
	    const char *, struct passwd *, char *, size_t, int *);
	enum nss_status (*pwuid)(uid_t, struct passwd *, char *, size_t, int *);
	enum nss_status (*grnam)(
	    const char *, struct group *, char *, size_t, int *);
	enum nss_status (*setpwent)(int);
	enum nss_status (*pwent)(struct passwd *, char *, size_t, int *);
	enum nss_status (*initgroups)(
	    const char *, gid_t, long *, long *, gid_t **, long, int *);
};

struct key {
	char name[16], absent[16], group[16];
	uid_t uid;
};
static struct key *keys;
static unsigned n_keys = 500;
static char buffer[1 << 20];

static int pwnam_hit(const struct module *m, const struct key *key)
{
	struct passwd pw;
	int e;

	return m->pwnam(key->name, &pw, buffer, sizeof(buffer), &e) ==
	       NSS_STATUS_SUCCESS;
}

static int pwnam_miss(const struct module *m, const struct key *key)
{
	struct passwd pw;
	int e;

	return m->pwnam(key->absent, &pw, buffer, sizeof(buffer), &e) ==
	       NSS_STATUS_NOTFOUND;
}

static int pwuid_hit(const struct module *m, const struct key *key)
{
	struct passwd pw;
	int e;

	return m->pwuid(key->uid, &pw, buffer, sizeof(buffer), &e) ==
	       NSS_STATUS_SUCCESS;
}

static int pwuid_miss(const struct module *m, const struct key *key)
{
	struct passwd pw;
	int e;

	return m->pwuid(key->uid + 150000000u, &pw, buffer, sizeof(buffer),
		   &e) == NSS_STATUS_NOTFOUND;
}

static int grnam_hit(const struct module *m, const struct key *key)
{
	struct group gr;
	int e;

	return m->grnam(key->group, &gr, buffer, sizeof(buffer), &e) ==
	       NSS_STATUS_SUCCESS;
}

static int user_groups(const struct module *m, const struct key *key)
{
	static gid_t *gids;
	static long size;
	long start = 0;
	int e;

	if (!gids) {
		size = 64;
		gids = calloc((size_t)size, sizeof(*gids));
	}
	return m->initgroups && m->initgroups(key->name, key->uid, &start,
				    &size, &gids, -1, &e) == NSS_STATUS_SUCCESS;
}

static int pwent(const struct module *m, const struct key *key)
{
	struct passwd pw;
	int e;

	(void)key;
	while (m->pwent(&pw, buffer, sizeof(buffer), &e) != NSS_STATUS_SUCCESS)
		if (m->setpwent(0) != NSS_STATUS_SUCCESS)
			return 0;
	return 1;
}

static const struct op {
	const char *name;
	int (*run)(const struct module *, const struct key *);
} ops[] = {
	{ "pwnam", pwnam_hit },
	{ "pwnam-miss", pwnam_miss },
	{ "pwuid", pwuid_hit },
	{ "pwuid-miss", pwuid_miss },
	{ "grnam", grnam_hit },
	{ "initgroups", user_groups },
	{ "pwent", pwent },
};

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Nanoseconds per call of one batch, -1 when the module cannot do it. */
static double batch(const struct op *op, const struct module *m, long calls)
{
	const double start = now();
	unsigned k = 0;

	for (long i = 0; i < calls; i++) {
		if (!op->run(m, &keys[k]))
			return -1;
		if (++k == n_keys)
			k = 0;
	}
	return (now() - start) / (double)calls;
}

/* So many calls that a batch takes some 20 ms. */
static long calibrate(const struct op *op, const struct module *m)
{
	long calls = 1;
	double ns;

	for (;;) {
		ns = batch(op, m, calls);
		if (ns < 0 || ns * (double)calls > 5e6)
			break;
		calls *= 2;
	}
	return ns < 0 ? 0 : (long)(2e7 / ns) + 1;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void compare(const struct op *op, const struct module *m, unsigned n)
{
	double ns[MODULES_MAX][ROUNDS];
	long calls[MODULES_MAX];

	for (unsigned i = 0; i < n; i++)
		calls[i] = calibrate(op, &m[i]);
	for (unsigned r = 0; r < ROUNDS; r++)
		for (unsigned i = 0; i < n; i++)
			ns[i][r] = calls[i] ? batch(op, &m[i], calls[i]) : -1;
	printf("%-11s", op->name);
	for (unsigned i = 0; i < n; i++) {
		qsort(ns[i], ROUNDS, sizeof(double), by_value);
		if (ns[i][0] < 0)
			printf("  %10s: %21s", m[i].prefix, "-");
		else
			printf("  %10s: %10.0f ns (%6.0fx)", m[i].prefix,
			    ns[i][ROUNDS / 2],
			    ns[i][ROUNDS / 2] / ns[0][ROUNDS / 2]);
	}
	printf("\n");
}

static void *symbol(void *file, const char *prefix, const char *call)
{
	char name[64];

	if (aw_fmt(name, sizeof(name), "_nss_%s_%s", prefix, call) < 0)
		return NULL;
	return dlsym(file, name);
}

static int load(char *arg, struct module *m)
{
	char *path = strchr(arg, '=');
	void *file;

	if (!path)
		return -1;
	*path++ = '\0';
	file =
	    strcmp(path, "libc") == 0 ? RTLD_DEFAULT : dlopen(path, RTLD_NOW);
	if (!file && strcmp(path, "libc") != 0) {
		fprintf(stderr, "bench_lookup: %s\n", dlerror());
		return -1;
	}
	m->prefix = arg;
	m->pwnam = symbol(file, arg, "getpwnam_r");
	m->pwuid = symbol(file, arg, "getpwuid_r");
	m->grnam = symbol(file, arg, "getgrnam_r");
	m->setpwent = symbol(file, arg, "setpwent");
	m->pwent = symbol(file, arg, "getpwent_r");
	m->initgroups = symbol(file, arg, "initgroups_dyn");
	return m->pwnam && m->pwuid && m->grnam && m->pwent ? 0 : -1;
}

/* Every so many-th user, in an order that no prefetcher guesses. */
static int make_keys(unsigned n_users, unsigned n_groups)
{
	keys = calloc(KEYS_MAX, sizeof(*keys));
	if (!keys || n_keys > KEYS_MAX || n_users == 0 || n_groups == 0)
		return -1;
	for (unsigned i = 0; i < n_keys; i++) {
		const unsigned at =
		    (unsigned)((i * 2654435761u + 12345u) % n_users);

		keys[i].uid = AW_ID_MIN + at;
		if (aw_fmt(keys[i].name, sizeof(keys[i].name), "u%07u", at) ||
		    aw_fmt(
			keys[i].absent, sizeof(keys[i].absent), "x%07u", at) ||
		    aw_fmt(keys[i].group, sizeof(keys[i].group), "g%05u",
			at % n_groups))
			return -1;
	}
	return 0;
}

struct settings {
	uint64_t users, groups, hot, calls;
	const char *op;
};

static int take_option(char **argv, struct settings *s)
{
	if (strcmp(argv[0], "--op") == 0) {
		s->op = argv[1];
		return 0;
	}
	if (strcmp(argv[0], "--users") == 0)
		return aw_num_u64(argv[1], 1, 10000000, &s->users);
	if (strcmp(argv[0], "--groups") == 0)
		return aw_num_u64(argv[1], 1, 100000, &s->groups);
	if (strcmp(argv[0], "--hot") == 0)
		return aw_num_u64(argv[1], 1, KEYS_MAX, &s->hot);
	if (strcmp(argv[0], "--calls") == 0)
		return aw_num_u64(argv[1], 0, 1000000000, &s->calls);
	return -EINVAL;
}

int main(int argc, char **argv)
{
	struct settings s = {
		.users = 10000, .groups = 1000, .hot = 500, .calls = UINT64_MAX
	};
	struct module modules[MODULES_MAX];
	unsigned n = 0;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-' && i + 1 < argc) {
			if (take_option(&argv[i++], &s) != 0)
				return 2;
		} else if (n == MODULES_MAX || load(argv[i], &modules[n++])) {
			return 2;
		}
	}
	n_keys = (unsigned)s.hot;
	if (n == 0 || make_keys((unsigned)s.users, (unsigned)s.groups) < 0)
		return 2;
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (s.op && strcmp(s.op, ops[i].name) != 0)
			continue;
		if (s.calls == UINT64_MAX)
			compare(&ops[i], modules, n);
		else if (batch(&ops[i], &modules[0], (long)s.calls) < 0)
			return 1;
	}
	return 0;
}
