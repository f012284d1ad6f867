/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds a fuzz target the files and folders named on the command line, so that
 * every input that ever mattered is a test wherever a C compiler is.  Prints
 * how many there were; finding none is a failure.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As libFuzzer gives it: a block of exactly @size bytes, so that one byte too
 * many is seen by a sanitizer. */
static int feed(int dir, const char *name)
{
	const int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *data;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			(void)close(fd);
		return 0;
	}
	data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
	n = data ? read(fd, data, (size_t)st.st_size) : -1;
	(void)close(fd);
	if (n < 0) {
		free(data);
		return 0;
	}
	(void)LLVMFuzzerTestOneInput(data, (size_t)n);
	free(data);
	return 1;
}

static int feed_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0;

	if (!dir)
		return feed(AT_FDCWD, path);
	while ((entry = readdir(dir)))
		count += feed(dirfd(dir), entry->d_name);
	(void)closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++)
		count += feed_folder(argv[i]);
	printf("%d inputs\n", count);
	return count > 0 ? 0 : 1;
}
