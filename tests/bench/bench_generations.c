/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What idle processes cost: READERS of them look a name up, each in another
 * of GENERATIONS snapshots of USERS people, and then only sleep, as bash does
 * at a prompt.  The writer replaces and punches out as awsssod does.  Says how
 * much of the disk is taken at the end, and how much it would be if nothing
 * were punched out.
 *
 *   bench_generations USERS GENERATIONS READERS DIRECTORY
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/directory.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/snapshot_write.h"
#include "common/text.h"

#define READERS_MAX     100
#define GENERATIONS_MAX 900 /* a descriptor each */

struct bench {
	unsigned users, generations, readers;
	const char *path;
	int dir_fd, old_fd;
	pid_t reader[READERS_MAX];
	unsigned n_started;
	int fd[GENERATIONS_MAX + 1]; /* of each generation, to measure it */
	bool is_read[GENERATIONS_MAX + 1];
	unsigned now;
};

static void die(const char *what, int error)
{
	fprintf(stderr, "bench_generations: %s: %s\n", what, strerror(error));
	exit(1);
}

static unsigned number(const char *text, unsigned max)
{
	uint64_t n;

	if (aw_num_u64(text, 1, max, &n) != 0)
		die(text, EINVAL);
	return (unsigned)n;
}

static int add_user(struct aw_snapw *writer, unsigned i, unsigned generation)
{
	char name[16], user_name[64], gecos[64], home[32], id[40];
	struct aw_diag diag;
	const struct aw_snapw_user user = { id, user_name, name, gecos, home,
		"/bin/bash", AW_ID_MIN + i, AW_SNAP_ALLOWED };

	if (aw_fmt(name, sizeof(name), "u%u", i) ||
	    aw_fmt(user_name, sizeof(user_name), "%s@example.com", name) ||
	    aw_fmt(gecos, sizeof(gecos), "Person %u as of %u", i, generation) ||
	    aw_fmt(home, sizeof(home), "/home/%s", name) ||
	    aw_fmt(id, sizeof(id), "%08x-0000-4000-8000-000000000000", i))
		return -EINVAL;
	return aw_snapw_add_user(writer, &user, NULL, &diag);
}

static int write_file(struct bench *bench, unsigned generation)
{
	const struct aw_snapw_head head = { "d-0123456789", generation, 1,
		false };
	aw_own_fd int fd = openat(
	    bench->dir_fd, "new", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct aw_snapw *writer;
	struct aw_diag diag;
	int r;

	if (fd < 0)
		return -errno;
	r = aw_snapw_new(&head, &writer);
	for (unsigned i = 0; r == 0 && i < bench->users; i++)
		r = add_user(writer, i, generation);
	if (r == 0)
		r = aw_snapw_write(writer, fd, &diag);
	aw_snapw_free(writer);
	return r;
}

/* As awsssod: the one before is punched out when the next has come, or after
 * a minute. */
static void publish(struct bench *bench, unsigned generation)
{
	int old_fd, r;

	r = write_file(bench, generation);
	if (r == 0)
		r = aw_snapw_publish(bench->dir_fd, "new", &old_fd);
	if (r < 0)
		die("publish", -r);
	if (bench->old_fd >= 0 && (r = aw_snapw_punch(bench->old_fd)) < 0)
		die("punch", -r);
	aw_own_fd_done(&bench->old_fd);
	bench->old_fd = old_fd;
	bench->now = generation;
	bench->fd[generation] =
	    openat(bench->dir_fd, AW_SNAPSHOT_NAME, O_RDONLY | O_CLOEXEC);
	if (bench->fd[generation] < 0)
		die(AW_SNAPSHOT_NAME, errno);
}

static struct aw_dir directory = AW_DIR_INIT(NULL, "/nonexistent", 0);

static void look_and_sleep(const struct bench *bench, int ready)
{
	struct aw_snap_user user;
	struct aw_dir_pin pin;
	int r;

	directory.path = bench->path;
	directory.root = geteuid();
	r = aw_dir_get(&directory, &pin);
	if (r == 0)
		r = aw_snap_user_by_name(pin.snap, "u0", 2, &user);
	if (r != 0)
		die("lookup", r < 0 ? -r : ENOENT);
	(void)aw_dir_put(&directory, &pin);
	(void)!write(ready, "", 1);
	(void)close(ready);
	for (;;)
		(void)pause();
}

static void start_reader(struct bench *bench)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe2(ready, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		die("reader", errno);
	if (pid == 0) {
		(void)close(ready[0]);
		look_and_sleep(bench, ready[1]);
	}
	bench->reader[bench->n_started++] = pid;
	(void)close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		die("reader", EPIPE);
	(void)close(ready[0]);
}

static double size_mb(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die("fstat", errno);
	return (double)st.st_blocks * 512 / 1e6;
}

/* What awsssod would have on the disk: the file, the one before, which waits
 * to be punched out, and what readers hold. */
static double used_mb(const struct bench *bench)
{
	double sum = 0;

	for (unsigned i = 1; i <= bench->now; i++)
		if (bench->is_read[i] || i + 1 >= bench->now)
			sum += size_mb(bench->fd[i]);
	return sum;
}

static void end_readers(struct bench *bench)
{
	for (unsigned i = 0; i < bench->n_started; i++) {
		(void)kill(bench->reader[i], SIGKILL);
		(void)waitpid(bench->reader[i], NULL, 0);
	}
}

static void run(struct bench *bench)
{
	const unsigned every = bench->generations / bench->readers;
	double one, most = 0;

	for (unsigned i = 1; i <= bench->generations; i++) {
		publish(bench, i);
		if (i % (every ? every : 1) == 0 &&
		    bench->n_started < bench->readers) {
			start_reader(bench);
			bench->is_read[i] = true;
		}
		if (used_mb(bench) > most)
			most = used_mb(bench);
	}
	one = size_mb(bench->fd[bench->now]);
	printf("%u generations of %.1f MB, %u idle readers: %.1f MB at the "
	       "end, %.1f MB at the most; unpunched %.1f MB\n",
	    bench->generations, one, bench->n_started, used_mb(bench), most,
	    one * (bench->n_started + 1));
	end_readers(bench);
}

int main(int argc, char **argv)
{
	static struct bench bench = { .old_fd = -1 };
	char path[4096];

	if (argc != 5)
		die("USERS GENERATIONS READERS DIRECTORY", EINVAL);
	bench.users = number(argv[1], 1000000);
	bench.generations = number(argv[2], GENERATIONS_MAX);
	bench.readers = number(argv[3], READERS_MAX);
	if (aw_fmt(path, sizeof(path), "%s/%s", argv[4], AW_SNAPSHOT_NAME) < 0)
		die("DIRECTORY", ENAMETOOLONG);
	bench.path = path;
	bench.dir_fd = open(argv[4], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (bench.dir_fd < 0)
		die(argv[4], errno);
	run(&bench);
	return 0;
}
