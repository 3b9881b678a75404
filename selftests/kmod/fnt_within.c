// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of traced functions at every instruction of somebody's code, as if an
 * interrupt had come just there: a breakpoint at each (a kprobe), of which one at a
 * time makes calls.
 *
 *	at	write FIRST LAST, in hexadecimal digits: addresses of the code, LAST behind it
 *	run	read: call fnt_within_target() once for each instruction, with
 *		fnt_within_outer() called there, which calls fnt_within_inner(), and say
 *		what was found:
 *		instructions	that there are
 *		reached		of them, with as many calls within
 *		wrong		results of fnt_within_target() and of fnt_within_outer()
 *		untrue		stacks of fnt_within_inner() that do not begin with who called
 *				it, or with a return address that is hooked
 *		whole		stacks that go on to who called fnt_within_target()
 */

#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/insn.h>

#define PROBES 1024
#define FRAMES 64

static struct dentry *dir;
static DEFINE_MUTEX(lock);
static unsigned long first, last;

struct fnt_within_pair {
	unsigned long first;
	unsigned long second;
};

/**
 * struct within - a run
 * @probes: one for each instruction
 * @list: those that are registered
 * @nr: number of them
 * @reached: see above
 * @wrong: see above
 * @untrue: see above
 * @whole: see above
 */
struct within {
	struct kprobe probes[PROBES];
	struct kprobe *list[PROBES];
	int nr;
	unsigned int reached;
	unsigned int wrong;
	unsigned int untrue;
	unsigned int whole;
};

/* The probe that makes calls, and what came of it. */
static const struct kprobe *chosen;
static unsigned long result;
static unsigned long frames[FRAMES];
static unsigned int nr_frames;

noinline struct fnt_within_pair fnt_within_target(unsigned long n);
noinline unsigned long fnt_within_inner(unsigned long n);
noinline unsigned long fnt_within_outer(unsigned long n);

/* Its result is in two registers. */
noinline __noclone struct fnt_within_pair fnt_within_target(unsigned long n)
{
	barrier();
	return (struct fnt_within_pair) { n + 1, ~n };
}

noinline __noclone unsigned long fnt_within_inner(unsigned long n)
{
	nr_frames = stack_trace_save(frames, FRAMES, 0);
	barrier();
	return n + 2;
}

noinline __noclone unsigned long fnt_within_outer(unsigned long n)
{
	n = fnt_within_inner(n);
	barrier();
	return n + 3;
}

/* Not traced: it comes where others are being traced. */
static notrace int within_happens(struct kprobe *probe, struct pt_regs *regs)
{
	if (probe != READ_ONCE(chosen))
		return 0;
	WRITE_ONCE(chosen, NULL);
	/* An interrupt would be before the instruction, not behind a breakpoint. */
	regs->ip = (unsigned long)probe->addr;
	result = fnt_within_outer(10);
	regs->ip++;
	return 0;
}

/* With one of these a probe stays a breakpoint. */
static notrace void within_happened(struct kprobe *probe, struct pt_regs *regs,
				    unsigned long flags)
{
}

/* Is this a return address in a function, or the beginning of it? */
static bool is_in(unsigned int frame, const char *name)
{
	char symbol[KSYM_SYMBOL_LEN];

	if (frame >= nr_frames)
		return false;
	scnprintf(symbol, sizeof(symbol), "%pS", (void *)frames[frame]);
	return strstarts(symbol, name);
}

static void judge(struct within *run, const struct kprobe *probe)
{
	unsigned int i;
	bool whole = false, is_true = is_in(0, "fnt_within_inner+") &&
		    is_in(1, "fnt_within_outer+") && is_in(2, "within_happens+");

	for (i = 0; i < nr_frames; i++) {
		is_true &= !is_in(i, "return_to_handler+0x0/") ||
			   frames[i] == (unsigned long)probe->addr;
		whole |= is_in(i, "call_target+");
	}
	run->reached++;
	run->wrong += result != 15;
	run->untrue += !is_true;
	run->whole += whole;
}

static notrace noinline void call_target(struct within *run, unsigned long n)
{
	struct fnt_within_pair pair = fnt_within_target(n);

	run->wrong += pair.first != n + 1 || pair.second != ~n;
}

/* The same from another depth: so what is left of the call before tells nothing. */
static notrace noinline void call_target_deeper(struct within *run, unsigned long n)
{
	char room[64];

	OPTIMIZER_HIDE_VAR(n);
	memset(room, 0, sizeof(room));
	call_target(run, n);
	barrier_data(room);
}

static int (*decode)(struct insn *insn, const void *code, int size, enum insn_mode mode);

static int probe_all(struct within *run)
{
	unsigned long addr;
	struct insn insn;
	int i, err;

	for (addr = first; addr < last && run->nr < PROBES; addr += insn.length) {
		err = decode(&insn, (void *)addr, MAX_INSN_SIZE, INSN_MODE_KERN);
		if (err)
			return err;
		/* What fills gaps is not run. */
		if (insn.opcode.bytes[0] == INT3_INSN_OPCODE)
			continue;
		run->list[run->nr] = &run->probes[run->nr];
		run->probes[run->nr++] = (struct kprobe) {
			.addr = (kprobe_opcode_t *)addr,
			.pre_handler = within_happens,
			.post_handler = within_happened,
		};
	}
	for (i = 0; i < run->nr; i++) {
		err = register_kprobe(run->list[i]);
		if (err) {
			run->nr = i;
			return err;
		}
	}
	return 0;
}

static int run_show(struct seq_file *m, void *unused)
{
	struct within *run = kvzalloc(sizeof(*run), GFP_KERNEL);
	int i, err;

	if (!run)
		return -ENOMEM;
	mutex_lock(&lock);
	err = probe_all(run);
	for (i = 0; i < run->nr && !err; i++) {
		/* Who is to be preempted goes a slower way. */
		cond_resched();
		WRITE_ONCE(chosen, &run->probes[i]);
		if (i % 2)
			call_target_deeper(run, i);
		else
			call_target(run, i);
		if (!READ_ONCE(chosen))
			judge(run, &run->probes[i]);
		WRITE_ONCE(chosen, NULL);
	}
	unregister_kprobes(run->list, run->nr);
	mutex_unlock(&lock);
	seq_printf(m, "instructions %d\nreached %u\nwrong %u\nuntrue %u\nwhole %u\n", run->nr,
		   run->reached, run->wrong, run->untrue, run->whole);
	kvfree(run);
	return err;
}
DEFINE_SHOW_ATTRIBUTE(run);

static ssize_t at_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos)
{
	char words[64] = "";

	if (count >= sizeof(words) || copy_from_user(words, ubuf, count))
		return -EINVAL;
	return sscanf(words, "%lx %lx", &first, &last) == 2 ? count : -EINVAL;
}

static const struct file_operations at_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = at_write,
};

/* Not exported: found as a probe's address is. */
static int find_decode(void)
{
	struct kprobe probe = { .symbol_name = "insn_decode", .flags = KPROBE_FLAG_DISABLED };
	int err = register_kprobe(&probe);

	if (err)
		return err;
	decode = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static int __init fnt_within_init(void)
{
	int err = find_decode();

	if (err)
		return err;
	dir = debugfs_create_dir("fnt_within", NULL);
	debugfs_create_file("at", 0200, dir, NULL, &at_fops);
	debugfs_create_file("run", 0400, dir, NULL, &run_fops);
	return 0;
}

static void __exit fnt_within_exit(void)
{
	debugfs_remove(dir);
}

module_init(fnt_within_init);
module_exit(fnt_within_exit);

MODULE_DESCRIPTION("Calls at every instruction of somebody's code, for the tests of fntrace");
MODULE_LICENSE("GPL");
