// SPDX-License-Identifier: GPL-2.0
/*
 * Which command a pid was. Events hold pids only; by the time they are read the
 * task may be gone or have executed something else.
 *
 * A table with a place for each value of the low bits of a pid, filled for all
 * tasks when recording starts and at every task switch from then on. The probe
 * compares first and writes only what is new, so most switches write nothing.
 */

#include "core/comm.h"

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#define COMM_PLACES 8192

struct comm_entry {
	int pid;
	char comm[COMM_LEN];
};

static struct comm_entry *comm_table;
static DEFINE_RAW_SPINLOCK(comm_lock);

static struct tracepoint *tp_switch;
static DEFINE_MUTEX(record_mutex);
static unsigned int recorders;

static struct comm_entry *place_of(int pid)
{
	return &comm_table[(unsigned int)pid % COMM_PLACES];
}

static void record(const struct task_struct *task)
{
	struct comm_entry *entry = place_of(task->pid);
	unsigned long flags;

	/* A torn comparison costs at most a write that was not needed. */
	if (!task->pid || (entry->pid == task->pid && !memcmp(entry->comm, task->comm, COMM_LEN)))
		return;
	raw_spin_lock_irqsave(&comm_lock, flags);
	entry->pid = task->pid;
	memcpy(entry->comm, task->comm, COMM_LEN);
	entry->comm[COMM_LEN - 1] = '\0';
	raw_spin_unlock_irqrestore(&comm_lock, flags);
}

/* Arguments as of v5.18 and later; older kernels have no @prev_state. */
static void probe_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	record(prev);
	record(next);
}

static void record_all(void)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process_thread(process, task)
		record(task);
	rcu_read_unlock();
}

static void find_switch(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "sched_switch"))
		tp_switch = tp;
}

/**
 * comm_init - be ready to record
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM; -ENOENT if the kernel has no tracepoint sched_switch.
 */
int comm_init(void)
{
	for_each_kernel_tracepoint(find_switch, NULL);
	if (!tp_switch) {
		pr_err("this kernel has no tracepoint sched_switch\n");
		return -ENOENT;
	}
	comm_table = kvcalloc(COMM_PLACES, sizeof(*comm_table), GFP_KERNEL);
	return comm_table ? 0 : -ENOMEM;
}

/**
 * comm_exit - undo comm_init()
 *
 * Context: process, may sleep; nobody records.
 */
void comm_exit(void)
{
	kvfree(comm_table);
}

/**
 * comm_record_start - record from now on
 *
 * Each call is undone by one comm_record_stop().
 *
 * Context: process, may sleep.
 * Return: 0; what tracepoint_probe_register() returned.
 */
int comm_record_start(void)
{
	int err = 0;

	mutex_lock(&record_mutex);
	if (!recorders) {
		err = tracepoint_probe_register(tp_switch, probe_switch, NULL);
		if (!err)
			record_all();
	}
	if (!err)
		recorders++;
	mutex_unlock(&record_mutex);
	return err;
}

/**
 * comm_record_stop - undo comm_record_start()
 *
 * What was recorded stays.
 *
 * Context: process, may sleep.
 */
void comm_record_stop(void)
{
	mutex_lock(&record_mutex);
	if (!--recorders) {
		tracepoint_probe_unregister(tp_switch, probe_switch, NULL);
		tracepoint_synchronize_unregister();
	}
	mutex_unlock(&record_mutex);
}

static bool copy_entry(const struct comm_entry *entry, int *pid, char *buf)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&comm_lock, flags);
	*pid = entry->pid;
	memcpy(buf, entry->comm, COMM_LEN);
	raw_spin_unlock_irqrestore(&comm_lock, flags);
	return *pid;
}

static bool comm_of_live(int pid, char *buf)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task)
		strscpy_pad(buf, task->comm, COMM_LEN);
	rcu_read_unlock();
	return task;
}

/**
 * comm_of - the command of a task
 * @pid: its pid
 * @buf: COMM_LEN bytes
 *
 * Context: process.
 * Return: the command; "<...>" if it is not known.
 */
const char *comm_of(int pid, char *buf)
{
	int found;

	if (!pid)
		return "<idle>";
	if (copy_entry(place_of(pid), &found, buf) && found == pid)
		return buf;
	return comm_of_live(pid, buf) ? buf : "<...>";
}

/**
 * comm_size - number of commands that can be held
 *
 * Context: any.
 * Return: the number.
 */
unsigned int comm_size(void)
{
	return COMM_PLACES;
}

/**
 * comm_nth - list what is held
 * @n: below comm_size()
 * @pid: receives a pid
 * @buf: receives its command, COMM_LEN bytes
 *
 * Context: process.
 * Return: false if there is nothing at @n.
 */
bool comm_nth(unsigned int n, int *pid, char *buf)
{
	return copy_entry(&comm_table[n], pid, buf);
}
