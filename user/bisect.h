/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_BISECT_H
#define USER_BISECT_H

/* Which of many functions make a command fail: what to try next, what is known. */

#include <stdbool.h>

/* So many that are needed together are named; of more, a set is. */
#define BISECT_MEMBERS_MAX 8

/**
 * struct bisect_set - functions that are traced together
 * @first: the first of a range
 * @end: behind its last
 * @members: others, all of them behind @end
 * @nr_members: number of them
 */
struct bisect_set {
	unsigned int first;
	unsigned int end;
	unsigned int members[BISECT_MEMBERS_MAX];
	unsigned int nr_members;
};

enum bisect_verdict {
	BISECT_OPEN,		/* ask on */
	BISECT_BAD_WITHOUT,	/* bad with nothing traced */
	BISECT_GOOD_WITH_ALL,	/* good with all traced */
	BISECT_ONE,		/* the one function of worst was bad alone */
	BISECT_SEVERAL,		/* those of worst were bad together, and each is needed */
	BISECT_MANY,		/* so is worst, but not all of it may be needed */
	BISECT_UNSTABLE,	/* worst was bad once and good once */
};

enum bisect_phase {
	BISECT_NOTHING,
	BISECT_HALVE,
	BISECT_ALL,
	BISECT_AGAIN,
	BISECT_PREFIX,
	BISECT_MEMBERS,
};

/**
 * struct bisect - a search
 * @nr: functions; they are numbered from 0
 * @runs: answers so far
 * @phase: what is being found out
 * @verdict: what came of it
 * @asked: the set whose answer is waited for
 * @worst: the smallest set that was bad; empty if none was
 * @first: candidates: the first; or length of the longest prefix known to be good
 * @end: candidates: behind the last; or length of the shortest one known to be bad
 * @base: where prefixes begin
 * @members: functions that are needed, as found so far
 * @nr_members: number of them
 */
struct bisect {
	unsigned int nr;
	unsigned int runs;
	enum bisect_phase phase;
	enum bisect_verdict verdict;
	struct bisect_set asked;
	struct bisect_set worst;
	unsigned int first;
	unsigned int end;
	unsigned int base;
	unsigned int members[BISECT_MEMBERS_MAX];
	unsigned int nr_members;
};

void bisect_init(struct bisect *bisect, unsigned int nr);
const struct bisect_set *bisect_ask(struct bisect *bisect);
void bisect_answer(struct bisect *bisect, bool bad);

unsigned int bisect_set_size(const struct bisect_set *set);
unsigned int bisect_set_at(const struct bisect_set *set, unsigned int n);

#endif
