// SPDX-License-Identifier: GPL-2.0
/*
 * It has our terminal, our input and output, and our process group, so that a
 * shell it may be runs on as ever and ^C reaches it.
 */

#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fntrace.h"

/* How long it has to end by itself, and then to heed SIGTERM. */
#define PATIENCE_SECONDS 1

/* In the child: wait, be the command. */
static void be_command(int wait, int failed, char *const argv[],
		       const struct command_signals *signals)
{
	char word;
	int err;

	/* Nobody is left to say so, or does not want it any more. */
	if (read(wait, &word, 1) != 1)
		_exit(EXIT_FAILURE);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
	execvp(argv[0], argv);
	err = errno;
	if (write(failed, &err, sizeof(err)) < 0)
		_exit(EXIT_FAILURE);
	_exit(err == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

/**
 * workload_hold - make the process of a command, which waits
 * @workload: receives it
 * @argv: the command
 * @signals: from command_signals_begin()
 *
 * Return: 0; -1 with errno.
 */
int workload_hold(struct workload *workload, char *const argv[],
		  const struct command_signals *signals)
{
	int go[2], failed[2];

	if (pipe2(go, O_CLOEXEC))
		return -1;
	if (pipe2(failed, O_CLOEXEC)) {
		close(go[0]);
		close(go[1]);
		return -1;
	}
	workload->pid = fork();
	if (!workload->pid) {
		close(go[1]);
		close(failed[0]);
		be_command(go[0], failed[1], argv, signals);
	}
	close(go[0]);
	close(failed[1]);
	workload->go = go[1];
	workload->failed = failed[0];
	if (workload->pid > 0)
		return 0;
	close(go[1]);
	close(failed[0]);
	workload->pid = 0;
	return -1;
}

/**
 * workload_release - have the command run
 * @workload: from workload_hold()
 *
 * Return: 0; -1 with errno if it cannot be run, and its status then says so.
 */
int workload_release(struct workload *workload)
{
	int err = 0;

	if (write(workload->go, "", 1) != 1)
		err = errno;
	close(workload->go);
	/* Its end is closed when there is another program in the process. */
	if (!err && read(workload->failed, &err, sizeof(err)) <= 0)
		err = 0;
	close(workload->failed);
	workload->go = -1;
	workload->failed = -1;
	if (!err)
		return 0;
	workload_end(workload, 0);
	workload->status = err == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
	errno = err;
	return -1;
}

/**
 * workload_has_ended - is the command at its end?
 * @workload: from workload_hold()
 *
 * Return: true if so; its status is known then.
 */
bool workload_has_ended(struct workload *workload)
{
	int status;

	if (workload->pid && waitpid(workload->pid, &status, WNOHANG) == workload->pid) {
		workload->pid = 0;
		workload->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
							 WEXITSTATUS(status);
	}
	return !workload->pid;
}

/* Wait some seconds for its end. SIGCHLD is blocked. */
static bool ends_soon(struct workload *workload, time_t seconds)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	sigset_t child;
	time_t ticks;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (ticks = seconds * 100; !workload_has_ended(workload) && ticks; ticks--)
		sigtimedwait(&child, NULL, &tick);
	return !workload->pid;
}

/**
 * workload_end - see to it that the command is at its end
 * @workload: from workload_hold(), or one that has none
 * @signal: that has come for us and is for it, too; SIGINT has come to it as well
 *	    where both come from a terminal; 0 for none
 */
void workload_end(struct workload *workload, int signal)
{
	if (workload->go > 0) {
		/* It waits yet, and sees that nobody says go. */
		close(workload->go);
		close(workload->failed);
		workload->go = -1;
	}
	if (workload_has_ended(workload))
		return;
	if (signal && signal != SIGINT)
		kill(workload->pid, signal);
	if (ends_soon(workload, PATIENCE_SECONDS))
		return;
	kill(workload->pid, SIGTERM);
	if (ends_soon(workload, PATIENCE_SECONDS))
		return;
	kill(workload->pid, SIGKILL);
	if (!ends_soon(workload, PATIENCE_SECONDS))
		complain("process %d was killed and is not gone", (int)workload->pid);
}
