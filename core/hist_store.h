/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_HIST_STORE_H
#define FNT_CORE_HIST_STORE_H

/*
 * The histograms of a tracer: tables for each CPU, and the names of functions that
 * have gone with their modules.
 */

#include <linux/percpu.h>
#include <linux/types.h>

#include "core/hist.h"
#include "core/print.h"
#include "core/results.h"

/* What histograms are for each of, beside functions. */
#define HIST_KEY_RESULT BIT(0)
#define HIST_KEY_TASK BIT(1)
#define HIST_KEY_CPU BIT(2)

/* Those that have to be looked at when something is counted: each CPU has its tables. */
#define HIST_KEYS_COUNTED (HIST_KEY_RESULT | HIST_KEY_TASK)

/* Histograms that a CPU has room for at most. */
#define HIST_ROOM_MAX 16384

/*
 * What a function returned, without knowing its type: that is looked up when somebody
 * reads. An error of an int may have anything in the upper half.
 */
enum hist_result { HIST_ZERO, HIST_ERROR, HIST_INT_ERROR, HIST_OTHER };

/* Why calls are not in histograms. */
enum hist_missed {
	HIST_RECURSION,		/* one was being looked at already */
	HIST_NO_STACK,		/* the task has no stack of calls */
	HIST_TOO_DEEP,		/* it is full */
	HIST_OFF,		/* nothing was recorded when they returned */
	HIST_NO_ROOM,		/* no histogram left */
	HIST_OPEN,		/* they have not returned yet */
	HIST_PUSHED_OUT,	/* another task has taken the place where it was noted */
	HIST_MISSED_KINDS
};

/**
 * struct hist_settings - what histograms shall be like
 * @shape: their buckets
 * @keys: HIST_KEY_*
 * @kinds: which latencies they are of, by enum latency_kind
 */
struct hist_settings {
	struct hist_shape shape;
	u8 keys;
	u8 kinds;
};

/**
 * struct hist_naming - what the keys of histograms mean
 * @first: what they are for each of always
 * @name: how the address in a key is named
 * @key_of_sum: the key of the sum that a histogram goes into; 0 if it goes into none
 * @key_of_group: the key of the larger sum that it goes into, too; NULL if there are none
 * @nowhere: what stands for the name if there is no address in a key; may be NULL
 * @print: print what else is in a key, but for the task
 */
struct hist_naming {
	const char *first;
	enum print_name name;
	u64 (*key_of_sum)(const struct hist_settings *settings, u64 key);
	u64 (*key_of_group)(u64 key);
	const char *(*nowhere)(u64 key);
	void (*print)(struct text *text, const struct hist_settings *settings, u64 key);
};

/**
 * struct hist_set - histograms of all CPUs
 * @settings: what they are like
 * @simple: no keys are looked at when something is counted, and hist_is_simple() is true of them
 * @room: for so many on each CPU
 * @tables: those of a CPU
 * @before: a smaller set that they came into first; NULL for none
 */
struct hist_set {
	struct hist_settings settings;
	bool simple;
	unsigned int room;
	struct hist_table __percpu *tables;
	struct hist_set *before;
};

/**
 * struct hist_store - all of a tracer's
 * @naming: what their keys mean
 * @set: what calls go into, read by the event path; NULL for a moment while it is
 *       being cleared
 * @gone: names of functions whose modules have gone: the n-th is of those histograms
 *        whose keys have n + 1 instead of an address
 * @nr_gone: number of @gone
 */
struct hist_store {
	const struct hist_naming *naming;
	struct hist_set *set;
	char **gone;
	unsigned int nr_gone;
};

int hist_store_init(struct hist_store *store, const struct hist_naming *naming,
		    const struct hist_settings *settings, unsigned int functions);
void hist_store_exit(struct hist_store *store);
void hist_store_clear(struct hist_store *store);
int hist_store_change(struct hist_store *store, const struct hist_settings *settings,
		      unsigned int functions);
int hist_store_make_room(struct hist_store *store, unsigned int functions);
void hist_store_module_goes(struct hist_store *store, const char *module);

struct results_taken *hist_store_take(const struct hist_store *store, const u64 *missed);
void hist_taken_print(struct results_taken *taken, unsigned int n, struct text *text);
void hist_taken_drop(struct results_taken *taken);
void hist_print_settings(struct text *text, const struct hist_settings *settings,
			 const char *first);
void hist_print_buckets_setting(struct text *text, const struct hist_settings *settings);
void hist_print_keys(struct text *text, const struct hist_settings *settings, const char *first);
const char *hist_nth_unit(unsigned int n, u32 *ns);
const char *hist_nth_key(unsigned int n);

extern const struct hist_naming hist_calls;

/* A key: lower half of the call site's address, 22 bits of a pid, and a result. */
#define HIST_KEY_PID_SHIFT 32
#define HIST_KEY_RESULT_SHIFT 54
#define HIST_KEY_PID_MASK (GENMASK_ULL(HIST_KEY_RESULT_SHIFT - 1, HIST_KEY_PID_SHIFT))

/**
 * hist_key - the key of a call's histogram
 * @ip: the call site
 * @pid: the task's, or 0
 * @result: what it returned, or 0
 *
 * Context: any, NMI-safe.
 * Return: the key.
 */
static __always_inline u64 hist_key(unsigned long ip, u32 pid, enum hist_result result)
{
	return (u32)ip | (u64)pid << HIST_KEY_PID_SHIFT | (u64)result << HIST_KEY_RESULT_SHIFT;
}

#endif
