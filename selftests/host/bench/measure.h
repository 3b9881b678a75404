/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_BENCH_MEASURE_H
#define HOST_BENCH_MEASURE_H

/*
 * What loops take. All run in turn, some hundred times each, and of each the best run
 * counts: whatever else the machine does only ever adds. Instructions are counted by
 * single steps.
 */

/**
 * struct measured - a loop
 * @what: for people
 * @loop: a number of rounds of it
 * @base: in the same table, what is taken off: a loop that does the same but for what
 *        is measured
 * @prepare: called before it; may be NULL
 * @best: ns a round took in the best run
 * @insns: instructions of a round
 */
struct measured {
	const char *what;
	void (*loop)(unsigned int n);
	unsigned int base;
	void (*prepare)(void);
	double best;
	unsigned int insns;
};

double measure_seconds(void);
void measure_insns(struct measured *table, unsigned int nr);
void measure_rounds(struct measured *table, unsigned int nr, unsigned int rounds);
double measure_added(const struct measured *table, unsigned int i);
void measure_print(const struct measured *table, unsigned int i, unsigned int floor);

#endif
