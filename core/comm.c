// SPDX-License-Identifier: GPL-2.0
/*
 * Which command a pid was. Events hold pids only; by the time they are read the
 * task may be gone or have executed something else.
 *
 * A table filled for all tasks when recording starts, and from then on for a task when it
 * is made, when it gets another name and whenever it is switched to or from. The probe of
 * that compares first and writes only what is new, so most switches write nothing.
 *
 * A pid may be in any of a few places, which it shares with those of the same remainder;
 * the one that came first makes room. In one place alone a task that lives for ever would
 * take it from each short-lived one with such a pid.
 */

#include "core/comm.h"

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/threads.h>
#include <linux/tracepoint.h>

#include "core/tracepoints.h"

#define COMM_PLACES 8192	/* at first */
#define COMM_WAYS 4		/* that a pid may be in */

struct comm_entry {
	int pid;
	int tgid;
	char comm[COMM_LEN];
};

/**
 * struct comm_table - the table
 * @places: number of @entries
 * @ways: places of a set, the one that came last first
 * @sets: of which a pid has that of its remainder
 * @entries: sets, and fewer than @ways that are not used
 */
struct comm_table {
	unsigned int places;
	unsigned int ways;
	unsigned int sets;
	struct comm_entry entries[];
};

/* Replaced under record_mutex and comm_lock; probes look at it without. */
static struct comm_table __rcu *comm_table;
static DEFINE_RAW_SPINLOCK(comm_lock);

/* record_mutex: by how many recording is wanted. */
static DEFINE_MUTEX(record_mutex);
static unsigned int recorders;

static struct comm_table *table_create(unsigned int places)
{
	struct comm_table *table;

	table = kvzalloc(struct_size(table, entries, places), GFP_KERNEL);
	if (!table)
		return NULL;
	table->places = places;
	table->ways = min_t(unsigned int, places, COMM_WAYS);
	table->sets = places / table->ways;
	return table;
}

static struct comm_entry *set_of(struct comm_table *table, int pid)
{
	return &table->entries[(unsigned int)pid % table->sets * table->ways];
}

/* NULL if it is not there. */
static const struct comm_entry *entry_of(struct comm_table *table, int pid)
{
	const struct comm_entry *set = set_of(table, pid);
	unsigned int i;

	for (i = 0; i < table->ways; i++)
		if (set[i].pid == pid)
			return &set[i];
	return NULL;
}

/* At the front of its set, from which the last one falls out, if it was not there. */
static struct comm_entry *make_room(struct comm_table *table, int pid)
{
	struct comm_entry *set = set_of(table, pid);
	unsigned int i = 0;

	while (i < table->ways - 1 && set[i].pid && set[i].pid != pid)
		i++;
	memmove(set + 1, set, i * sizeof(*set));
	return set;
}

static struct comm_table *table_locked(void)
{
	return rcu_dereference_protected(comm_table, lockdep_is_held(&comm_lock));
}

/* Is this what the table says? A torn look costs at most a write not needed. */
static bool is_recorded(const struct task_struct *task)
{
	const struct comm_entry *entry = entry_of(rcu_dereference_sched(comm_table), task->pid);

	return entry && entry->tgid == task->tgid && !memcmp(entry->comm, task->comm, COMM_LEN);
}

static void record_as(const struct task_struct *task, const char *comm)
{
	struct comm_entry *entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&comm_lock, flags);
	entry = make_room(table_locked(), task->pid);
	entry->pid = task->pid;
	entry->tgid = task->tgid;
	strscpy_pad(entry->comm, comm, COMM_LEN);
	raw_spin_unlock_irqrestore(&comm_lock, flags);
}

/* RCU is watching, and preemption off. */
static void record(const struct task_struct *task)
{
	if (task->pid && !is_recorded(task))
		record_as(task, task->comm);
}

/* Arguments as of v5.18 and later; older kernels have no @prev_state. */
static void probe_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	record(prev);
	record(next);
}

/* Its first events may come before it was ever switched to. */
static void probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	record(child);
}

/* It executes a program, or says what it is. It may be read before it is switched from. */
static void probe_rename(void *data, struct task_struct *task, const char *comm)
{
	if (task->pid)
		record_as(task, comm);
}

/* What is recorded at. */
static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
} points[] = {
	{ "sched_switch", probe_switch },
	{ "sched_process_fork", probe_fork },
	{ "task_rename", probe_rename },
};

static void record_all(void)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		preempt_disable();
		record(task);
		preempt_enable();
	}
	rcu_read_unlock();
}

/**
 * comm_init - be ready to record
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM; -ENOENT if the kernel lacks a tracepoint.
 */
int comm_init(void)
{
	struct comm_table *table;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		points[i].tp = tracepoints_find(points[i].name);
		if (!points[i].tp)
			return -ENOENT;
	}
	table = table_create(COMM_PLACES);
	if (!table)
		return -ENOMEM;
	RCU_INIT_POINTER(comm_table, table);
	return 0;
}

/**
 * comm_exit - undo comm_init()
 *
 * Context: process, may sleep; nobody records.
 */
void comm_exit(void)
{
	kvfree(rcu_dereference_protected(comm_table, true));
}

/* The first @nr of them. */
static void probes_unregister(unsigned int nr)
{
	while (nr--)
		tracepoint_probe_unregister(points[nr].tp, points[nr].probe, NULL);
	tracepoint_synchronize_unregister();
}

static int probes_register(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		err = tracepoint_probe_register(points[i].tp, points[i].probe, NULL);
		if (err) {
			probes_unregister(i);
			return err;
		}
	}
	return 0;
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
		err = probes_register();
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
	if (!--recorders)
		probes_unregister(ARRAY_SIZE(points));
	mutex_unlock(&record_mutex);
}

/**
 * comm_resize - hold more commands, or fewer
 * @places: for how many there shall be room
 *
 * What is held is kept as far as there is room.
 *
 * Context: process, may sleep.
 * Return: 0; and with nothing changed -EINVAL for none or for more than there
 * can be pids, -ENOMEM.
 */
int comm_resize(unsigned long places)
{
	struct comm_table *table, *old;
	unsigned int i;

	if (!places || places > PID_MAX_LIMIT)
		return -EINVAL;
	table = table_create(places);
	if (!table)
		return -ENOMEM;
	mutex_lock(&record_mutex);
	raw_spin_lock_irq(&comm_lock);
	old = table_locked();
	/* Those that came first go first. */
	for (i = old->places; i--;)
		if (old->entries[i].pid)
			*make_room(table, old->entries[i].pid) = old->entries[i];
	rcu_assign_pointer(comm_table, table);
	raw_spin_unlock_irq(&comm_lock);
	mutex_unlock(&record_mutex);
	synchronize_rcu();
	kvfree(old);
	return 0;
}

/* Copy the entry at place @n, or that of @pid if @n is negative. */
static bool copy_entry(int n, int pid, struct comm_entry *copy)
{
	const struct comm_entry *entry = NULL;
	struct comm_table *table;

	raw_spin_lock_irq(&comm_lock);
	table = table_locked();
	if (n < 0)
		entry = entry_of(table, pid);
	else if (n < table->places)
		entry = &table->entries[n];
	if (entry)
		*copy = *entry;
	raw_spin_unlock_irq(&comm_lock);
	return entry && copy->pid;
}

/* What would be the entry of a task that lives. Takes no lock. */
static bool entry_of_living(int pid, struct comm_entry *entry)
{
	const struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task) {
		entry->tgid = task->tgid;
		strscpy_pad(entry->comm, task->comm, COMM_LEN);
	}
	rcu_read_unlock();
	return task;
}

/* The entry of a pid: as recorded, or of a task that lives. */
static bool find_entry(int pid, struct comm_entry *entry)
{
	return copy_entry(-1, pid, entry) || entry_of_living(pid, entry);
}

/**
 * comm_of - the command of a task
 * @pid: its pid
 * @buf: receives it, COMM_LEN bytes; "<...>" if it is not known
 *
 * Context: process.
 */
void comm_of(int pid, char *buf)
{
	struct comm_entry entry;

	if (!pid)
		strscpy(buf, "<idle>", COMM_LEN);
	else if (find_entry(pid, &entry))
		memcpy(buf, entry.comm, COMM_LEN);
	else
		strscpy(buf, "<...>", COMM_LEN);
}

/**
 * comm_of_stopped - comm_of() on a machine that stands still
 * @pid: of the task
 * @buf: receives its command, COMM_LEN bytes; "<...>" if it is not known
 *
 * Whoever holds a lock will not give it back. What it was changing may be half of the one
 * and half of the other.
 *
 * Context: any; the other CPUs have stopped for ever.
 */
void comm_of_stopped(int pid, char *buf)
{
	const struct comm_entry *entry = entry_of(rcu_dereference_raw(comm_table), pid);
	struct comm_entry living;

	if (!pid)
		strscpy(buf, "<idle>", COMM_LEN);
	else if (entry)
		strscpy(buf, entry->comm, COMM_LEN);
	else if (entry_of_living(pid, &living))
		strscpy(buf, living.comm, COMM_LEN);
	else
		strscpy(buf, "<...>", COMM_LEN);
}

/**
 * comm_tgid_of - the process of a task
 * @pid: its pid
 *
 * Context: process.
 * Return: pid of the process; 0 if it is not known, and for the idle task.
 */
int comm_tgid_of(int pid)
{
	struct comm_entry entry;

	return pid && find_entry(pid, &entry) ? entry.tgid : 0;
}

/**
 * comm_size - number of commands that can be held
 *
 * Context: process.
 * Return: the number.
 */
unsigned int comm_size(void)
{
	unsigned int places;

	raw_spin_lock_irq(&comm_lock);
	places = table_locked()->places;
	raw_spin_unlock_irq(&comm_lock);
	return places;
}

/**
 * comm_nth - list what is held
 * @n: below comm_size()
 * @pid: receives a pid
 * @tgid: receives the pid of its process
 * @buf: receives its command, COMM_LEN bytes
 *
 * Context: process.
 * Return: false if there is nothing at @n.
 */
bool comm_nth(unsigned int n, int *pid, int *tgid, char *buf)
{
	struct comm_entry entry;

	if (!copy_entry(n, 0, &entry))
		return false;
	*pid = entry.pid;
	*tgid = entry.tgid;
	memcpy(buf, entry.comm, COMM_LEN);
	return true;
}
