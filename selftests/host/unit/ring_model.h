/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_UNIT_RING_MODEL_H
#define HOST_UNIT_RING_MODEL_H

/*
 * A ring whose every access to memory is a step that a scheduler allows.
 *
 * core/ring.c and the scripts of ring_model_ops.c are compiled with
 * -fsanitize=thread, but the functions that the compiler calls at each access are
 * those of ring_model_run.c: they hand over to the scheduler. So it is the source
 * as it is, with all its accesses, plain ones too.
 */

#include "core/ring.h"

#define MODEL_PAGES 3			/* in the ring at most, and the reader's */
#define MODEL_PAGE_SIZE 128
#define MODEL_STACK 2048
#define MODEL_EVENTS 24

/* On CPU 0 a writer and one that interrupts it; on CPU 1 a reader. */
enum model_thread {
	MODEL_WRITER,
	MODEL_NESTED,
	MODEL_READER,
	MODEL_THREADS,
};

enum model_access {
	ACCESS_READ,
	ACCESS_WRITE,		/* plain, WRITE_ONCE() */
	ACCESS_LOCAL,		/* read-modify-write without a lock prefix */
	ACCESS_RELEASE,
	ACCESS_FULL,		/* a full barrier too */
};

enum event_state {
	EVENT_NONE,
	EVENT_COMMITTED,
	EVENT_DISCARDED,
	EVENT_REFUSED,
};

struct model_fiber {
	void *sp;
	bool started;
	bool done;
	void *addr;		/* access that is its next step */
	unsigned int size;
	enum model_access access;
};

/* A store of CPU 0 that CPU 1 does not see yet. */
struct model_late {
	u8 *addr;
	unsigned int size;
	u8 old[8];
};

/**
 * struct model - the whole state, so that a copy of it can be gone back to
 * @rb: the ring, @pages, @slots and @data its parts
 * @fresh: the page of @data that is in no ring
 * @now: the clock
 * @read_clock: what each thread was given last
 * @issued: events so far
 * @ts: the time of each
 * @state: enum event_state of each
 * @next: number of the event that the reader has to get next
 * @lost: sum of what was reported lost
 * @late: see struct model_late; no address if there is none
 * @interrupts: how often the nested writer has come
 * @fibers: threads
 * @failed: a thread has found something wrong: this
 * @stacks: of the threads
 */
struct model {
	struct ring rb;
	struct rb_page pages[MODEL_PAGES + 1];
	unsigned long slots[MODEL_PAGES];
	u8 data[MODEL_PAGES + 2][MODEL_PAGE_SIZE] __aligned(64);
	struct rb_data_page *fresh;

	u64 now;
	u64 read_clock[MODEL_THREADS];
	u32 issued;
	u64 ts[MODEL_EVENTS];
	u8 state[MODEL_EVENTS];
	u64 next;
	u64 lost;

	struct model_late late;
	u32 interrupts;
	struct model_fiber fibers[MODEL_THREADS];
	const char *failed;
	u8 stacks[MODEL_THREADS][MODEL_STACK] __aligned(64);
};

enum model_reads {
	READS_EVENTS,		/* peek, consume */
	READS_PAGES,		/* rb_read_page() */
	READS_BY_EXCHANGE,	/* rb_exchange_page() */
	READS_MAPPED,		/* rb_next_mapped() */
	READS_COPIES,		/* rb_copy_page(), nothing is consumed */
	READS_STATS,
};

/**
 * struct model_script - what the threads do
 * @nr_pages: of the ring
 * @overwrite: the ring's
 * @prefill: events that are there before
 * @again: how often the nested writer may come again when it is through
 * @events: of each writer, each time that it comes
 * @len: bytes of payload of each writer's events
 * @discard: the writer's first event is thought better of
 * @reads: operations of the reader
 * @how: what they are
 * @late: stores of CPU 0 may become visible late
 */
struct model_script {
	unsigned int nr_pages;
	bool overwrite;
	unsigned int prefill;
	unsigned int again;
	unsigned int events[2];
	unsigned int len[2];
	bool discard[2];
	unsigned int reads;
	enum model_reads how;
	bool late;
};

/* ring_model_ops.c */
void model_thread(struct model *m, const struct model_script *script, enum model_thread thread);
void model_prefill(struct model *m, const struct model_script *script);
void model_end(struct model *m);

/* ring_model_run.c */
u64 model_clock(const void *arg);
const char *model_run(const struct model_script *what, unsigned long *states);

#endif
