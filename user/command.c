// SPDX-License-Identifier: GPL-2.0
/*
 * Signals are not handled but waited for: so none comes between two steps that
 * belong together, and none is lost.
 */

#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fntrace.h"

extern char **environ;

static const int ending_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

/**
 * command_signals_begin - from now on no signal ends us but by our own will
 * @signals: receives which they are
 *
 * What is ignored, as nohup does it, stays so.
 */
void command_signals_begin(struct command_signals *signals)
{
	struct sigaction action;
	size_t i;

	sigemptyset(&signals->ends);
	for (i = 0; i < ARRAY_SIZE(ending_signals); i++)
		if (!sigaction(ending_signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
			sigaddset(&signals->ends, ending_signals[i]);
	signals->waited = signals->ends;
	sigaddset(&signals->waited, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals->waited, &signals->before);
	/*
	 * Nobody reads what we say, or the log may not grow: that must not end us with
	 * functions traced.
	 */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* Who started us may have ignored it; the end of a child would not be seen. */
	signal(SIGCHLD, SIG_DFL);
}

/**
 * command_signal_pending - has a signal come that is to end us?
 * @signals: those that do
 *
 * Return: its number, it is not pending any more; 0 if there is none.
 */
int command_signal_pending(const struct command_signals *signals)
{
	const struct timespec now = { };
	int signal = sigtimedwait(&signals->ends, NULL, &now);

	return signal > 0 ? signal : 0;
}

/**
 * command_signals_end - have signals do what they do
 * @signals: from command_signals_begin()
 * @fatal: one that has come and is to end us now; or 0
 */
void command_signals_end(const struct command_signals *signals, int fatal)
{
	if (fatal)
		raise(fatal);
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}

static struct timespec clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now;
}

/* The time that is left; false if there is none. */
static int time_left(const struct timespec *start, unsigned int seconds, struct timespec *left)
{
	struct timespec now = clock_now();

	left->tv_sec = start->tv_sec + seconds - now.tv_sec;
	left->tv_nsec = start->tv_nsec - now.tv_nsec;
	if (left->tv_nsec < 0) {
		left->tv_nsec += 1000000000;
		left->tv_sec--;
	}
	return left->tv_sec >= 0;
}

static void note_end(struct command *command, int status)
{
	command->pid = 0;
	command->end = WIFSIGNALED(status) ? COMMAND_KILLED : COMMAND_EXITED;
	command->value = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * Wait for the end of the command, a signal of a set, or some time, 0 for ever.
 * Return the signal; 0 for the end, -1 for the time.
 */
static int wait_for_end(struct command *command, const sigset_t *waited, unsigned int seconds)
{
	struct timespec start = clock_now(), left;
	int status, signal;

	for (;;) {
		if (waitpid(command->pid, &status, WNOHANG) == command->pid) {
			note_end(command, status);
			return 0;
		}
		if (seconds && !time_left(&start, seconds, &left))
			return -1;
		signal = sigtimedwait(waited, NULL, seconds ? &left : NULL);
		if (signal > 0 && signal != SIGCHLD)
			return signal;
	}
}

/*
 * In a process group of its own, so that all of it can be killed. It has no
 * input, as the first run would leave none for the others, and its output is
 * not ours, which is the result.
 */
static int spawn(pid_t *pid, const struct command_signals *signals, char *const argv[])
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int err;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGXFSZ);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &signals->before);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawn_file_actions_init(&files);
	err = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	if (!err)
		err = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return err;
}

/**
 * command_run - run a command until it ends, is late, or we are to end
 * @command: receives how it ended. If its pid is not 0, it was killed but is not
 *           gone: see command_reap()
 * @signals: from command_signals_begin()
 * @argv: the command
 * @seconds: time that it has; 0 for ever
 */
void command_run(struct command *command, const struct command_signals *signals,
		 char *const argv[], unsigned int seconds)
{
	int signal, err;

	*command = (struct command) { };
	err = spawn(&command->pid, signals, argv);
	if (err) {
		*command = (struct command) { .end = COMMAND_NOT_RUN, .value = err };
		return;
	}
	signal = wait_for_end(command, &signals->waited, seconds);
	if (!signal)
		return;
	command->end = signal < 0 ? COMMAND_TIMED_OUT : COMMAND_STOPPED;
	command->value = signal;
	kill(-command->pid, SIGKILL);
}

/**
 * command_reap - wait for the end of a command that was killed
 * @command: from command_run()
 * @seconds: how long to wait
 *
 * A process that waits in the kernel, and cannot be killed there, may end only
 * when what it waits for is traced no more.
 *
 * Return: 0 if there is none any more; -1.
 */
int command_reap(struct command *command, unsigned int seconds)
{
	struct command ended = *command;
	sigset_t child;
	int left;

	if (!command->pid)
		return 0;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	left = wait_for_end(&ended, &child, seconds);
	command->pid = ended.pid;
	return left ? -1 : 0;
}
