// SPDX-License-Identifier: GPL-2.0
/*
 * What ticks interrupted, added up. Names are compared as pointers: who gives them gives
 * the same for the same function. PURE.
 */

#include "samples.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_AT_FIRST 256

static size_t hash_of(const struct sample *sample)
{
	uint64_t hash = (uint64_t)sample->pid * 2 + sample->user;
	size_t i;

	for (i = 0; i < sample->nr; i++)
		hash = (hash ^ (uintptr_t)sample->functions[i]) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

static bool is_same(const struct sample *a, const struct sample *b)
{
	return a->pid == b->pid && a->user == b->user && a->nr == b->nr &&
	       (!a->nr || !memcmp(a->functions, b->functions, a->nr * sizeof(*a->functions)));
}

/* Where it is, or would be. */
static size_t *slot_of(const struct samples *samples, const struct sample *sample)
{
	size_t mask = samples->nr_slots - 1, i = hash_of(sample) & mask;

	while (samples->slots[i] && !is_same(&samples->at[samples->slots[i] - 1], sample))
		i = (i + 1) & mask;
	return &samples->slots[i];
}

/* Room for one more, half of the slots being free. */
static bool grow(struct samples *samples)
{
	size_t nr_slots = samples->nr_slots ? samples->nr_slots * 2 : SLOTS_AT_FIRST, i;
	struct sample *at;
	size_t *slots;

	if (samples->nr * 2 < samples->nr_slots)
		return true;
	at = reallocarray(samples->at, nr_slots / 2, sizeof(*at));
	if (!at)
		return false;
	samples->at = at;
	slots = calloc(nr_slots, sizeof(*slots));
	if (!slots)
		return false;
	free(samples->slots);
	samples->slots = slots;
	samples->nr_slots = nr_slots;
	for (i = 0; i < samples->nr; i++)
		*slot_of(samples, &at[i]) = i + 1;
	return true;
}

static bool keep(struct samples *samples, const struct sample *sample, size_t *slot)
{
	struct sample *kept = &samples->at[samples->nr];

	*kept = *sample;
	kept->functions = NULL;
	if (sample->nr) {
		kept->functions = calloc(sample->nr, sizeof(*kept->functions));
		if (!kept->functions)
			return false;
		memcpy(kept->functions, sample->functions, sample->nr * sizeof(*kept->functions));
	}
	*slot = ++samples->nr;
	return true;
}

/**
 * samples_add - add what was interrupted
 * @samples: all
 * @sample: it; @count times
 */
void samples_add(struct samples *samples, const struct sample *sample)
{
	size_t *slot;

	if (!grow(samples)) {
		samples->failed = true;
		return;
	}
	samples->ticks += sample->count;
	slot = slot_of(samples, sample);
	if (*slot)
		samples->at[*slot - 1].count += sample->count;
	else if (!keep(samples, sample, slot))
		samples->failed = true;
}

/**
 * samples_free - forget them
 * @samples: all
 */
void samples_free(struct samples *samples)
{
	size_t i;

	for (i = 0; i < samples->nr; i++)
		free(samples->at[i].functions);
	free(samples->at);
	free(samples->slots);
	*samples = (struct samples) { };
}
