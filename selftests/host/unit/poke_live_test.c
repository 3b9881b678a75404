// SPDX-License-Identifier: GPL-2.0
/*
 * The cross-modification scripts on the real CPU: threads call functions in ever
 * other orders while the sites at their entries change between NOP, a call of
 * one trampoline and a call of another. Every call must do what a site held at
 * some time between its beginning and its end, exactly once, and nothing else.
 *
 *	poke_live_test [--hits N] [--seconds N] [--threads N]
 *
 * With one of the first two it goes on until the trampolines were called so
 * often, or for so long, and says what there was; without, it is a unit test.
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <linux/atomic.h>
#include <linux/string.h>

#include "patching/insn.h"
#include "selftests/host/unit/poke_live.h"

#define WORKER_WINDOW 12	/* up to all functions, as a power of two */
#define WORKER_CALLS 4096
#define HOT_WINDOW 2		/* around what is being written */
#define HOT_BATCHES 4		/* there, for one anywhere */
#define NMI_WINDOW 7
#define NMI_CALLS 128
/* States remembered, and how many of them a batch may have lasted through. */
#define HISTORY 64
#define SPAN_MAX 16
/* Changes of one site in a row; to stop all threads takes its time. */
#define INT3_DUEL 1000
#define STOP_DUEL 4
/* No thread waits longer for another, in seconds. */
#define PATIENCE 30

/**
 * struct worker - a thread that runs through the sites
 * @id: of the thread
 * @seed: of its orders
 * @nmi_seed: of the orders in LIVE_NMI, which may come at any time
 * @hits: calls of its that a trampoline counted
 * @exact: batches of calls while no site changed
 * @bounded: batches of calls while some did
 * @unchecked: batches that lasted for too many changes; returned values are checked
 */
struct worker {
	pthread_t id;
	u64 seed;
	u64 nmi_seed;
	unsigned long hits;
	unsigned long exact;
	unsigned long bounded;
	unsigned long unchecked;
};

/**
 * struct run - one run
 * @scripts: by which sites change, in turn; NULL behind the last
 * @nr_workers: threads beside the patcher
 * @seconds: for how long; 0 for any time
 * @hits: until the trampolines were called so often; 0 for any number
 * @one: only one site at a time
 * @start: when it began, in seconds; set by run_live()
 */
struct run {
	const struct poke_script *scripts[3];
	unsigned int nr_workers;
	unsigned int seconds;
	unsigned long hits;
	bool one;
	double start;
};

/**
 * struct totals - what a run came to
 * @workers: of all threads
 * @patch: what the patcher did
 * @cycles: from all NOPs to all NOPs
 * @seconds: how long it took
 */
struct totals {
	struct worker workers;
	struct live_patch_stats patch;
	unsigned long cycles;
	double seconds;
};

/* What calls of a window may have come to. */
struct bounds {
	struct live_counts min;
	struct live_counts max;
	unsigned long min_all;
};

/* State n of all sites is history[n % HISTORY]; patch n makes n + 1 of n. */
static u8 history[HISTORY][LIVE_FNS];
/* The patcher is the first. */
static struct worker workers[LIVE_THREADS_MAX];
static __thread struct worker *self;
static bool ended;

static u64 random_u64(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static unsigned int random_below(u64 *seed, unsigned int limit)
{
	return (random_u64(seed) >> 32) % limit;
}

/* An NMI may come in between and count too. */
static void count(unsigned long *counter, unsigned long n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

static void find_bounds(struct bounds *b, unsigned int base, unsigned int size,
			unsigned long first, unsigned long last, unsigned long times)
{
	unsigned int i;

	memset(b, 0, sizeof(*b));
	for (i = base; i < base + size; i++) {
		unsigned long n, back = live_fns[i] + INSN_LEN, held = 0;

		for (n = first; n <= last; n++)
			held |= READ_ONCE(history[n % HISTORY][i]);
		b->min.a += held == LIVE_A;
		b->max.a += !!(held & LIVE_A);
		b->max.a_sum += held & LIVE_A ? back : 0;
		b->min.b += held == LIVE_B;
		b->max.b += !!(held & LIVE_B);
		b->max.b_sum += held & LIVE_B ? back : 0;
		b->min_all += !(held & LIVE_NOP);
	}
	b->min.a *= times;
	b->min.b *= times;
	b->max.a *= times;
	b->max.b *= times;
	b->max.a_sum *= times;
	b->max.b_sum *= times;
	b->min_all *= times;
}

/* Were the calls between generations @from and @to counted as they must be? */
static void check_counts(const struct live_counts *got, unsigned int base, unsigned int size,
			 unsigned long nr, unsigned long from, unsigned long to)
{
	unsigned long first = from / 2, last = (to + 1) / 2;
	struct bounds b;

	if (last - first > SPAN_MAX) {
		count(&self->unchecked, 1);
		return;
	}
	find_bounds(&b, base, size, first, last, nr / size);
	/* Whether the oldest state may have been overwritten meanwhile. */
	smp_rmb();
	if (live_generation() / 2 >= first + HISTORY - 1) {
		count(&self->unchecked, 1);
		return;
	}
	if (got->a < b.min.a || got->a > b.max.a || got->b < b.min.b || got->b > b.max.b ||
	    got->a + got->b < b.min_all || got->a + got->b > nr)
		live_die("%lu calls of %u functions from number %u on, states %lu to %lu: a %lu (%lu-%lu), b %lu (%lu-%lu), both %lu (%lu-%lu)",
			 nr, size, base, first, last, got->a, b.min.a, b.max.a, got->b, b.min.b,
			 b.max.b, got->a + got->b, b.min_all, nr);
	if (first != last) {
		count(&self->bounded, 1);
		return;
	}
	if (got->a_sum != b.max.a_sum || got->b_sum != b.max.b_sum)
		live_die("%lu calls of %u functions from number %u on, state %lu: counted for others",
			 nr, size, base, first);
	/* The patcher waits for it, in settle(). */
	__atomic_fetch_add(&self->exact, 1, __ATOMIC_RELEASE);
}

/*
 * Call the functions of a window around one, each equally often, in some order.
 * An NMI may come in between and do the same.
 */
static void run_batch(u64 *seed, unsigned int fn, unsigned int window, unsigned long nr)
{
	unsigned int size = 1U << random_below(seed, window + 1);
	unsigned int base = fn & ~(size - 1);
	struct live_counts before = live_counts, got;
	struct live_calls calls = {
		.fns = live_fns + base,
		.mask = size - 1,
		/* Such numbers lead through all of it; every fourth walk is straight. */
		.multiplier = random_below(seed, 4) ? (random_u64(seed) & ~3ULL) | 1 : 1,
		.increment = random_u64(seed) | 1,
		.nr = nr,
	};
	unsigned long from, to, sum, wanted;

	from = live_generation();
	memset(&live_counts, 0, sizeof(live_counts));
	sum = live_call(&calls);
	got = live_counts;
	live_counts = before;
	to = live_generation();

	/* Each adds its number and the carry. */
	wanted = nr / size * ((unsigned long)size * base + (unsigned long)size * (size + 1) / 2);
	if (sum != wanted || calls.damage)
		live_die("%lu calls of %u functions from number %u on: returned %lu instead of %lu, registers damaged %lx",
			 nr, size, base, sum, wanted, calls.damage);
	check_counts(&got, base, size, nr, from, to);
	count(&self->hits, got.a + got.b);
}

static void on_nmi(int sig)
{
	(void)sig;
	run_batch(&self->nmi_seed, live_hot(), NMI_WINDOW, NMI_CALLS);
}

static void *work(void *arg)
{
	unsigned int i;

	self = arg;
	live_patch_thread();
	/* For settle() in start_workers(). */
	__atomic_fetch_add(&self->exact, 1, __ATOMIC_RELEASE);
	/* Pairs with the release in run_live(). */
	while (!smp_load_acquire(&ended)) {
		run_batch(&self->seed, random_below(&self->seed, LIVE_FNS), WORKER_WINDOW,
			  WORKER_CALLS);
		for (i = 0; i < HOT_BATCHES; i++)
			run_batch(&self->seed, live_hot(), HOT_WINDOW, WORKER_CALLS);
	}
	return NULL;
}

/* Until every worker has called functions, and no site changed meanwhile. */
static void settle(unsigned int nr_workers)
{
	unsigned long exact[LIVE_THREADS_MAX];
	unsigned int i;

	for (i = 1; i <= nr_workers; i++)
		exact[i] = READ_ONCE(workers[i].exact);
	for (i = 1; i <= nr_workers; i++)
		/* Pairs with the releases in work() and check_counts(). */
		while (smp_load_acquire(&workers[i].exact) == exact[i])
			sched_yield();
}

static enum live_state random_state(u64 *seed, enum live_state old)
{
	static const enum live_state states[] = { LIVE_NOP, LIVE_A, LIVE_B };
	enum live_state state;

	do {
		state = states[random_below(seed, 3)];
	} while (state == old);
	return state;
}

static const struct poke_script *choose(const struct run *run)
{
	return run->scripts[run->scripts[1] ? random_below(&self->seed, 2) : 0];
}

static void change(const struct poke_script *script, u8 *now, const u8 *next,
		   unsigned long *nr_patches)
{
	++*nr_patches;
	memcpy(history[*nr_patches % HISTORY], next, LIVE_FNS);
	live_patch(script, now, next);
	memcpy(now, next, LIVE_FNS);
}

/* Change each site of a random set: every @odd-th on average. */
static void change_many(const struct run *run, u8 *now, unsigned int odd,
			unsigned long *nr_patches)
{
	static u8 next[LIVE_FNS];
	unsigned int i;

	memcpy(next, now, sizeof(next));
	for (i = 0; i < LIVE_FNS; i++)
		if (!random_below(&self->seed, odd))
			next[i] = random_state(&self->seed, now[i]);
	change(choose(run), now, next, nr_patches);
	if (!random_below(&self->seed, 4))
		settle(run->nr_workers);
}

/*
 * Change one site again and again, while everybody calls it: the shortest way
 * from each step of the script to the next.
 */
static void change_one(const struct run *run, u8 *now, unsigned long *nr_patches)
{
	const struct poke_script *script = choose(run);
	unsigned int rest = script == &poke_script_int3 ? INT3_DUEL : STOP_DUEL;
	unsigned int fn = random_below(&self->seed, LIVE_FNS);
	static u8 next[LIVE_FNS];

	/* Most of them cross a page. */
	if (random_below(&self->seed, 4))
		fn |= LIVE_PER_PAGE - 1;
	memcpy(next, now, sizeof(next));
	for (; rest; rest--) {
		next[fn] = random_state(&self->seed, now[fn]);
		change(script, now, next, nr_patches);
	}
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static unsigned long hits_so_far(const struct run *run)
{
	unsigned long hits = 0;
	unsigned int i;

	for (i = 0; i <= run->nr_workers; i++)
		hits += READ_ONCE(workers[i].hits);
	return hits;
}

static bool is_over(const struct run *run)
{
	return (run->seconds && now_seconds() - run->start >= run->seconds) ||
		(run->hits && hits_so_far(run) >= run->hits);
}

/* From all NOPs to all calls, by way of random states back to all NOPs. */
static void cycle(const struct run *run, unsigned long *nr_patches)
{
	static const unsigned int odds[] = { 1, 2, 4, 16, 256 };
	static u8 now[LIVE_FNS], nops[LIVE_FNS];
	unsigned int rest, odd = 1;

	memset(nops, LIVE_NOP, sizeof(nops));
	memset(now, LIVE_NOP, sizeof(now));
	for (rest = 1 + random_below(&self->seed, 6); rest && !is_over(run); rest--) {
		if (!run->one)
			change_many(run, now, odd, nr_patches);
		odd = odds[random_below(&self->seed, 5)];
		change_one(run, now, nr_patches);
	}
	change(choose(run), now, nops, nr_patches);
	settle(run->nr_workers);
	if (!live_text_is_original())
		live_die("the text is not what it was before");
}

static void start_workers(const struct run *run)
{
	struct sigaction nmi = { .sa_handler = on_nmi, .sa_flags = SA_RESTART };
	unsigned int i;

	memset(workers, 0, sizeof(workers));
	memset(history, LIVE_NOP, sizeof(history));
	for (i = 0; i <= run->nr_workers; i++) {
		workers[i].seed = 0x9e3779b97f4a7c15 * (i + 1);
		workers[i].nmi_seed = ~workers[i].seed;
	}
	self = &workers[0];
	WRITE_ONCE(ended, false);
	live_patch_begin();
	/* An NMI is not stopped, but neither are there two at a time. */
	sigaddset(&nmi.sa_mask, LIVE_STOP);
	if (sigaction(LIVE_NMI, &nmi, NULL))
		live_die("sigaction: %m");
	for (i = 1; i <= run->nr_workers; i++)
		if (pthread_create(&workers[i].id, NULL, work, &workers[i]))
			live_die("pthread_create: %m");
	settle(run->nr_workers);
}

static void run_live(struct run *run, struct totals *totals)
{
	unsigned long nr_patches = live_generation() / 2;
	unsigned int i;

	memset(totals, 0, sizeof(*totals));
	alarm(PATIENCE);
	start_workers(run);
	run->start = now_seconds();
	do {
		/* Who waits for ever is ended by SIGALRM. */
		alarm(PATIENCE);
		cycle(run, &nr_patches);
		totals->cycles++;
	} while (!is_over(run));
	totals->seconds = now_seconds() - run->start;
	/* Pairs with the acquire in work(). */
	smp_store_release(&ended, true);
	for (i = 1; i <= run->nr_workers; i++)
		pthread_join(workers[i].id, NULL);
	alarm(0);
	totals->patch = live_patch_stats();
	for (i = 0; i <= run->nr_workers; i++) {
		totals->workers.hits += workers[i].hits;
		totals->workers.exact += workers[i].exact;
		totals->workers.bounded += workers[i].bounded;
		totals->workers.unchecked += workers[i].unchecked;
	}
}

static void run_and_check(struct run *run)
{
	struct totals t;

	run_live(run, &t);
	print_message("%s%s%s, %u threads: %lu hits, %lu cycles, %lu traps, %lu sites patched\n",
		      run->scripts[0]->name, run->scripts[1] ? " and " : "",
		      run->scripts[1] ? run->scripts[1]->name : "", run->nr_workers,
		      t.workers.hits, t.cycles, t.patch.traps, t.patch.sites);
	/* None of it was in vain. */
	assert_true(t.workers.hits > 0);
	assert_true(t.workers.exact > t.cycles);
	assert_true(t.workers.bounded > 0);
	assert_true(t.patch.traps > 0);
	assert_true(run->one || t.patch.nmis > 0);
}

static void there_are_sites_of_all_alignments(void **state)
{
	unsigned int words = 0, straddling = 0, lines = 0, pages = 0, i;
	unsigned int alignments[64] = { };
	static const u8 nop[INSN_LEN] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };

	(void)state;
	for (i = 0; i < LIVE_FNS; i++) {
		unsigned long ip = live_fns[i], end = ip + INSN_LEN - 1;

		assert_memory_equal((void *)ip, nop, INSN_LEN);
		assert_true(!i || ip > live_fns[i - 1]);
		alignments[ip % 64]++;
		words += poke_classify(ip, INSN_LEN) == POKE_ALIGNED;
		straddling += poke_classify(ip, INSN_LEN) == POKE_STRADDLING;
		lines += ip / 64 != end / 64;
		pages += ip / LIVE_PAGE != end / LIVE_PAGE;
	}
	for (i = 0; i < 64; i++)
		assert_true(alignments[i] >= LIVE_FNS / 128);
	assert_true(words > 1500 && straddling > 1500 && lines > 200);
	assert_int_equal(pages, LIVE_PAGES);
}

static void calls_do_old_or_new_with_breakpoints(void **state)
{
	struct run run = {
		.scripts = { &poke_script_int3 },
		.nr_workers = 2,
		.seconds = 1,
	};

	(void)state;
	run_and_check(&run);
}

/* What fails on a real CPU if a SYNC of the script is left out. */
static void calls_do_old_or_new_where_one_site_changes_fast(void **state)
{
	struct run run = {
		.scripts = { &poke_script_int3 },
		.nr_workers = 2,
		.seconds = 3,
		.one = true,
	};

	(void)state;
	run_and_check(&run);
}

static void calls_do_old_or_new_with_the_threads_stopped(void **state)
{
	struct run run = {
		.scripts = { &poke_script_stop },
		.nr_workers = 2,
		.seconds = 1,
	};

	(void)state;
	run_and_check(&run);
}

static unsigned int more_than_cpus(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus + 3 < LIVE_THREADS_MAX ? cpus + 3 : LIVE_THREADS_MAX - 1;
}

static void calls_do_old_or_new_on_more_threads_than_cpus(void **state)
{
	struct run run = {
		.scripts = { &poke_script_int3, &poke_script_stop },
		.nr_workers = more_than_cpus(),
		.seconds = 2,
	};

	(void)state;
	run_and_check(&run);
}

static unsigned long parse_count(const char *option, const char *text)
{
	char *end = NULL;
	unsigned long value = text ? strtoul(text, &end, 10) : 0;

	if (!text || end == text || *end)
		live_die("%s wants a number", option);
	return value;
}

static int torture(int argc, char **argv)
{
	struct run run = {
		.scripts = { &poke_script_int3, &poke_script_stop },
		.nr_workers = sysconf(_SC_NPROCESSORS_ONLN),
	};
	struct totals t;
	int i;

	for (i = 1; i < argc; i += 2) {
		if (!strcmp(argv[i], "--hits"))
			run.hits = parse_count(argv[i], argv[i + 1]);
		else if (!strcmp(argv[i], "--seconds"))
			run.seconds = parse_count(argv[i], argv[i + 1]);
		else if (!strcmp(argv[i], "--threads"))
			run.nr_workers = parse_count(argv[i], argv[i + 1]);
		else
			live_die("usage: poke_live_test [--hits N] [--seconds N] [--threads N]");
	}
	if (!run.nr_workers || run.nr_workers >= LIVE_THREADS_MAX || !(run.hits || run.seconds))
		live_die("--hits or --seconds, and 1 to %d threads", LIVE_THREADS_MAX - 1);
	run_live(&run, &t);
	printf("hits %lu\ncycles %lu\npatches %lu\nsites patched %lu\ntraps %lu\nlate traps %lu\n",
	       t.workers.hits, t.cycles, t.patch.patches, t.patch.sites, t.patch.traps,
	       t.patch.late);
	printf("nmis %lu\nexact batches %lu\nbounded batches %lu\nunchecked batches %lu\n",
	       t.patch.nmis, t.workers.exact, t.workers.bounded, t.workers.unchecked);
	printf("threads %u\nseconds %.1f\n", run.nr_workers, t.seconds);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_sites_of_all_alignments),
		cmocka_unit_test(calls_do_old_or_new_with_breakpoints),
		cmocka_unit_test(calls_do_old_or_new_where_one_site_changes_fast),
		cmocka_unit_test(calls_do_old_or_new_with_the_threads_stopped),
		cmocka_unit_test(calls_do_old_or_new_on_more_threads_than_cpus),
	};

	live_patch_init();
	if (argc > 1)
		return torture(argc, argv);
	return cmocka_run_group_tests_name("poke_live", tests, NULL, NULL);
}
