/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory of made-up people: as a snapshot, and the same people as passwd
 * and group files for the peers.  Says how long the build took, how large the
 * file is and how much memory it took at its peak.
 *
 *   make_directory USERS GROUPS GROUPS_PER_USER SNAPSHOT [PASSWD GROUP]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/id.h"
#include "common/own.h"
#include "common/snapshot_write.h"
#include "common/text.h"

static uint64_t state = 88172645463325252u;

static uint32_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static int uuid(char *to, size_t size)
{
	return aw_fmt(to, size, "%08x-%04x-%04x-%04x-%04x%08x", draw(),
	    draw() & 0xffff, draw() & 0xffff, draw() & 0xffff, draw() & 0xffff,
	    draw());
}

static int add_user(struct aw_snapw *writer, uint32_t i, FILE *passwd)
{
	char name[16], user_name[64], gecos[64], home[32], id[40];
	struct aw_diag diag = { .text = "" };
	const struct aw_snapw_user user = { id, user_name, name, gecos, home,
		"/bin/bash", AW_ID_MIN + i, AW_SNAP_ALLOWED | AW_SNAP_ENUM };

	if (aw_fmt(name, sizeof(name), "u%07u", i) ||
	    aw_fmt(user_name, sizeof(user_name), "%s@example.com", name) ||
	    aw_fmt(gecos, sizeof(gecos), "Example Person %u", i) ||
	    aw_fmt(home, sizeof(home), "/home/%s", name) ||
	    uuid(id, sizeof(id)))
		return -1;
	if (passwd)
		fprintf(passwd, "%s:x:%u:%u:%s:%s:/bin/bash\n", name, user.id,
		    user.id, gecos, home);
	return aw_snapw_add_user(writer, &user, NULL, &diag);
}

static int add_group(struct aw_snapw *writer, uint32_t i, uint32_t n_users,
    uint64_t members, FILE *group)
{
	char name[16], id[40];
	struct aw_diag diag = { .text = "" };
	const struct aw_snapw_group record = { id, name,
		AW_ID_MIN + n_users + i, AW_SNAP_ENUM, name };
	uint32_t index;
	int r;

	if (aw_fmt(name, sizeof(name), "g%05u", i) || uuid(id, sizeof(id)))
		return -1;
	r = aw_snapw_add_group(writer, &record, &index, &diag);
	if (group)
		fprintf(group, "%s:x:%u:", name, record.id);
	for (uint64_t k = 0; r == 0 && k < members; k++) {
		const uint32_t user = draw() % n_users;

		r = aw_snapw_add_member(writer, index, user);
		if (group)
			fprintf(group, "%su%07u", k ? "," : "", user);
	}
	if (group)
		fprintf(group, "\n");
	return r;
}

static double seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int write_file(struct aw_snapw *writer, const char *path, double input)
{
	aw_own_fd int fd =
	    open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct aw_diag diag = { .text = "" };
	struct rusage usage;
	const double start = seconds();
	int r;

	if (fd < 0)
		return -1;
	r = aw_snapw_write(writer, fd, &diag);
	(void)getrusage(RUSAGE_SELF, &usage);
	printf("input %.2f s, build and fsync %.2f s, file %.1f MB, peak "
	       "%ld MB %s\n",
	    input, seconds() - start, (double)lseek(fd, 0, SEEK_END) / 1e6,
	    usage.ru_maxrss / 1024, diag.text);
	return r;
}

int main(int argc, char **argv)
{
	const struct aw_snapw_head head = { .store_id = "d-1234567890",
		.generation = 1,
		.created = (uint64_t)time(NULL) };
	FILE *passwd = argc > 6 ? fopen(argv[5], "w") : NULL;
	FILE *group = argc > 6 ? fopen(argv[6], "w") : NULL;
	uint64_t n_users, n_groups, per_user;
	const double start = seconds();
	struct aw_snapw *writer;
	int r = 0;

	if (argc < 5 || aw_num_u64(argv[1], 1, 10000000, &n_users) ||
	    aw_num_u64(argv[2], 1, 100000, &n_groups) ||
	    aw_num_u64(argv[3], 0, 1000, &per_user) ||
	    aw_snapw_new(&head, &writer) < 0)
		return 2;
	for (uint32_t i = 0; r == 0 && i < n_users; i++)
		r = add_user(writer, i, passwd);
	for (uint32_t i = 0; r == 0 && i < n_groups; i++)
		r = add_group(writer, i, (uint32_t)n_users,
		    n_users * per_user / n_groups, group);
	if (r == 0)
		r = write_file(writer, argv[4], seconds() - start);
	aw_snapw_free(writer);
	if (passwd && group && (fclose(passwd) || fclose(group)))
		return 1;
	return r == 0 ? 0 : 1;
}
