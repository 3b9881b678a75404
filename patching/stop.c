// SPDX-License-Identifier: GPL-2.0
/*
 * Patcher: the machine stopped.
 *
 * stop_machine() does not stop NMIs, and the way of an NMI goes through call
 * sites before any handler of ours could make it wait. So nothing waits: every
 * state in between may be executed, see poke.h.
 *
 * The set goes through in chunks, so that no stop lasts long, unless its sites
 * belong together; each site changes on its own, so there may be any number of stops.
 */

#include "patching/patch.h"

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/processor.h>
#include <linux/smp.h>

#include <asm/sync_core.h>

#define STOP_CHUNK 2000

/**
 * struct stop_run - one stop
 * @set: the sites of this chunk; a window on the caller's set
 * @leader: CPU that writes
 * @round: rendezvous asked for so far; STOP_DONE when all is written
 * @serialised: CPUs that have followed, over all rounds
 */
struct stop_run {
	struct patch_set set;
	unsigned int leader;
	unsigned int round;
	atomic_t serialised;
};

#define STOP_DONE UINT_MAX

/* Every other CPU serialises once for each round that the leader asks for. */
static void stop_follow(struct stop_run *run)
{
	unsigned int seen = 0, round;

	do {
		/* Pairs with the release in stop_sync() and stop_lead(). */
		round = smp_load_acquire(&run->round);
		if (round != seen) {
			sync_core();
			atomic_inc(&run->serialised);
			seen = round;
		}
		cpu_relax();
	} while (round != STOP_DONE);
}

static void stop_sync(struct stop_run *run, unsigned int round)
{
	unsigned int others = num_online_cpus() - 1;

	/* Pairs with the acquire in stop_follow(): text before round. */
	smp_store_release(&run->round, round);
	while (atomic_read(&run->serialised) < others)
		cpu_relax();
	atomic_set(&run->serialised, 0);
	sync_core();
	patch_stats()->rounds++;
}

static void stop_lead(struct stop_run *run)
{
	struct patch_stats *stats = patch_stats();
	u64 start = ktime_get_mono_fast_ns();
	struct poke_step step;
	unsigned int i, round = 0;

	for (i = 0; (step = poke_action(&poke_script_stop, i)).action != POKE_END; i++) {
		if (!(step.sites & run->set.classes))
			continue;
		if (step.action == POKE_SYNC)
			stop_sync(run, ++round);
		else
			patch_write(&run->set, step);
	}
	stop_sync(run, STOP_DONE);
	stats->longest_stop_ns = max(stats->longest_stop_ns, ktime_get_mono_fast_ns() - start);
}

static int stop_cpu(void *data)
{
	struct stop_run *run = data;

	if (smp_processor_id() == run->leader)
		stop_lead(run);
	else
		stop_follow(run);
	return 0;
}

static void stop_run_chunk(struct patch_set *set, unsigned int first, unsigned int nr)
{
	struct stop_run run = {
		.set = *set,
		.leader = cpumask_first(cpu_online_mask),
	};
	run.set.changes += first;
	run.set.pokes += first;
	run.set.locs += first;
	run.set.nr = nr;

	if (run.set.classes & POKE_STRADDLING)
		patch_locs_begin(&run.set);
	kabi_stop_machine(stop_cpu, &run);
	if (run.set.classes & POKE_STRADDLING)
		patch_locs_end(&run.set);
}

static void stop_run(struct patch_set *set)
{
	unsigned int chunk = set->at_once ? set->nr : STOP_CHUNK;
	unsigned int first;

	for (first = 0; first < set->nr; first += chunk)
		stop_run_chunk(set, first, min(chunk, set->nr - first));
}

static int stop_usable(void)
{
	return kabi_can_stop_machine();
}

const struct fnt_patcher patcher_stop = {
	.name = "stop_machine",
	.script = &poke_script_stop,
	.needs_breakpoints = POKE_STRADDLING,
	.usable = stop_usable,
	.run = stop_run,
};
