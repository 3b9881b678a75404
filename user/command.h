/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_COMMAND_H
#define USER_COMMAND_H

/* Run a command and see how it ends, or that it does not. */

#include <signal.h>
#include <sys/types.h>

/**
 * struct command_signals - signals that are to end us in good order
 * @ends: those that do
 * @waited: these and SIGCHLD
 * @before: mask of signals that the command is to have
 */
struct command_signals {
	sigset_t ends;
	sigset_t waited;
	sigset_t before;
};

enum command_end {
	COMMAND_EXITED,		/* value: its exit status */
	COMMAND_KILLED,		/* value: the signal */
	COMMAND_TIMED_OUT,
	COMMAND_STOPPED,	/* we are to end; value: the signal */
	COMMAND_NOT_RUN,	/* value: errno */
};

/**
 * struct command - a command that runs
 * @pid: its process, which leads a process group; 0 when it has ended
 * @end: how it ended
 * @value: what belongs to that
 */
struct command {
	pid_t pid;
	enum command_end end;
	int value;
};

void command_signals_begin(struct command_signals *signals);
int command_signal_pending(const struct command_signals *signals);
void command_signals_end(const struct command_signals *signals, int fatal);

void command_run(struct command *command, const struct command_signals *signals,
		 char *const argv[], unsigned int seconds);
int command_reap(struct command *command, unsigned int seconds);

#endif
