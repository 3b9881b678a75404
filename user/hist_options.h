/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_HIST_OPTIONS_H
#define USER_HIST_OPTIONS_H

/* What all commands have in common that show histograms. */

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct hist;
struct session;

/**
 * struct hist_unit - a unit of values
 * @key: its option
 * @name: in hist_unit
 * @plural: as histograms have it
 */
struct hist_unit {
	int key;
	const char *name;
	const char *plural;
};

/**
 * struct hist_options - what they shall be like
 * @unit: of the values
 * @width: of all buckets, in the unit; NULL: they are powers of two
 */
struct hist_options {
	const struct hist_unit *unit;
	const char *width;
};

extern const struct argp hist_options_argp;

int hist_options_set(const struct hist_options *options, struct session *session);
void hist_take_key(struct argp_state *state, const char *arg, const char *const keys[],
		   bool chosen[], size_t nr);
int hist_keys_set(struct session *session, const char *const keys[], const bool chosen[],
		  size_t nr);
void hist_add_json(json_t *json, const struct hist *hist);

#endif
