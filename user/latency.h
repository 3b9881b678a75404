/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LATENCY_H
#define USER_LATENCY_H

/* Latencies: what the histograms of the kernel are of, and which come first. */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "hist.h"

enum latency_order { LATENCY_BY_MAX, LATENCY_BY_TOTAL, LATENCY_BY_COUNT, LATENCY_BY_MEAN };

/**
 * struct latency_list - the places of a kind of latencies, or tasks
 * @at: their histograms, in an order
 * @nr: number of them
 */
struct latency_list {
	const struct hist **at;
	size_t nr;
};

int latency_order_by_name(const char *name, enum latency_order *order);
bool latency_is_sum(const struct hist *hist);
int latency_list(struct latency_list *list, const struct hists *hists, const struct hist *sum,
		 enum latency_order order);
double latency_mean(const struct hist *hist);
void latency_print_list(FILE *out, const struct latency_list *list, size_t most,
			const char *unit);

#endif
