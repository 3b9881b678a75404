// SPDX-License-Identifier: GPL-2.0
/*
 * The search of `fntrace bisect`, without any input or output. PURE: the unit
 * tests play the command. What is asked depends on nothing but the answers, so
 * that a search can be gone through again from its log.
 *
 * One function is looked for first: a part of the candidates is tried; if it is
 * bad it is the candidates from now on, if it is good the rest is. The one that
 * remains is named only if it was itself bad alone. With n functions that takes
 * ceil(log2 n) + 2 runs at most, the one with nothing traced among them.
 *
 * So many are enough because the set of all is not tried first. To try it first,
 * and at last the one function alone, takes one run more for some function of
 * every number of them. A part that is bad makes the run with all superfluous;
 * behind one that is good it is made as soon as it can be afforded, which is
 * mostly at once: that is why a part is not half of the candidates but the
 * largest power of two that leaves some out, and mostly more than half.
 *
 * If that leads to nobody, several functions are bad only together. The smallest
 * set that was bad is tried again. Then its shortest prefix that is bad is
 * looked for; the last function of that one is needed. It stays traced, and so
 * on with what is in front of it, until those found are bad alone. This takes
 * for granted that a set is bad if a part of it is.
 */

#include "bisect.h"

#include <string.h>

/**
 * bisect_init - begin a search
 * @bisect: the search
 * @nr: number of functions, at least one
 */
void bisect_init(struct bisect *bisect, unsigned int nr)
{
	*bisect = (struct bisect) { .nr = nr, .end = nr };
}

/**
 * bisect_set_size - count the functions of a set
 * @set: the set
 *
 * Return: their number.
 */
unsigned int bisect_set_size(const struct bisect_set *set)
{
	return set->end - set->first + set->nr_members;
}

/**
 * bisect_set_at - list the functions of a set
 * @set: the set
 * @n: counted from 0, less than its size
 *
 * Return: a function, by its number.
 */
unsigned int bisect_set_at(const struct bisect_set *set, unsigned int n)
{
	if (n < set->end - set->first)
		return set->first + n;
	return set->members[n - (set->end - set->first)];
}

/* The largest power of two that is less than a number from 2 on. */
static unsigned int part_of(unsigned int nr)
{
	unsigned int part = 1;

	while (part < nr - part)
		part *= 2;
	return part;
}

/* Runs that it takes at most to see any one of some functions bad alone. */
static unsigned int runs_to_see(unsigned int nr)
{
	unsigned int runs = 1;

	for (; nr > 1; nr = part_of(nr))
		runs++;
	return runs;
}

static bool none_was_bad(const struct bisect *bisect)
{
	return !bisect_set_size(&bisect->worst);
}

/* Will the run with all traced leave enough to find any of the candidates? */
static bool can_afford_all(const struct bisect *bisect)
{
	unsigned int most = 1 + runs_to_see(bisect->nr);

	return bisect->runs + 1 + runs_to_see(bisect->end - bisect->first) <= most;
}

static void ask_range(struct bisect *bisect, unsigned int first, unsigned int end)
{
	bisect->asked = (struct bisect_set) { .first = first, .end = end };
}

/* A prefix of the set that is bad, and those that are known to be needed. */
static void ask_prefix(struct bisect *bisect, unsigned int len)
{
	ask_range(bisect, bisect->base, bisect->base + len);
	memcpy(bisect->asked.members, bisect->members, sizeof(bisect->members));
	bisect->asked.nr_members = bisect->nr_members;
}

static void ask_part(struct bisect *bisect)
{
	unsigned int nr = bisect->end - bisect->first;

	ask_range(bisect, bisect->first, bisect->first + (nr > 1 ? part_of(nr) : 1));
}

/**
 * bisect_ask - what is to be tried next
 * @bisect: the search
 *
 * Return: the functions to trace; NULL if there is a verdict. It stays the same
 * until the answer is given.
 */
const struct bisect_set *bisect_ask(struct bisect *bisect)
{
	if (bisect->verdict != BISECT_OPEN)
		return NULL;
	switch (bisect->phase) {
	case BISECT_NOTHING:
		ask_range(bisect, 0, 0);
		break;
	case BISECT_HALVE:
		ask_part(bisect);
		break;
	case BISECT_ALL:
		ask_range(bisect, 0, bisect->nr);
		break;
	case BISECT_AGAIN:
		bisect->asked = bisect->worst;
		break;
	case BISECT_PREFIX:
		ask_prefix(bisect, bisect->first + (bisect->end - bisect->first) / 2);
		break;
	case BISECT_MEMBERS:
		ask_prefix(bisect, 0);
		break;
	}
	return &bisect->asked;
}

static void answer_part(struct bisect *bisect, bool bad)
{
	if (bad)
		bisect->end = bisect->asked.end;
	else
		bisect->first = bisect->asked.end;
	if (bad && bisect->end - bisect->first == 1)
		bisect->verdict = BISECT_ONE;
	else if (!bad && bisect->nr == 1)
		bisect->verdict = BISECT_GOOD_WITH_ALL;
	else if (bisect->first == bisect->end)
		bisect->phase = none_was_bad(bisect) ? BISECT_ALL : BISECT_AGAIN;
	else if (none_was_bad(bisect) && can_afford_all(bisect))
		bisect->phase = BISECT_ALL;
}

static void answer_all(struct bisect *bisect, bool bad)
{
	if (!bad)
		bisect->verdict = BISECT_GOOD_WITH_ALL;
	else if (bisect->first == bisect->end)
		bisect->phase = BISECT_AGAIN;
	else
		bisect->phase = BISECT_HALVE;
}

/* The prefix one shorter was good, this one bad: its last function is needed. */
static void take_member(struct bisect *bisect)
{
	if (bisect->nr_members == BISECT_MEMBERS_MAX) {
		bisect->verdict = BISECT_MANY;
		return;
	}
	bisect->end--;
	bisect->members[bisect->nr_members++] = bisect->base + bisect->end;
	bisect->phase = BISECT_MEMBERS;
}

static void search_prefixes(struct bisect *bisect, unsigned int end)
{
	bisect->phase = BISECT_PREFIX;
	bisect->first = 0;
	bisect->end = end;
	if (end == 1)
		take_member(bisect);
}

static void answer_again(struct bisect *bisect, bool bad)
{
	if (!bad) {
		bisect->verdict = BISECT_UNSTABLE;
		return;
	}
	bisect->base = bisect->worst.first;
	search_prefixes(bisect, bisect->worst.end - bisect->worst.first);
}

static void answer_prefix(struct bisect *bisect, bool bad)
{
	if (bad)
		bisect->end = bisect->asked.end - bisect->base;
	else
		bisect->first = bisect->asked.end - bisect->base;
	if (bisect->end - bisect->first == 1)
		take_member(bisect);
}

static void answer_members(struct bisect *bisect, bool bad)
{
	if (bad)
		bisect->verdict = bisect->nr_members == 1 ? BISECT_ONE : BISECT_SEVERAL;
	else if (!bisect->end)
		/* With nothing in front of them they are what was bad before. */
		bisect->verdict = BISECT_UNSTABLE;
	else
		search_prefixes(bisect, bisect->end);
}

/**
 * bisect_answer - say what came of it
 * @bisect: the search; what bisect_ask() wants to know was tried
 * @bad: the command failed
 */
void bisect_answer(struct bisect *bisect, bool bad)
{
	unsigned int size = bisect_set_size(&bisect->asked);

	bisect->runs++;
	if (bad && size && (none_was_bad(bisect) || size < bisect_set_size(&bisect->worst)))
		bisect->worst = bisect->asked;
	switch (bisect->phase) {
	case BISECT_NOTHING:
		bisect->phase = BISECT_HALVE;
		if (bad)
			bisect->verdict = BISECT_BAD_WITHOUT;
		break;
	case BISECT_HALVE:
		answer_part(bisect, bad);
		break;
	case BISECT_ALL:
		answer_all(bisect, bad);
		break;
	case BISECT_AGAIN:
		answer_again(bisect, bad);
		break;
	case BISECT_PREFIX:
		answer_prefix(bisect, bad);
		break;
	case BISECT_MEMBERS:
		answer_members(bisect, bad);
		break;
	}
}
