// SPDX-License-Identifier: GPL-2.0
/*
 * Small loads of a kind each, and what a command takes, in a guest that counts
 * instructions: there a nanosecond of CPU time is one instruction.
 *
 *	loads bytes|stat|fork|exec N	read a byte and write it; look at a file; begin a
 *					process, or one that executes another program
 *	loads cost CMD...		run it; print the instructions that it and all that
 *					it has waited for took, in user space and kernel
 */

#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		error(1, errno, "a child did not end well");
}

static void bytes(long nr)
{
	int from = open("/dev/zero", O_RDONLY), to = open("/dev/null", O_WRONLY);
	char byte;

	while (nr--)
		if (read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1)
			error(1, errno, "a byte");
}

static void look(long nr)
{
	struct stat st;

	while (nr--)
		if (stat("/tmp/tree/1", &st))
			error(1, errno, "stat");
}

static void processes(long nr)
{
	pid_t pid;

	while (nr--) {
		pid = fork();
		if (!pid)
			_exit(0);
		wait_for(pid);
	}
}

static void programs(long nr)
{
	char *const argv[] = { "true", NULL };
	pid_t pid;

	while (nr--) {
		pid = fork();
		if (!pid) {
			execv("/bin/true", argv);
			_exit(1);
		}
		wait_for(pid);
	}
}

static void cost(char **argv)
{
	struct rusage usage;
	pid_t pid;
	int err = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);

	if (err)
		error(1, err, "%s", argv[0]);
	wait_for(pid);
	/* The sum of both is exact, only its parts are estimated. */
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%llu\n", (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ULL +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(long nr);
	} loads[] = {
		{ "bytes", bytes }, { "stat", look }, { "fork", processes }, { "exec", programs },
	};
	size_t i;

	if (argc > 2 && !strcmp(argv[1], "cost")) {
		cost(argv + 2);
		return 0;
	}
	for (i = 0; argc == 3 && i < sizeof(loads) / sizeof(loads[0]); i++) {
		if (strcmp(argv[1], loads[i].name))
			continue;
		loads[i].run(atol(argv[2]));
		return 0;
	}
	error(2, 0, "usage: loads bytes|stat|fork|exec N | loads cost CMD...");
}
