/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_SAMPLES_H
#define USER_SAMPLES_H

/* What ticks interrupted, added up. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct sample - what was interrupted
 * @pid: the task; 0 for a CPU that was idle
 * @user: it was in user space
 * @functions: names of the functions of the kernel that it was in, the innermost first
 * @nr: number of them
 * @count: how often
 */
struct sample {
	int pid;
	bool user;
	const char **functions;
	size_t nr;
	uint64_t count;
};

/**
 * struct samples - all of them
 * @at: each once
 * @nr: number of them
 * @slots: 1 + index into @at by a hash of the sample; 0 where there is none
 * @nr_slots: number of @slots, a power of two
 * @ticks: sum of their counts
 * @overruns: ticks that came too late to be of use
 * @failed: there was no memory for something
 */
struct samples {
	struct sample *at;
	size_t nr;
	size_t *slots;
	size_t nr_slots;
	uint64_t ticks;
	uint64_t overruns;
	bool failed;
};

void samples_add(struct samples *samples, const struct sample *sample);
void samples_free(struct samples *samples);

#endif
