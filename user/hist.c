// SPDX-License-Identifier: GPL-2.0
/*
 * What `fntrace hist` makes of the histograms of the kernel. PURE: others read the file.
 */

#include "hist.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Widths as bcc's funclatency has them. */
#define STARS 40

/* Cut off the rest of a text from a key on, and return the rest behind the key. */
static char *cut(char *text, const char *key)
{
	char *at = text ? strstr(text, key) : NULL;

	if (!at)
		return NULL;
	*at = '\0';
	return at + strlen(key);
}

/*
 * NAME[ result=CLASS][ kind=KIND][ cpu=N][ pid=N comm=NAME] hits=N total=N min=N max=N.
 * The name of a task may be anything, the figures too: they are looked for from the end.
 */
static int parse_head(struct hist *hist, char *line)
{
	char *figures = NULL, *at, *task, *cpu;

	for (at = line; (at = strstr(at, " hits=")); at++)
		figures = at;
	if (!figures || sscanf(figures, " hits=%" SCNu64 " total=%" SCNu64 " min=%" SCNu64
			       " max=%" SCNu64, &hist->hits, &hist->total, &hist->min,
			       &hist->max) != 4)
		return -1;
	*figures = '\0';
	task = cut(line, " pid=");
	if (task) {
		hist->pid = atoi(task);
		hist->comm = cut(task, " comm=");
	}
	cpu = cut(line, " cpu=");
	hist->cpu = cpu ? atoi(cpu) : -1;
	hist->kind = cut(line, " kind=");
	hist->result = cut(line, " result=");
	hist->function = line;
	return 0;
}

/* <tab>[FROM, TO) COUNT */
static int parse_bucket(struct bucket *bucket, const char *line)
{
	/* Of a clock that went back: counted as 0. */
	if (sscanf(line, "\t[-inf, %" SCNu64 ") %" SCNu64, &bucket->to, &bucket->count) == 2) {
		bucket->from = 0;
		return 0;
	}
	bucket->to = UINT64_MAX;
	if (sscanf(line, "\t[%" SCNu64 ", inf) %" SCNu64, &bucket->from, &bucket->count) == 2)
		return 0;
	return sscanf(line, "\t[%" SCNu64 ", %" SCNu64 ") %" SCNu64, &bucket->from, &bucket->to,
		      &bucket->count) == 3 ? 0 : -1;
}

static int add_hist(struct hists *hists, char *line)
{
	struct hist *more = reallocarray(hists->at, hists->nr + 1, sizeof(*more));

	if (!more)
		return -1;
	hists->at = more;
	more[hists->nr] = (struct hist) { };
	if (!parse_head(&more[hists->nr], line))
		hists->nr++;
	return 0;
}

static int add_bucket(struct hists *hists, const char *line)
{
	struct hist *hist = hists->nr ? &hists->at[hists->nr - 1] : NULL;
	struct bucket bucket, *more;

	if (!hist || parse_bucket(&bucket, line))
		return 0;
	more = reallocarray(hist->buckets, hist->nr + 1, sizeof(*more));
	if (!more)
		return -1;
	hist->buckets = more;
	more[hist->nr++] = bucket;
	return 0;
}

static int add_warning(struct hists *hists, const char *line)
{
	size_t len = hists->warnings ? strlen(hists->warnings) : 0;
	char *more;

	if (strncmp(line, "# missed", 8))
		return 0;
	more = realloc(hists->warnings, len + strlen(line) + 1);
	if (!more)
		return -1;
	hists->warnings = more;
	if (len)
		more[len++] = '\n';
	memcpy(more + len, line + 2, strlen(line + 2) + 1);
	return 0;
}

/**
 * hists_parse - read the text of the file hist
 * @hists: receives the histograms; for hists_free()
 * @text: it belongs to @hists then, whatever this returns
 *
 * Return: 0; -1 without memory.
 */
int hists_parse(struct hists *hists, char *text)
{
	char *line, *rest;
	int err = 0;

	*hists = (struct hists) { .text = text };
	for (line = strtok_r(text, "\n", &rest); line && !err; line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] == '#')
			err = add_warning(hists, line);
		else if (line[0] == '\t')
			err = add_bucket(hists, line);
		else
			err = add_hist(hists, line);
	}
	if (err)
		hists_free(hists);
	return err;
}

/**
 * hists_free - release them
 * @hists: it is empty afterwards
 */
void hists_free(struct hists *hists)
{
	size_t i;

	for (i = 0; i < hists->nr; i++)
		free(hists->at[i].buckets);
	free(hists->at);
	free(hists->warnings);
	free(hists->text);
	*hists = (struct hists) { };
}

/* A value of a bucket if they are spread evenly: the n-th, counted from 0. */
static uint64_t value_in(const struct hist *hist, const struct bucket *bucket, uint64_t n)
{
	/* Those of the first and the last are known to be no further than this. */
	uint64_t from = bucket->from > hist->min ? bucket->from : hist->min;
	uint64_t last = bucket->to <= hist->max ? bucket->to - 1 : hist->max;

	/* Those of a clock that went back. */
	if (!bucket->to)
		return 0;
	if (last <= from)
		return from < hist->max ? from : hist->max;
	return from + (uint64_t)((double)(last - from) * ((double)n + 0.5) / (double)bucket->count);
}

/**
 * hist_percentile - the value that so many values do not exceed
 * @hist: the histogram
 * @permille: how many of a thousand
 *
 * What is not known is where in its bucket a value is: it is taken for granted that
 * those of a bucket are spread evenly over it.
 *
 * Return: the value; 0 if there is none.
 */
uint64_t hist_percentile(const struct hist *hist, unsigned int permille)
{
	uint64_t sum = 0, rank, all = 0;
	size_t i;

	/* It may have been counted on while the file was read. */
	for (i = 0; i < hist->nr; i++)
		all += hist->buckets[i].count;
	/* Rounded up, without a product that may be too large. */
	rank = all / 1000 * permille + (all % 1000 * permille + 999) / 1000;
	if (!rank)
		rank = !!all;
	for (i = 0; i < hist->nr; i++) {
		if (rank && sum + hist->buckets[i].count >= rank)
			return value_in(hist, &hist->buckets[i], rank - sum - 1);
		sum += hist->buckets[i].count;
	}
	return 0;
}

/* As bcc does: the longest has all, and what is there at all need not have one. */
static void print_stars(FILE *out, uint64_t count, uint64_t most, unsigned int width)
{
	unsigned int stars = most ? (unsigned int)((double)count * width / (double)most) : 0;

	fprintf(out, "|%.*s%*s|\n", (int)stars, "****************************************",
		(int)(width - stars), "");
}

static void print_bucket(FILE *out, const struct bucket *bucket, uint64_t most, bool wide)
{
	int width = wide ? 20 : 10;

	if (bucket->to == UINT64_MAX)
		fprintf(out, "%*" PRIu64 " -> %-*s : %-8" PRIu64 " ", width, bucket->from, width,
			"", bucket->count);
	else
		fprintf(out, "%*" PRIu64 " -> %-*" PRIu64 " : %-8" PRIu64 " ", width, bucket->from,
			width, bucket->to ? bucket->to - 1 : 0, bucket->count);
	print_stars(out, bucket->count, most, wide ? STARS / 2 : STARS);
}

/*
 * The rows as bcc has them: of powers of two the first has 0 and 1, and is there
 * though it be empty. Returns the first bucket that comes behind it.
 */
static size_t print_first(FILE *out, const struct hist *hist, uint64_t most, bool wide)
{
	struct bucket row = { .to = 2 };
	size_t i;

	for (i = 0; i < hist->nr && hist->buckets[i].to <= 2; i++)
		row.count += hist->buckets[i].count;
	print_bucket(out, &row, most, wide);
	for (row.from = 2; i < hist->nr && row.from < hist->buckets[i].from; row.from *= 2) {
		row.to = row.from * 2;
		row.count = 0;
		print_bucket(out, &row, most, wide);
	}
	return i;
}

/**
 * hist_print - print a histogram as bcc's funclatency does, and what it says
 * @out: the stream
 * @hist: the histogram
 * @unit: of its values, in the plural
 * @log2: its buckets are powers of two
 */
void hist_print(FILE *out, const struct hist *hist, const char *unit, bool log2)
{
	bool wide = hist->nr && hist->buckets[hist->nr - 1].from > UINT32_MAX;
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < hist->nr; i++)
		if (hist->buckets[i].count > most)
			most = hist->buckets[i].count;
	/* The first row may have more than any bucket. */
	if (log2 && hist->nr > 1 && hist->buckets[1].to == 2 &&
	    hist->buckets[0].count + hist->buckets[1].count > most)
		most = hist->buckets[0].count + hist->buckets[1].count;
	fprintf(out, "%*s%-20s : count     distribution\n", wide ? 15 : 5, "", unit);
	for (i = log2 ? print_first(out, hist, most, wide) : 0; i < hist->nr; i++)
		print_bucket(out, &hist->buckets[i], most, wide);
	fprintf(out, "\navg = %" PRIu64 " %s, total: %" PRIu64 " %s, count: %" PRIu64 "\n",
		hist->hits ? hist->total / hist->hits : 0, unit, hist->total, unit, hist->hits);
	fprintf(out, "p50 = %" PRIu64 ", p90 = %" PRIu64 ", p99 = %" PRIu64 ", p99.9 = %" PRIu64
		" (interpolated within buckets), max = %" PRIu64 " %s\n",
		hist_percentile(hist, 500), hist_percentile(hist, 900),
		hist_percentile(hist, 990), hist_percentile(hist, 999), hist->max, unit);
}
