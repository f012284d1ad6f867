/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: whether libc asks us, finds us, and hears the right thing.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "awssso/child.h"
#include "awssso/doctor.h"
#include "common/id.h"
#include "common/own.h"
#include "common/text.h"

#define OBJECT   "libnss_awssso.so.2" /* the name that libc looks for */
#define ENTRY    "_nss_awssso_getpwnam_r"
#define PATIENCE 10
#define LINE     4096

/* --- nsswitch.conf ----------------------------------------------------- */

/* The line of a database, as far as we care. */
struct order {
	bool has_files, has_ours;
	bool ours_first; /* before files */
	bool stops;      /* something in brackets ends the search before us */
};

static void take_word(struct order *order, const char *word)
{
	const bool is_action = *word == '[';

	if (strcmp(word, "files") == 0 || strcmp(word, "compat") == 0) {
		order->has_files = true;
	} else if (strcmp(word, "awssso") == 0) {
		order->ours_first = !order->has_files;
		order->has_ours = true;
	} else if (is_action && !order->has_ours) {
		/* To return with an answer is what is always done. */
		order->stops |= strcasestr(word, "=return") &&
				strncasecmp(word, "[success=return]", 16) != 0;
	}
}

static void read_order(const char *line, struct order *ret)
{
	char word[128];
	size_t len;

	*ret = (struct order){ .has_files = false };
	while (line += strspn(line, " \t"), *line && *line != '#') {
		len = *line == '[' ? strcspn(line, "]") + 1
				   : strcspn(line, " \t[#");
		len = strnlen(line, len);
		if (aw_fmt(word, sizeof(word), "%.*s", (int)len, line) == 0)
			take_word(ret, word);
		line += len;
	}
}

/* Behind "@database:" in @text, or NULL.  @text is taken apart. */
static const char *line_of(char *text, const char *database)
{
	const size_t len = strlen(database);
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, " \t");
		if (strncmp(line, database, len) == 0 && line[len] == ':')
			return line + len + 1;
	}
	return NULL;
}

/* What is wrong with it, or NULL. */
static const char *wrong_with(const struct order *order)
{
	if (!order->has_ours)
		return "does not name awssso: nobody of the directory exists "
		       "here";
	if (order->ours_first)
		return "has awssso before files: local accounts come first";
	if (order->stops)
		return "ends the search before awssso, in brackets";
	return NULL;
}

static bool check_database(
    struct aw_doctor *doctor, const char *database, const char *text)
{
	aw_own_free char *copy = strdup(text);
	const char *line = copy ? line_of(copy, database) : NULL;
	struct order order;
	const char *wrong;

	read_order(line ? line : "", &order);
	wrong = wrong_with(&order);
	if (wrong)
		aw_doctor_say(doctor, "nsswitch", AW_DOCTOR_BROKEN,
		    "the line must begin: files awssso",
		    "%s in %s/nsswitch.conf %s", database, doctor->etc, wrong);
	return !wrong;
}

void aw_doctor_check_nsswitch(struct aw_doctor *doctor)
{
	aw_own_free char *text = malloc(AW_DOCTOR_FILE);
	bool good;
	int r;

	r = text ? aw_doctor_read_etc(doctor, "nsswitch.conf", text) : -ENOMEM;
	if (r != 0) {
		aw_doctor_say(doctor, "nsswitch", AW_DOCTOR_BROKEN,
		    "write it: passwd: files awssso, group: files awssso",
		    "%s/nsswitch.conf cannot be read: %s", doctor->etc,
		    r < 0 ? strerrordesc_np(-r) : "no such file");
		return;
	}
	good = check_database(doctor, "passwd", text);
	good &= check_database(doctor, "group", text);
	if (line_of(text, "initgroups")) {
		aw_doctor_say(doctor, "nsswitch", AW_DOCTOR_BROKEN,
		    "take that line out",
		    "%s/nsswitch.conf has a line initgroups: it mixes up whose "
		    "groups count",
		    doctor->etc);
		good = false;
	}
	if (good)
		aw_doctor_say(doctor, "nsswitch", AW_DOCTOR_OK, NULL,
		    "passwd and group ask files, then awssso");
}

/* --- the object, and what comes of it ---------------------------------- */

static void close_object(void **object)
{
	if (*object)
		(void)dlclose(*object);
}

/* The file that libc would load.  False: said. */
static bool find_object(struct aw_doctor *doctor, char *path, size_t size)
{
	aw_own(close_object) void *object = dlopen(OBJECT, RTLD_NOW);
	struct link_map *map;
	struct stat st;

	if (!object) {
		aw_doctor_say(doctor, "nss", AW_DOCTOR_BROKEN,
		    "install libnss-awssso again, then run ldconfig",
		    "libc cannot load " OBJECT ": %s", dlerror());
		return false;
	}
	if (dlinfo(object, RTLD_DI_LINKMAP, &map) != 0 ||
	    aw_copy(path, size, map->l_name) < 0 || !dlsym(object, ENTRY)) {
		aw_doctor_say(doctor, "nss", AW_DOCTOR_BROKEN,
		    "install libnss-awssso again", OBJECT " is not ours");
		return false;
	}
	if (stat(path, &st) < 0 || !(st.st_mode & S_IROTH)) {
		aw_doctor_say(doctor, "nss", AW_DOCTOR_BROKEN, "chmod 644 it",
		    "%s cannot be read by everybody", path);
		return false;
	}
	return true;
}

/* Somebody whom the snapshot lists, and this host shows without root's word. */
static int pick(const struct aw_snap *snap, struct aw_snap_user *ret)
{
	uint64_t cursor = 0;
	int r;

	do
		r = aw_snap_next_user(snap, &cursor, false, ret);
	while (r == 0 && !aw_id_in_range(ret->id));
	return r;
}

/* The id in "name:*:ID:...", or 0. */
static uint64_t id_of(char *line)
{
	uint64_t id = 0;

	(void)strsep(&line, ":");
	(void)strsep(&line, ":");
	return line && aw_num_u64(strsep(&line, ":"), 1, UINT32_MAX, &id) == 0
		   ? id
		   : 0;
}

/* Another module may hang; getent is a child with a deadline. */
static void ask_libc(struct aw_doctor *doctor, const char *path)
{
	aw_own(aw_buf_done) struct aw_buf out = AW_BUF_INIT(LINE);
	const char *const names[] = { "/usr/bin/getent", "passwd", NULL };
	const char *argv[4] = { names[0], names[1] };
	struct aw_snap_user user;
	int r;

	if (!doctor->snap || pick(doctor->snap, &user) != 0) {
		aw_doctor_say(
		    doctor, "nss", AW_DOCTOR_OK, NULL, "libc finds %s", path);
		return;
	}
	argv[2] = user.strings;
	r = aw_child_run(argv, PATIENCE, &out);
	if (r == 0 && aw_buf_error(&out) == 0 && id_of(out.data) == user.id)
		aw_doctor_say(doctor, "nss", AW_DOCTOR_OK, NULL,
		    "libc finds %s, and %s with it", path, user.strings);
	else
		aw_doctor_say(doctor, "nss", AW_DOCTOR_BROKEN,
		    "see the lines nsswitch and local; if nscd runs: nscd -i "
		    "passwd",
		    "getent passwd %s %s, but the snapshot has that name with "
		    "the id %u",
		    user.strings,
		    r == -ETIMEDOUT ? "does not end"
		    : r == 0        ? "has another id"
				    : "finds nobody",
		    user.id);
}

void aw_doctor_check_nss(struct aw_doctor *doctor)
{
	char path[512];

	if (find_object(doctor, path, sizeof(path)))
		ask_libc(doctor, path);
}
