// SPDX-License-Identifier: GPL-2.0
/*
 * What `fntrace latency` makes of the histograms of the kernel. PURE: others read the file.
 */

#include "latency.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* By enum latency_order. */
static const char *const orders[] = { "max", "total", "count", "mean" };

/**
 * latency_order_by_name - what shall come first
 * @name: of the figure that is largest there
 * @order: receives it
 *
 * Return: 0; -1 if there is no such figure.
 */
int latency_order_by_name(const char *name, enum latency_order *order)
{
	size_t i;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (!strcmp(name, orders[i])) {
			*order = (enum latency_order)i;
			return 0;
		}
	}
	return -1;
}

/**
 * latency_is_sum - is it of all latencies of a kind?
 * @hist: a histogram
 *
 * Return: true if so; of a CPU perhaps.
 */
bool latency_is_sum(const struct hist *hist)
{
	return hist->kind && !hist->comm && !strcmp(hist->function, "all");
}

/**
 * latency_mean - the mean of all values of a histogram
 * @hist: the histogram
 *
 * Return: the mean; 0 if there is none.
 */
double latency_mean(const struct hist *hist)
{
	return hist->hits ? (double)hist->total / (double)hist->hits : 0;
}

static double figure(const struct hist *hist, enum latency_order order)
{
	switch (order) {
	case LATENCY_BY_TOTAL:
		return (double)hist->total;
	case LATENCY_BY_COUNT:
		return (double)hist->hits;
	case LATENCY_BY_MEAN:
		return latency_mean(hist);
	default:
		return (double)hist->max;
	}
}

static int compare(const void *a, const void *b, void *data)
{
	const struct hist *x = *(const struct hist *const *)a, *y = *(const struct hist *const *)b;
	double of_x = figure(x, *(const enum latency_order *)data);
	double of_y = figure(y, *(const enum latency_order *)data);

	if (of_x != of_y)
		return of_x < of_y ? 1 : -1;
	/* As the file has them. */
	return x < y ? -1 : x > y;
}

/**
 * latency_list - find the parts of a sum
 * @list: receives them, free(list->at) is the caller's
 * @hists: what the file has
 * @sum: one of them, for which latency_is_sum()
 * @order: which come first
 *
 * Return: 0; -1 without memory.
 */
int latency_list(struct latency_list *list, const struct hists *hists, const struct hist *sum,
		 enum latency_order order)
{
	const struct hist *hist;

	*list = (struct latency_list) { .at = calloc(hists->nr, sizeof(struct hist *)) };
	if (!list->at)
		return -1;
	for (hist = hists->at; hist < hists->at + hists->nr; hist++)
		if (hist->hits && hist->kind && !latency_is_sum(hist) &&
		    !strcmp(hist->kind, sum->kind) && hist->cpu == sum->cpu)
			list->at[list->nr++] = hist;
	qsort_r(list->at, list->nr, sizeof(struct hist *), compare, &order);
	return 0;
}

static void print_line(FILE *out, const struct hist *hist)
{
	fprintf(out, "%12" PRIu64 " %12" PRIu64 " %12.3f %14" PRIu64, hist->hits, hist->max,
		latency_mean(hist), hist->total);
	if (strcmp(hist->function, "all"))
		fprintf(out, "  %s", hist->function);
	if (hist->comm)
		fprintf(out, "  %s-%d", hist->comm, hist->pid);
	putc('\n', out);
}

/**
 * latency_print_list - print a line for each place, or task
 * @out: the stream
 * @list: them; nothing is printed if there are none
 * @most: so many at most; 0 for all
 * @unit: of the values, in the plural
 */
void latency_print_list(FILE *out, const struct latency_list *list, size_t most,
			const char *unit)
{
	size_t i;

	if (!list->nr)
		return;
	fprintf(out, "\n%12s %12s %12s %14s  (%s)\n", "count", "max", "mean", "total", unit);
	for (i = 0; i < list->nr && (!most || i < most); i++)
		print_line(out, list->at[i]);
	if (i < list->nr)
		fprintf(out, "%12s and %zu more\n", "", list->nr - i);
}
