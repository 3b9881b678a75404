// SPDX-License-Identifier: GPL-2.0
/*
 * The patchers of poke_live_test: patching/patch.c, int3.c and stop.c and the
 * kernel's poke_int3_handler() once more, for user space. The scripts, what they
 * write and the instructions are the module's own.
 */

#define _GNU_SOURCE
#include "selftests/host/unit/poke_live.h"

#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/atomic.h>
#include <linux/membarrier.h>
#include <linux/string.h>

#include <sys/mman.h>
#include <sys/syscall.h>

#include "patching/insn.h"

/* Sites written at a time with the threads stopped, as in patching/stop.c. */
#define STOP_CHUNK 2000
#define STOP_DONE UINT32_MAX
/*
 * After so many sites written, everybody gets an NMI. With breakpoints the
 * threads run through the sites anyway.
 */
#define STOP_NMI_EVERY 64
#define INT3_NMI_EVERY 1024
/* With the threads stopped some sites are written with an NMI at every instruction. */
#define STOP_STEP_EVERY 512
/* Where copies of the trampolines go: so far away, or farther by a step. */
#define FAR_A 0x11223000UL
#define FAR_B 0x33445000UL
#define FAR_STEP 0x1000000UL

/**
 * struct poke - one site on its way through a script
 * @ip: the site
 * @text: writable alias of it
 * @fn: index of its function
 * @class: poke_classify() of @ip
 * @code: the new instruction
 */
struct poke {
	unsigned long ip;
	u8 *text;
	unsigned int fn;
	enum poke_class class;
	u8 code[INSN_LEN];
};

/**
 * struct poke_set - a batch of sites
 * @pokes: ascending by address
 * @nr: how many
 * @classes: of them all
 */
struct poke_set {
	struct poke *pokes;
	unsigned int nr;
	enum poke_class classes;
};

/* The batch that the handler of breakpoints acts for, as the kernel's bp_desc. */
static struct {
	const struct poke *vec;
	unsigned int nr;
	unsigned int refs;
} desc;

/*
 * One stop of all threads, as struct stop_run in patching/stop.c; the kernel
 * itself counts who is there and who has left.
 */
static struct {
	unsigned int round;
	unsigned int arrived;
	unsigned int serialised;
	unsigned int left;
} stop;

static struct {
	u8 *alias;
	u8 original[LIVE_TEXT_SIZE];
	unsigned long tramp_a;
	unsigned long tramp_b;
} text;

/* Who runs through the sites; the patcher is the first. */
static struct {
	pid_t tids[LIVE_THREADS_MAX];
	unsigned int nr;
} threads;

static struct poke pokes[LIVE_FNS];
static struct live_patch_stats stats;
static unsigned long generation;
/* The function whose site was written last before an NMI was sent. */
static unsigned int hot;

__thread struct live_counts live_counts;

/**
 * live_die - say what is wrong and end the program, from any thread or signal
 * @format: as printf()
 *
 * Text that is wrong, or a thread that is lost in it, leaves nothing to go on
 * with.
 *
 * Context: any.
 */
void live_die(const char *format, ...)
{
	char line[512];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) != len)
		_exit(2);
	_exit(1);
}

static void count(unsigned long *counter, unsigned long n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

/*
 * As sync_core() does it. CPUID serialises too, but under a hypervisor it takes
 * so long that nothing runs closely behind anything.
 */
static void sync_core(void)
{
	unsigned long scratch;

	__asm__ volatile("mov %%ss, %0\n\t"
			 "pushq %0\n\t"
			 "pushq %%rsp\n\t"
			 "addq $8, (%%rsp)\n\t"
			 "pushfq\n\t"
			 "mov %%cs, %0\n\t"
			 "pushq %0\n\t"
			 "leaq 1f(%%rip), %0\n\t"
			 "pushq %0\n\t"
			 "iretq\n\t"
			 "1:"
			 : "=&r" (scratch) : : "cc", "memory");
}

/* Every thread of the process serialises, wherever it is. */
static void sync_threads(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0))
		live_die("membarrier: %m");
}

static bool desc_get(void)
{
	unsigned int refs = READ_ONCE(desc.refs);

	do {
		if (!refs)
			return false;
	} while (!__atomic_compare_exchange_n(&desc.refs, &refs, refs + 1, false,
					      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	return true;
}

static void desc_put(void)
{
	__atomic_fetch_sub(&desc.refs, 1, __ATOMIC_RELEASE);
}

static void desc_begin(const struct poke_set *set)
{
	desc.vec = set->pokes;
	desc.nr = set->nr;
	/* Pairs with desc_get(): vector before count. */
	smp_store_release(&desc.refs, 1);
	/* Pairs with smp_rmb() in on_trap(): count before the first int3. */
	smp_wmb();
}

/* Returns when no thread is in the handler on behalf of this batch. */
static void desc_end(void)
{
	desc_put();
	/* Pairs with the release in desc_put(): vector before it is used again. */
	while (smp_load_acquire(&desc.refs))
		sched_yield();
}

static int compare_ip(const void *key, const void *element)
{
	unsigned long ip = *(const unsigned long *)key;
	const struct poke *poke = element;

	return ip < poke->ip ? -1 : ip > poke->ip;
}

static int compare_fn(const void *key, const void *element)
{
	unsigned long ip = *(const unsigned long *)key;
	unsigned long fn = *(const unsigned long *)element;

	return ip < fn ? -1 : ip > fn;
}

/* Do what the new instruction of a site would, as the kernel's int3_emulate_*(). */
static void emulate(const struct poke *poke, greg_t *regs)
{
	unsigned long target = insn_call_target(poke->code, poke->ip);
	unsigned long next = poke->ip + INSN_LEN;

	if (!target) {
		regs[REG_RIP] = next;
		return;
	}
	/* Nothing is below the stack pointer at the entry of a function. */
	regs[REG_RSP] -= sizeof(next);
	*(unsigned long *)regs[REG_RSP] = next;
	regs[REG_RIP] = target;
}

static bool act_for_batch(unsigned long ip, greg_t *regs)
{
	const struct poke *poke;

	if (!desc_get())
		return false;
	poke = bsearch(&ip, desc.vec, desc.nr, sizeof(*poke), compare_ip);
	if (poke)
		emulate(poke, regs);
	desc_put();
	return poke;
}

/*
 * A breakpoint. The kernel's handler runs with interrupts off, so the last SYNC
 * of a script waits for it. A thread may be put aside between the breakpoint and
 * this handler for as long as the scheduler likes, and the batch be gone: then
 * it executes the site again. A breakpoint that stands there while nothing is
 * being patched is nobody's.
 */
static void on_breakpoint(greg_t *regs)
{
	unsigned long ip = regs[REG_RIP] - 1;
	unsigned long before = live_generation();

	count(&stats.traps, 1);
	/* Pairs with smp_wmb() in desc_begin(): int3 before count. */
	smp_rmb();
	if (act_for_batch(ip, regs))
		return;
	if (!bsearch(&ip, live_fns, LIVE_FNS, sizeof(*live_fns), compare_fn) ||
	    (READ_ONCE(*(u8 *)ip) == INSN_INT3 && !(before & 1) && live_generation() == before))
		live_die("breakpoint at text+0x%lx, which nobody has set",
			 ip - (unsigned long)live_text);
	count(&stats.late, 1);
	regs[REG_RIP] = ip;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned long ip = uc->uc_mcontext.gregs[REG_RIP];
	unsigned long sp = uc->uc_mcontext.gregs[REG_RSP];

	live_die("signal %d, address %p, ip %lx (text+0x%lx), called from text+0x%lx", sig,
		 info->si_addr, ip, ip - (unsigned long)live_text,
		 *(unsigned long *)sp - (unsigned long)live_text);
}

/* Every stopped thread serialises once for each round that the patcher asks for. */
static void on_stop(int sig)
{
	unsigned int seen = 0, round;

	(void)sig;
	__atomic_fetch_add(&stop.arrived, 1, __ATOMIC_RELEASE);
	do {
		/* Pairs with the release in stop_sync(). */
		round = smp_load_acquire(&stop.round);
		if (round != seen) {
			sync_core();
			__atomic_fetch_add(&stop.serialised, 1, __ATOMIC_RELEASE);
			seen = round;
		}
		/* There may be more threads than CPUs. */
		sched_yield();
	} while (round != STOP_DONE);
	__atomic_fetch_add(&stop.left, 1, __ATOMIC_RELEASE);
}

static void wait_for_others(const unsigned int *counter)
{
	/* Pairs with the releases in on_stop(). */
	while (smp_load_acquire(counter) < threads.nr - 1)
		sched_yield();
}

static void stop_sync(unsigned int round)
{
	WRITE_ONCE(stop.serialised, 0);
	/* Pairs with the acquire in on_stop(): text before round. */
	smp_store_release(&stop.round, round);
	wait_for_others(&stop.serialised);
	sync_core();
}

static void signal_thread(unsigned int i, int sig)
{
	if (tgkill(getpid(), threads.tids[i], sig))
		live_die("tgkill: %m");
}

/* The patcher too gets one, and runs through what it has just begun to write. */
static void send_nmis(void)
{
	unsigned int i;

	for (i = 0; i < threads.nr; i++)
		signal_thread(i, LIVE_NMI);
	stats.nmis += threads.nr;
}

/* A breakpoint, or the patcher has executed one more instruction of a write. */
static void on_trap(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	if (info->si_code == SI_KERNEL)
		on_breakpoint(uc->uc_mcontext.gregs);
	else
		send_nmis();
}

/* poke_write() with the trap flag set. */
static void write_in_steps(const struct poke *poke, enum poke_action action)
{
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
	poke_write(poke->text, poke->code, INSN_LEN, action);
	__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
}

static void int3_write(const struct poke_set *set, struct poke_step step)
{
	unsigned int i;

	for (i = 0; i < set->nr; i++) {
		if (i % INT3_NMI_EVERY == 0)
			WRITE_ONCE(hot, set->pokes[i].fn);
		poke_write(set->pokes[i].text, set->pokes[i].code, INSN_LEN, step.action);
		if ((i + 1) % INT3_NMI_EVERY == 0)
			send_nmis();
	}
}

static void int3_run(const struct poke_set *set)
{
	struct poke_step step;
	unsigned int i;

	desc_begin(set);
	for (i = 0; (step = poke_action(&poke_script_int3, i)).action != POKE_END; i++) {
		if (step.action == POKE_SYNC)
			sync_threads();
		else
			int3_write(set, step);
	}
	desc_end();
}

static void stop_write(const struct poke_set *set, struct poke_step step)
{
	unsigned int i, written = 0;

	for (i = 0; i < set->nr; i++) {
		const struct poke *poke = &set->pokes[i];

		if (!(poke->class & step.sites))
			continue;
		if (written % STOP_NMI_EVERY == 0)
			WRITE_ONCE(hot, poke->fn);
		if (written % STOP_STEP_EVERY == 0)
			write_in_steps(poke, step.action);
		else
			poke_write(poke->text, poke->code, INSN_LEN, step.action);
		if (written++ % STOP_NMI_EVERY == 0)
			send_nmis();
	}
}

static void stop_lead(const struct poke_set *set)
{
	struct poke_step step;
	unsigned int i, round = 0;

	for (i = 0; (step = poke_action(&poke_script_stop, i)).action != POKE_END; i++) {
		if (!(step.sites & set->classes))
			continue;
		if (step.action == POKE_SYNC)
			stop_sync(++round);
		else
			stop_write(set, step);
	}
	stop_sync(STOP_DONE);
}

static void stop_run_chunk(const struct poke_set *set)
{
	unsigned int i;

	if (set->classes & POKE_STRADDLING)
		desc_begin(set);
	memset(&stop, 0, sizeof(stop));
	for (i = 1; i < threads.nr; i++)
		signal_thread(i, LIVE_STOP);
	wait_for_others(&stop.arrived);
	stop_lead(set);
	wait_for_others(&stop.left);
	if (set->classes & POKE_STRADDLING)
		desc_end();
}

static void stop_run(const struct poke_set *set)
{
	struct poke_set chunk = { .classes = set->classes };
	unsigned int first;

	for (first = 0; first < set->nr; first += STOP_CHUNK) {
		chunk.pokes = set->pokes + first;
		chunk.nr = set->nr - first < STOP_CHUNK ? set->nr - first : STOP_CHUNK;
		stop_run_chunk(&chunk);
	}
}

static void encode(u8 *code, unsigned long ip, enum live_state state)
{
	if (state == LIVE_NOP)
		insn_nop(code);
	else if (!insn_call(code, ip, state == LIVE_A ? text.tramp_a : text.tramp_b))
		live_die("a trampoline is out of reach");
}

static void expect(unsigned long ip, enum live_state state)
{
	u8 code[INSN_LEN];

	encode(code, ip, state);
	if (memcmp((void *)ip, code, INSN_LEN))
		live_die("site text+0x%lx is not in state %d", ip - (unsigned long)live_text,
			 state);
}

/**
 * live_patch - change sites
 * @script: how
 * @from: states of all sites
 * @to: what they shall be; sites that stay what they are, are not touched
 *
 * Context: process; from one thread, the first.
 */
void live_patch(const struct poke_script *script, const u8 *from, const u8 *to)
{
	struct poke_set set = { .pokes = pokes };
	unsigned int i;

	for (i = 0; i < LIVE_FNS; i++) {
		unsigned long ip = live_fns[i];
		struct poke *poke = &pokes[set.nr];

		if (from[i] == to[i])
			continue;
		expect(ip, from[i]);
		poke->fn = i;
		poke->ip = ip;
		poke->text = text.alias + (ip - (unsigned long)live_text);
		poke->class = poke_classify(ip, INSN_LEN);
		encode(poke->code, ip, to[i]);
		set.classes |= poke->class;
		set.nr++;
	}
	WRITE_ONCE(generation, generation + 1);
	/* Who sees changed text sees this generation too: x86 stores in order. */
	smp_wmb();
	if (script == &poke_script_int3)
		int3_run(&set);
	else
		stop_run(&set);
	/* Pairs with the acquire in live_generation(): text before generation. */
	smp_store_release(&generation, generation + 1);
	for (i = 0; i < set.nr; i++)
		if (memcmp((void *)pokes[i].ip, pokes[i].code, INSN_LEN))
			live_die("site text+0x%lx is not what was written",
				 pokes[i].ip - (unsigned long)live_text);
	stats.patches++;
	stats.sites += set.nr;
}

/**
 * live_generation - how often patching has begun or ended
 *
 * Context: any.
 * Return: an odd number while something is being patched.
 */
unsigned long live_generation(void)
{
	/* Pairs with the release in live_patch(). */
	return smp_load_acquire(&generation);
}

/**
 * live_hot - where something is being written, for NMIs to go there
 *
 * Context: any.
 * Return: index of a function.
 */
unsigned int live_hot(void)
{
	return READ_ONCE(hot);
}

/**
 * live_text_is_original - are all bytes as they were compiled?
 *
 * Context: process.
 * Return: true if so.
 */
bool live_text_is_original(void)
{
	return !memcmp(live_text, text.original, LIVE_TEXT_SIZE);
}

/**
 * live_patch_stats - what patching was so far
 *
 * Context: process.
 * Return: the counters.
 */
struct live_patch_stats live_patch_stats(void)
{
	return stats;
}

/**
 * live_patch_thread - the caller is going to run through the sites
 *
 * Context: process; nothing is being patched.
 */
void live_patch_thread(void)
{
	unsigned int i = __atomic_fetch_add(&threads.nr, 1, __ATOMIC_RELAXED);

	if (i >= LIVE_THREADS_MAX)
		live_die("more than %d threads", LIVE_THREADS_MAX);
	threads.tids[i] = gettid();
}

/**
 * live_patch_begin - the caller is going to patch, and is the first thread
 *
 * A breakpoint's handler can be interrupted by an NMI that meets a breakpoint.
 * A stop waits until neither is there, as an interrupt of the kernel's does.
 *
 * Context: process; no other thread runs through the sites.
 */
void live_patch_begin(void)
{
	struct sigaction trap = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER };
	struct sigaction halt = { .sa_handler = on_stop, .sa_flags = SA_RESTART };
	struct sigaction fault = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaddset(&trap.sa_mask, LIVE_STOP);
	if (sigaction(SIGTRAP, &trap, NULL) || sigaction(LIVE_STOP, &halt, NULL) ||
	    sigaction(SIGSEGV, &fault, NULL) || sigaction(SIGILL, &fault, NULL) ||
	    sigaction(SIGBUS, &fault, NULL))
		live_die("sigaction: %m");
	threads.nr = 0;
	memset(&stats, 0, sizeof(stats));
	live_patch_thread();
}

/*
 * The trampolines as far from the text as a module's are from the kernel's, so
 * that their displacements have no byte in common: a call with bytes of both
 * goes to neither.
 */
static unsigned long copy_tramp(const u8 *from, const u8 *end, unsigned long distance,
				unsigned int offset)
{
	u8 *page = MAP_FAILED;

	for (; page == MAP_FAILED && distance < 0x78000000; distance += FAR_STEP)
		page = mmap(live_text - distance, LIVE_PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (page == MAP_FAILED)
		live_die("no place for a trampoline: %m");
	memcpy(page + offset, from, end - from);
	if (mprotect(page, LIVE_PAGE, PROT_READ | PROT_EXEC))
		live_die("mprotect: %m");
	return (unsigned long)page + offset;
}

/* Put the text, as it is, on pages that can be written through an alias. */
static void map_text(void)
{
	int fd = memfd_create("live_text", MFD_CLOEXEC);

	memcpy(text.original, live_text, LIVE_TEXT_SIZE);
	if (fd < 0 || write(fd, text.original, LIVE_TEXT_SIZE) != LIVE_TEXT_SIZE)
		live_die("memfd: %m");
	if (mmap(live_text, LIVE_TEXT_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED, fd,
		 0) != live_text)
		live_die("mmap of text: %m");
	text.alias = mmap(NULL, LIVE_TEXT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (text.alias == MAP_FAILED)
		live_die("mmap of the alias: %m");
	close(fd);
}

/**
 * live_patch_init - make the text writable, on pages of its own
 *
 * Context: process; once, before there are threads.
 */
void live_patch_init(void)
{
	map_text();
	text.tramp_a = copy_tramp(live_tramp_a, live_tramp_a_end, FAR_A, 0x111);
	text.tramp_b = copy_tramp(live_tramp_b, live_tramp_b_end, FAR_B, 0x89a);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0))
		live_die("membarrier: %m");
}
