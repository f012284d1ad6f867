/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: everybody says which one it would be, then whoever shares one loses
 * it.  Ids: the candidate of the immutable id, or the next free one.
 */
#include "awssso/assign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/own.h"

#define DOMAIN_SIZE 128

/* A set of ids: open addressing, 0 is an empty place. */
struct id_set {
	uint32_t *id;
	size_t mask;
};

static void id_set_done(struct id_set *set)
{
	free(set->id);
}

static int id_set_init(struct id_set *set, size_t n)
{
	size_t size = 16;

	while (size < 2 * n)
		size *= 2;
	set->id = calloc(size, sizeof(*set->id));
	set->mask = size - 1;
	return set->id ? 0 : -ENOMEM;
}

/* Take @id, unless it is there already. */
static int id_set_take(void *user, uint32_t id)
{
	struct id_set *set = user;
	size_t at = (id * 2654435761u) & set->mask;

	for (; set->id[at]; at = (at + 1) & set->mask)
		if (set->id[at] == id)
			return AW_DENIED;
	set->id[at] = id;
	return 0;
}

static int compare_text(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

/* The domain of @user_name in lower case; "" without one that could be used. */
static char *domain_of(const char *user_name)
{
	const char *at = strrchr(user_name, '@');
	char *domain = strdup(at ? at + 1 : "");

	for (char *p = domain; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	if (domain && strlen(domain) >= DOMAIN_SIZE)
		*domain = '\0';
	return domain;
}

static void domains_free(char **domain, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(domain[i]);
	free(domain);
}

/* What stands most often in the sorted list. */
static const char *most_frequent(char *const *sorted, size_t n)
{
	const char *best = "";
	size_t most = 0;
	size_t run = 0;

	for (size_t i = 0; i < n; i++) {
		run = i > 0 && !strcmp(sorted[i], sorted[i - 1]) ? run + 1 : 1;
		if (run > most) {
			most = run;
			best = sorted[i];
		}
	}
	return best;
}

int aw_assign_domain(const struct aw_fixture *fixture, char *ret)
{
	const size_t n = fixture->n_users;
	char **domain = calloc(n + 1, sizeof(*domain));
	int r = domain ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && r == 0; i++) {
		domain[i] = domain_of(fixture->users[i].label);
		if (!domain[i])
			r = -ENOMEM;
	}
	if (r == 0) {
		qsort(domain, n, sizeof(*domain), compare_text);
		r = aw_copy(ret, DOMAIN_SIZE, most_frequent(domain, n));
	}
	if (domain)
		domains_free(domain, n);
	return r;
}

static int compare_name(const void *a, const void *b)
{
	const struct aw_principal *const *x = a;
	const struct aw_principal *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void want_name(struct aw_principal *one, bool is_user,
    const struct aw_name_rules *rules, aw_skip_fn *skip)
{
	struct aw_diag why = { 0 };
	const int r = is_user
			  ? aw_name_of_user(rules, one->label, one->name, &why)
			  : aw_name_of_group(one->label, one->name, &why);

	if (r == 0)
		return;
	one->name[0] = '\0';
	skip(one, why.text[0] ? why.text : "cannot be a Linux name");
}

/* Take the names away that are wanted twice.  @sorted is by name. */
static void settle(struct aw_principal **sorted, size_t n, aw_skip_fn *skip)
{
	bool shared = false;

	for (size_t i = 0; i < n; i++) {
		const bool next =
		    i + 1 < n && !strcmp(sorted[i]->name, sorted[i + 1]->name);

		if (sorted[i]->name[0] && (shared || next))
			skip(sorted[i], "somebody else would have this name");
		else
			sorted[i] = NULL;
		shared = next;
	}
	for (size_t i = 0; i < n; i++)
		if (sorted[i])
			sorted[i]->name[0] = '\0';
}

static int assign_names(struct aw_fixture *fixture,
    const struct aw_name_rules *rules, aw_skip_fn *skip)
{
	const size_t n = fixture->n_users + fixture->n_groups;
	aw_own_free struct aw_principal **all =
	    calloc(n + 1, sizeof(struct aw_principal *));

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const bool is_user = i < fixture->n_users;

		all[i] = is_user ? &fixture->users[i]
				 : &fixture->groups[i - fixture->n_users];
		want_name(all[i], is_user, rules, skip);
	}
	qsort(all, n, sizeof(*all), compare_name);
	settle(all, n, skip);
	return 0;
}

static int assign_id(
    struct aw_principal *one, aw_sha256_fn *sha256, struct id_set *taken)
{
	if (!one->name[0])
		return 0;
	return aw_id_find(sha256, one->id, id_set_take, taken, &one->posix_id);
}

int aw_assign(
    struct aw_fixture *fixture, aw_sha256_fn *sha256, aw_skip_fn *skip)
{
	aw_own(id_set_done) struct id_set taken = { 0 };
	struct aw_name_rules rules = { 0 };
	char domain[DOMAIN_SIZE];
	int r;

	r = aw_assign_domain(fixture, domain);
	/* A domain that cannot be one strips nothing. */
	if (r == 0 && *domain && aw_name_rules_add(&rules, domain, NULL) < 0)
		rules.n_domains = 0;
	if (r == 0)
		r = assign_names(fixture, &rules, skip);
	if (r == 0)
		r = id_set_init(&taken, fixture->n_users + fixture->n_groups);
	for (size_t i = 0; i < fixture->n_users && r == 0; i++)
		r = assign_id(&fixture->users[i], sha256, &taken);
	for (size_t i = 0; i < fixture->n_groups && r == 0; i++)
		r = assign_id(&fixture->groups[i], sha256, &taken);
	return r;
}
