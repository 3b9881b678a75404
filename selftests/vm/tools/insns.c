// SPDX-License-Identifier: GPL-2.0
/*
 * How many instructions an operation on a file takes in its own task, in a guest
 * that counts instructions: there a nanosecond of CPU time is one instruction.
 * The TSC would not do: it goes on while the task waits.
 *
 *	insns write FILE TEXT	one write() and close()
 *	insns read FILE		read() to the end, or until it would wait; prints
 *				instructions and bytes
 *	insns splice FILE	the same into a pipe, and from there into /dev/null
 */

#define _GNU_SOURCE
#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned long long cpu_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void write_file(const char *path, const char *text)
{
	unsigned long long start, ticks;
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0)
		error(1, errno, "%s", path);
	start = cpu_time();
	if (write(fd, text, len) != (ssize_t)len)
		error(1, errno, "%s", path);
	if (close(fd))
		error(1, errno, "%s", path);
	ticks = cpu_time() - start;
	printf("%llu\n", ticks);
}

static void read_file(const char *path)
{
	static char buf[65536];
	unsigned long long start, ticks, bytes = 0;
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	ssize_t len;

	if (fd < 0)
		error(1, errno, "%s", path);
	start = cpu_time();
	while ((len = read(fd, buf, sizeof(buf))) > 0)
		bytes += len;
	ticks = cpu_time() - start;
	if (len < 0 && errno != EAGAIN)
		error(1, errno, "%s", path);
	printf("%llu %llu\n", ticks, bytes);
}

static void splice_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK), null = open("/dev/null", O_WRONLY);
	unsigned long long start, ticks, bytes = 0;
	int pipe_fds[2];
	ssize_t len;

	if (fd < 0 || null < 0 || pipe(pipe_fds))
		error(1, errno, "%s", path);
	start = cpu_time();
	while ((len = splice(fd, NULL, pipe_fds[1], NULL, 65536, SPLICE_F_NONBLOCK)) > 0) {
		bytes += len;
		if (splice(pipe_fds[0], NULL, null, NULL, len, 0) != len)
			error(1, errno, "/dev/null");
	}
	ticks = cpu_time() - start;
	if (len < 0 && errno != EAGAIN)
		error(1, errno, "%s", path);
	printf("%llu %llu\n", ticks, bytes);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "write"))
		write_file(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(argv[1], "read"))
		read_file(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "splice"))
		splice_file(argv[2]);
	else
		error(2, 0, "usage: insns write FILE TEXT | insns read|splice FILE");
	return 0;
}
