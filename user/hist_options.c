// SPDX-License-Identifier: GPL-2.0
/*
 * What all commands have in common that show histograms: units, buckets, keys, JSON.
 */

#include "hist_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fntrace.h"
#include "hist.h"
#include "session.h"

static const struct hist_unit units[] = {
	{ 'u', "us", "usecs" },
	{ 'm', "ms", "msecs" },
	{ 'n', "ns", "nsecs" },
};

static const struct argp_option options[] = {
	{ .name = "microseconds", .key = 'u', .doc = "times in microseconds (default)" },
	{ .name = "milliseconds", .key = 'm', .doc = "in milliseconds" },
	{ .name = "nanoseconds", .key = 'n', .doc = "in nanoseconds" },
	{ .name = "linear", .key = 'l', .arg = "WIDTH",
	  .doc = "buckets of WIDTH units each, not of powers of two" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct hist_options *chosen = state->input;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (units[i].key == key) {
			chosen->unit = &units[i];
			return 0;
		}
	switch (key) {
	case ARGP_KEY_INIT:
		chosen->unit = &units[0];
		return 0;
	case 'l':
		if (!*arg || arg[strspn(arg, "0123456789")] || !strtoul(arg, NULL, 10))
			argp_error(state, "--linear: %s is no width", arg);
		chosen->width = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp hist_options_argp = { .options = options, .parser = parse };

/**
 * hist_options_set - have the kernel's histograms be like that
 * @options: what they shall be like
 * @session: begun
 *
 * Return: 0; -1 with the reason told.
 */
int hist_options_set(const struct hist_options *options, struct session *session)
{
	char buckets[64] = "log2";

	if (options->width)
		snprintf(buckets, sizeof(buckets), "linear %.32s", options->width);
	return session_set(session, "hist_unit", options->unit->name) ||
	       session_set(session, "hist_buckets", buckets) ? -1 : 0;
}

/**
 * hist_take_key - take what was said behind --by
 * @state: of the parser, which ends with an error if it is none of @keys
 * @arg: what was said
 * @keys: words of hist_keys
 * @chosen: receives true for that one
 * @nr: number of @keys
 */
void hist_take_key(struct argp_state *state, const char *arg, const char *const keys[],
		   bool chosen[], size_t nr)
{
	char list[64] = "";
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(arg, keys[i])) {
			chosen[i] = true;
			return;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			 i ? " or " : "", keys[i]);
	}
	argp_error(state, "--by: either %s", list);
}

/**
 * hist_keys_set - tell the kernel what histograms shall be for each of
 * @session: begun
 * @keys: words of hist_keys
 * @chosen: for each whether it is one
 * @nr: number of @keys
 *
 * Return: 0; -1 with the reason told.
 */
int hist_keys_set(struct session *session, const char *const keys[], const bool chosen[],
		  size_t nr)
{
	char words[64] = "function";
	size_t i;

	for (i = 0; i < nr; i++)
		if (chosen[i])
			snprintf(words + strlen(words), sizeof(words) - strlen(words), " %s",
				 keys[i]);
	return session_set(session, "hist_keys", words);
}

static json_t *json_of_buckets(const struct hist *hist)
{
	json_t *list = json_array();
	const struct bucket *bucket;

	for (bucket = hist->buckets; bucket < hist->buckets + hist->nr; bucket++)
		json_array_append_new(list, json_pack("{s:I, s:o, s:I}", "from",
						      (json_int_t)bucket->from, "to",
						      bucket->to == UINT64_MAX ? json_null() :
						      json_integer((json_int_t)bucket->to),
						      "count", (json_int_t)bucket->count));
	return list;
}

/**
 * hist_add_json - add the figures of a histogram to a JSON object
 * @json: the object
 * @hist: the histogram
 */
void hist_add_json(json_t *json, const struct hist *hist)
{
	const struct {
		const char *name;
		uint64_t value;
	} figures[] = {
		{ "count", hist->hits },
		{ "total", hist->total },
		{ "min", hist->min },
		{ "max", hist->max },
		{ "p50", hist_percentile(hist, 500) },
		{ "p90", hist_percentile(hist, 900) },
		{ "p99", hist_percentile(hist, 990) },
		{ "p99.9", hist_percentile(hist, 999) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++)
		json_object_set_new(json, figures[i].name,
				    json_integer((json_int_t)figures[i].value));
	json_object_set_new(json, "buckets", json_of_buckets(hist));
}
