/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_COMM_H
#define FNT_CORE_COMM_H

#include <linux/types.h>

/* The commands and processes of tasks, as they were while they were traced. */

#define COMM_LEN 16

int comm_init(void);
void comm_exit(void);

int comm_record_start(void);
void comm_record_stop(void);

void comm_of(int pid, char *buf);
void comm_of_stopped(int pid, char *buf);
int comm_tgid_of(int pid);
unsigned int comm_size(void);
int comm_resize(unsigned long places);
bool comm_nth(unsigned int n, int *pid, int *tgid, char *buf);

#endif
