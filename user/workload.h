/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_WORKLOAD_H
#define USER_WORKLOAD_H

/* A command that waits until it is traced, and runs as if it were not. */

#include <stdbool.h>
#include <sys/types.h>

#include "command.h"

/**
 * struct workload - the command
 * @pid: its process; 0 if there is none, or it has ended
 * @go: what it waits for comes here
 * @failed: here comes why it cannot be run
 * @status: its exit status, as a shell has it, once it has ended
 */
struct workload {
	pid_t pid;
	int go;
	int failed;
	int status;
};

int workload_hold(struct workload *workload, char *const argv[],
		  const struct command_signals *signals);
int workload_release(struct workload *workload);
bool workload_has_ended(struct workload *workload);
void workload_end(struct workload *workload, int signal);

#endif
