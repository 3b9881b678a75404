// SPDX-License-Identifier: GPL-2.0
/*
 * The experiment with compact storage: function events as they were recorded, in
 * pages of trace_pipe_raw, in shorter forms.
 *
 *	compact FILE...
 *
 * fixed: 16 bytes, see struct compact_record; what does not fit stays as it is.
 * It is written into pages and expanded again, which is timed, and compared.
 *
 * context: 12 bytes, and a word of 8 bytes before it when pid, flags or depth are
 * not those of the event before. site: the same with the number of the call site
 * in 16 bits and of the time since the last event in 14: 8 bytes. Of these two
 * only the bytes are counted.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "selftests/host/bench/event.h"

#define PAGE_SIZE 4096
#define DATA_SIZE (PAGE_SIZE - RB_PAGE_HEADER)
#define FUNCTION 1
#define FLAG_RESCHED 0x24U		/* NEED_RESCHED, PREEMPT_RESCHED */
#define FLAGS_REST 0xdbU
#define SITE_DELTA (1U << 14)
#define ROUNDS 20

struct sums {
	u64 events;
	u64 bytes;
	u64 fixed_bytes;
	u64 fixed_whole;	/* events that did not fit */
	u64 context_bytes;
	u64 contexts;
	u64 site_bytes;
	u64 pages;		/* after all of it has been made fixed */
	double expand_ns;
	double copy_ns;
};

struct writer {
	u8 *pages;
	unsigned int nr;
	u64 last;
};

static struct rb_data_page *last_page(const struct writer *w)
{
	return (struct rb_data_page *)(w->pages + (size_t)(w->nr - 1) * PAGE_SIZE);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Put an event at the end, as rb_reserve() would lay it. */
static void *append(struct writer *w, u64 ts, unsigned int len)
{
	struct rb_data_page *page = w->nr ? last_page(w) : NULL;
	unsigned int size = RB_EVENT_HEADER + len;
	u64 delta = ts - w->last;
	unsigned int extend = delta >= RB_DELTA_LIMIT ? RB_TIME_EXTEND_SIZE : 0;
	u32 *event;

	if (!page || page->commit + extend + size > DATA_SIZE) {
		w->nr++;
		page = last_page(w);
		page->time_stamp = ts;
		page->commit = 0;
		extend = 0;
		delta = 0;
	}
	event = (u32 *)(page->data + page->commit);
	if (extend) {
		*event++ = (u32)(delta & (RB_DELTA_LIMIT - 1)) << RB_TYPE_BITS |
			   RB_TYPE_TIME_EXTEND;
		*event++ = delta >> RB_DELTA_BITS;
		delta = 0;
	}
	*event = (u32)delta << RB_TYPE_BITS | len / 4;
	page->commit += extend + size;
	w->last = ts;
	return event + 1;
}

static bool make_compact(const struct bench_record *from, struct compact_record *to)
{
	u32 flags = from->flags & FLAGS_REST, resched = from->flags & FLAG_RESCHED;

	if ((long)from->ip != (int)from->ip || (long)from->parent_ip != (int)from->parent_ip ||
	    from->pid >> COMPACT_PID_BITS || from->preempt_count >> COMPACT_DEPTH_BITS ||
	    (resched && resched != FLAG_RESCHED))
		return false;
	/* 0x01, 0x08, 0x10, 0x40, 0x80 side by side, and one for the two. */
	flags = (flags & 1) | (flags >> 2 & 6) | (flags >> 3 & 0x18) | (resched ? 0x20 : 0);
	to->ip = from->ip;
	to->parent_ip = from->parent_ip;
	to->context = from->pid | (u32)from->preempt_count << COMPACT_PID_BITS |
		      flags << (COMPACT_PID_BITS + COMPACT_DEPTH_BITS);
	return true;
}

static void make_whole(const struct compact_record *from, struct bench_record *to)
{
	u32 flags = from->context >> (COMPACT_PID_BITS + COMPACT_DEPTH_BITS);

	to->type = FUNCTION;
	to->flags = (flags & 1) | (flags & 6) << 2 | (flags & 0x18) << 3 |
		    (flags & 0x20 ? FLAG_RESCHED : 0);
	to->preempt_count = from->context >> COMPACT_PID_BITS & 0xf;
	to->pid = from->context & ((1U << COMPACT_PID_BITS) - 1);
	to->ip = (long)(int)from->ip;
	to->parent_ip = (long)(int)from->parent_ip;
}

static void count_context(struct sums *sums, const struct bench_record *record, u64 delta)
{
	static u64 before;
	u64 context;

	memcpy(&context, record, sizeof(context));
	if (context != before) {
		sums->contexts++;
		sums->context_bytes += 8;
		sums->site_bytes += 8;
		before = context;
	}
	sums->context_bytes += 12;
	sums->site_bytes += delta < SITE_DELTA ? 8 : 16;
}

static void encode(const u8 *raw, unsigned int nr, struct writer *w, struct sums *sums)
{
	const struct rb_data_page *page;
	struct rb_cursor cursor;
	struct rb_event event;
	unsigned int i;
	u64 last = 0;

	for (i = 0; i < nr; i++) {
		page = (const void *)(raw + (size_t)i * PAGE_SIZE);
		rb_cursor_init(&cursor, page);
		sums->bytes += cursor.end;
		while (rb_cursor_next(&cursor, &event)) {
			const struct bench_record *record = event.payload;
			struct compact_record compact;

			sums->events++;
			if (record->type == FUNCTION && make_compact(record, &compact)) {
				memcpy(append(w, event.ts, sizeof(compact)), &compact,
				       sizeof(compact));
			} else {
				memcpy(append(w, event.ts, event.len), record, event.len);
				sums->fixed_whole++;
			}
			count_context(sums, record, event.ts - last);
			last = event.ts;
		}
	}
	for (i = 0; i < w->nr; i++)
		sums->fixed_bytes += ((struct rb_data_page *)(w->pages + (size_t)i *
							      PAGE_SIZE))->commit;
}

/* One page of compact events into pages of the kernel's format. */
static void expand(const struct rb_data_page *page, struct writer *w)
{
	struct rb_cursor cursor;
	struct rb_event event;

	rb_cursor_init(&cursor, page);
	while (rb_cursor_next(&cursor, &event)) {
		if (event.len == sizeof(struct compact_record))
			make_whole(event.payload, append(w, event.ts, sizeof(struct bench_record)));
		else
			memcpy(append(w, event.ts, event.len), event.payload, event.len);
	}
}

static void time_expansion(const struct writer *compact, struct writer *whole, struct sums *sums)
{
	static u8 copy[PAGE_SIZE];
	unsigned int round, i;
	double start, took, best = 0, best_copy = 0;

	for (round = 0; round < ROUNDS; round++) {
		whole->nr = 0;
		start = seconds();
		for (i = 0; i < compact->nr; i++)
			expand((void *)(compact->pages + (size_t)i * PAGE_SIZE), whole);
		took = seconds() - start;
		if (!best || took < best)
			best = took;
		start = seconds();
		for (i = 0; i < whole->nr; i++) {
			memcpy(copy, whole->pages + (size_t)i * PAGE_SIZE, PAGE_SIZE);
			__asm__ volatile("" : : "r" (copy) : "memory");
		}
		took = seconds() - start;
		if (!best_copy || took < best_copy)
			best_copy = took;
	}
	sums->expand_ns = best * 1e9 / sums->events;
	sums->copy_ns = best_copy * 1e9 / sums->events;
	sums->pages = compact->nr;
}

/* Is every event what it was? */
static bool same(const u8 *raw, unsigned int nr, const struct writer *whole)
{
	struct rb_cursor a, b;
	struct rb_event x, y;
	unsigned int i = 0, j = 0;

	rb_cursor_init(&a, (const void *)raw);
	rb_cursor_init(&b, (const void *)whole->pages);
	for (;;) {
		while (!rb_cursor_next(&a, &x)) {
			if (++i == nr)
				return j + 1 == whole->nr && !rb_cursor_next(&b, &y);
			rb_cursor_init(&a, (const void *)(raw + (size_t)i * PAGE_SIZE));
		}
		while (!rb_cursor_next(&b, &y)) {
			if (++j == whole->nr)
				return false;
			rb_cursor_init(&b, (const void *)(whole->pages + (size_t)j * PAGE_SIZE));
		}
		if (x.len != y.len || x.ts != y.ts || memcmp(x.payload, y.payload, x.len))
			return false;
	}
}

static u8 *read_file(const char *name, unsigned int *nr)
{
	FILE *file = fopen(name, "r");
	u8 *raw;
	long size = 0;

	if (file && !fseek(file, 0, SEEK_END))
		size = ftell(file);
	if (size < PAGE_SIZE) {
		fprintf(stderr, "compact: %s: no pages to read\n", name);
		exit(1);
	}
	rewind(file);
	*nr = size / PAGE_SIZE;
	raw = malloc((size_t)*nr * PAGE_SIZE);
	if (!raw || fread(raw, PAGE_SIZE, *nr, file) != *nr) {
		fprintf(stderr, "compact: %s: cannot be read\n", name);
		exit(1);
	}
	fclose(file);
	return raw;
}

int main(int argc, char **argv)
{
	printf("%-16s %9s %6s %6s %8s %8s %6s %10s %8s\n", "recorded", "events", "now", "fixed",
	       "whole %", "context", "site", "expand ns", "copy ns");
	for (; argc > 1; argc--, argv++) {
		struct writer compact = { }, whole = { };
		struct sums s = { };
		unsigned int nr;
		u8 *raw = read_file(argv[1], &nr);

		compact.pages = calloc(nr + 1, PAGE_SIZE);
		whole.pages = calloc(nr * 2 + 2, PAGE_SIZE);
		if (!compact.pages || !whole.pages)
			exit(1);
		encode(raw, nr, &compact, &s);
		time_expansion(&compact, &whole, &s);
		if (!same(raw, nr, &whole)) {
			fprintf(stderr, "compact: %s: expanded, it is not what it was\n", argv[1]);
			exit(1);
		}
		printf("%-16s %9llu %6.2f %6.2f %8.3f %8.2f %6.2f %10.2f %8.2f\n",
		       strrchr(argv[1], '/') ? strrchr(argv[1], '/') + 1 : argv[1], s.events,
		       (double)s.bytes / s.events, (double)s.fixed_bytes / s.events,
		       100.0 * s.fixed_whole / s.events, (double)s.context_bytes / s.events,
		       (double)s.site_bytes / s.events, s.expand_ns, s.copy_ns);
		free(raw);
		free(compact.pages);
		free(whole.pages);
	}
	return 0;
}
