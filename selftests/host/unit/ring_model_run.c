// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the threads of the model in every order: a step is an access to the ring.
 * Each state that a step leads to is gone on from once; states are told apart by
 * a hash of memory, of the threads' stacks and of what was seen so far.
 *
 * CPU 0 runs the writer, or the one that has interrupted it, to its end. A store
 * of CPU 0 may stay invisible to CPU 1 while others pass it, until a release or a
 * full barrier, one at a time: so an order that a barrier has to make does not
 * come by itself. CPU 1 reads in order.
 */

#include <stdlib.h>
#include <string.h>

#include "selftests/host/unit/ring_model.h"

#define MAX_DEPTH 4096
#define TABLE_BITS 24
#define HASH_FACTOR 0x9e3779b97f4a7c15ULL

enum action {
	ACT_WRITE,		/* a step of CPU 0 */
	ACT_WRITE_LATE,		/* the same, and CPU 1 does not see it yet */
	ACT_INTERRUPT,		/* the nested writer begins */
	ACT_READ,		/* a step of CPU 1 */
	ACT_ARRIVE,		/* CPU 1 sees the late store */
	ACTIONS,
};

static struct model m;
static const struct model_script *script;
static void *scheduler_sp;
static enum model_thread current;
static bool stepping;
static u64 *table;

/* switch_to(save, load): go to another stack; registers are on each. */
void model_switch_to(void **save, void *load);
__asm__(".text\n"
	"model_switch_to:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n");

/* What nobody but its owner ever looks at, and what never changes, is no step. */
static bool is_shared(const void *addr)
{
	const u8 *at = addr, *rb = (const u8 *)&m.rb;
	unsigned long offset = at - rb;

	if (addr == &m.now)
		return true;
	if (at < rb || at >= (const u8 *)(&m.data + 1))
		return false;
	if (offset < sizeof(m.rb))
		return offset < offsetof(struct ring, slots);
	offset = at - (const u8 *)m.pages;
	return offset >= sizeof(m.pages) || script->how == READS_BY_EXCHANGE ||
	       offset % sizeof(*m.pages) != offsetof(struct rb_page, data);
}

static void step_here(void *addr, unsigned int size, enum model_access access)
{
	struct model_fiber *fiber = &m.fibers[current];

	if (!stepping || !is_shared(addr))
		return;
	fiber->addr = addr;
	fiber->size = size;
	fiber->access = access;
	model_switch_to(&fiber->sp, scheduler_sp);
}

u64 model_clock(const void *arg)
{
	struct model *model = (struct model *)arg;

	step_here(&model->now, sizeof(model->now), ACCESS_READ);
	model->now += 3;
	model->read_clock[current] = model->now;
	return model->now;
}

/* What the compiler calls at accesses; it gives them names of its own. */
#define CALLED(name) __asm__("__tsan_" name)

#define PLAIN(size)						\
void before_read##size(void *addr) CALLED("read" #size);	\
void before_write##size(void *addr) CALLED("write" #size);	\
void before_read##size(void *addr)				\
{								\
	step_here(addr, size, ACCESS_READ);			\
}								\
								\
void before_write##size(void *addr)				\
{								\
	step_here(addr, size, ACCESS_WRITE);			\
}

PLAIN(1)
PLAIN(4)
PLAIN(8)

/* Of structures: none of the ring's is ever copied. */
void before_reading(void *addr, size_t size) CALLED("read_range");
void before_writing(void *addr, size_t size) CALLED("write_range");
void before_reading(void *addr, size_t size)
{
	if (is_shared(addr))
		abort();
}

void before_writing(void *addr, size_t size)
{
	before_reading(addr, size);
}

void begin_program(void) CALLED("init");
void begin_program(void)
{
}

static enum model_access rmw_access(int order)
{
	return order == __ATOMIC_RELAXED ? ACCESS_LOCAL : ACCESS_FULL;
}

/* And what it calls instead of atomic ones. */
#define ATOMIC(bits)								\
u##bits load_##bits(u##bits *addr, int order) CALLED("atomic" #bits "_load");	\
void store_##bits(u##bits *addr, u##bits value, int order) CALLED("atomic" #bits "_store"); \
u##bits load_##bits(u##bits *addr, int order)					\
{										\
	step_here(addr, sizeof(*addr), ACCESS_READ);				\
	return *addr;								\
}										\
										\
void store_##bits(u##bits *addr, u##bits value, int order)			\
{										\
	step_here(addr, sizeof(*addr),						\
		  order == __ATOMIC_RELAXED ? ACCESS_WRITE : ACCESS_RELEASE);	\
	*addr = value;								\
}

ATOMIC(8)
ATOMIC(32)
ATOMIC(64)

u64 fetch_add(u64 *addr, u64 value, int order) CALLED("atomic64_fetch_add");
u64 fetch_add(u64 *addr, u64 value, int order)
{
	step_here(addr, sizeof(*addr), rmw_access(order));
	*addr += value;
	return *addr - value;
}

u64 fetch_sub(u64 *addr, u64 value, int order) CALLED("atomic64_fetch_sub");
u64 fetch_sub(u64 *addr, u64 value, int order)
{
	return fetch_add(addr, -value, order);
}

int compare_exchange(u64 *addr, u64 *expected, u64 value, int order, int fail_order)
	CALLED("atomic64_compare_exchange_strong");
int compare_exchange(u64 *addr, u64 *expected, u64 value, int order, int fail_order)
{
	step_here(addr, sizeof(*addr), rmw_access(order));
	if (*addr != *expected) {
		*expected = *addr;
		return 0;
	}
	*addr = value;
	return 1;
}

/* Copies of the source are steps of a word. */
void *model_memcpy(void *to, const void *from, size_t size);
void *model_memcpy(void *to, const void *from, size_t size)
{
	size_t done, part;

	for (done = 0; done < size; done += part) {
		part = size - done < 8 ? size - done : 8;
		step_here((u8 *)from + done, part, ACCESS_READ);
		step_here((u8 *)to + done, part, ACCESS_WRITE);
		memcpy((u8 *)to + done, (const u8 *)from + done, part);
	}
	return to;
}

static void fiber_main(void)
{
	model_thread(&m, script, current);
	m.fibers[current].done = true;
	m.fibers[current].addr = NULL;
	for (;;)
		model_switch_to(&m.fibers[current].sp, scheduler_sp);
}

/* Let a thread make its step and run until the one after it. */
static void resume(enum model_thread thread)
{
	current = thread;
	stepping = true;
	model_switch_to(&scheduler_sp, m.fibers[thread].sp);
	stepping = false;
}

static void start(enum model_thread thread)
{
	void **sp = (void **)(m.stacks[thread] + MODEL_STACK);

	/* Where the stack of a function that was called has to be, and 6 registers. */
	*--sp = NULL;
	*--sp = (void *)fiber_main;
	m.fibers[thread].sp = sp - 6;
	m.fibers[thread].started = true;
	resume(thread);
}

static void arrive(void)
{
	m.late.addr = NULL;
	m.late.size = 0;
	memset(m.late.old, 0, sizeof(m.late.old));
}

static bool late_overlaps(const struct model_fiber *fiber)
{
	const u8 *at = fiber->addr;

	return at < m.late.addr + m.late.size && m.late.addr < at + fiber->size;
}

static enum model_thread cpu0(void)
{
	const struct model_fiber *nested = &m.fibers[MODEL_NESTED];

	return nested->started && !nested->done ? MODEL_NESTED : MODEL_WRITER;
}

static void step_writer(bool late)
{
	struct model_fiber *fiber = &m.fibers[cpu0()];
	u8 *addr = fiber->addr, old[8];
	unsigned int size = fiber->size;

	if (m.late.addr && (fiber->access >= ACCESS_RELEASE ||
			    (fiber->access != ACCESS_READ && late_overlaps(fiber))))
		arrive();
	memcpy(old, addr, size);
	resume(cpu0());
	if (late && memcmp(old, addr, size)) {
		m.late.addr = addr;
		m.late.size = size;
		memcpy(m.late.old, old, size);
	}
}

static void step_reader(void)
{
	u8 new[8];

	memcpy(new, m.late.addr, m.late.size);
	memcpy(m.late.addr, m.late.old, m.late.size);
	resume(MODEL_READER);
	memcpy(m.late.addr, new, m.late.size);
}

static bool possible(enum action action)
{
	const struct model_fiber *writer = &m.fibers[cpu0()];

	switch (action) {
	case ACT_WRITE:
		return !writer->done;
	case ACT_WRITE_LATE:
		return script->late && !writer->done && !m.late.addr &&
		       writer->addr != (void *)&m.rb.nest &&
		       (writer->access == ACCESS_WRITE || writer->access == ACCESS_LOCAL);
	case ACT_INTERRUPT:
		return script->events[MODEL_NESTED] && !m.fibers[MODEL_WRITER].done &&
		       cpu0() == MODEL_WRITER && m.interrupts <= script->again;
	case ACT_READ:
		return !m.fibers[MODEL_READER].done;
	case ACT_ARRIVE:
		return m.late.addr;
	default:
		return false;
	}
}

static void perform(enum action action)
{
	switch (action) {
	case ACT_WRITE:
	case ACT_WRITE_LATE:
		step_writer(action == ACT_WRITE_LATE);
		break;
	case ACT_INTERRUPT:
		m.interrupts++;
		start(MODEL_NESTED);
		break;
	case ACT_READ:
		step_reader();
		break;
	case ACT_ARRIVE:
		arrive();
		break;
	default:
		break;
	}
}

static u64 mix(u64 hash, u64 word)
{
	hash = (hash ^ word) * HASH_FACTOR;
	return hash ^ hash >> 32;
}

/* Four at a time: a multiplication takes long, but many may be under way. */
static u64 hash_words(u64 a, const void *from, const void *to)
{
	const u64 *word = from, *end = to;
	u64 b = a + 1, c = a + 2, d = a + 3;

	for (; end - word >= 4; word += 4) {
		a = mix(a, word[0]);
		b = mix(b, word[1]);
		c = mix(c, word[2]);
		d = mix(d, word[3]);
	}
	for (; word < end; word++)
		a = mix(a, *word);
	return mix(mix(mix(a, b), c), d);
}

/* Of a stack only what is in use counts. */
static u64 hash_state(void)
{
	u64 hash = hash_words(1, &m, m.stacks);
	unsigned int i;

	for (i = 0; i < MODEL_THREADS; i++)
		if (m.fibers[i].started && !m.fibers[i].done)
			hash = hash_words(hash, m.fibers[i].sp, m.stacks[i + 1]);
	return hash ? hash : 1;
}

/* Note the state; return false if it was seen before. */
static bool is_new(unsigned long *states)
{
	u64 hash = hash_state();
	unsigned long at = hash >> (64 - TABLE_BITS);

	while (table[at]) {
		if (table[at] == hash)
			return false;
		at = (at + 1) & ((1UL << TABLE_BITS) - 1);
	}
	table[at] = hash;
	++*states;
	return true;
}

static void begin(void)
{
	unsigned int i;

	memset(&m, 0, sizeof(m));
	for (i = 0; i <= script->nr_pages; i++)
		m.pages[i].data = (struct rb_data_page *)m.data[i];
	m.fresh = (struct rb_data_page *)m.data[i];
	rb_init(&m.rb, m.slots, m.pages, script->nr_pages, MODEL_PAGE_SIZE);
	m.rb.overwrite = script->overwrite;
	current = MODEL_WRITER;
	model_prefill(&m, script);
	start(MODEL_WRITER);
	start(MODEL_READER);
}

static const char *explore(struct model *saved, u8 *tried, unsigned long *states)
{
	unsigned int depth = 0;

	tried[0] = 0;
	saved[0] = m;
	is_new(states);
	for (;;) {
		while (tried[depth] < ACTIONS && !possible(tried[depth]))
			tried[depth]++;
		if (tried[depth] == ACTIONS) {
			if (!depth)
				return NULL;
			m = saved[--depth];
			continue;
		}
		perform(tried[depth]++);
		if (!m.failed && m.fibers[MODEL_WRITER].done && m.fibers[MODEL_READER].done)
			model_end(&m);
		if (m.failed)
			return m.failed;
		if (*states > 1UL << (TABLE_BITS - 1) || depth + 1 == MAX_DEPTH)
			return "there are too many states";
		if (is_new(states)) {
			saved[++depth] = m;
			tried[depth] = 0;
		} else {
			m = saved[depth];
		}
	}
}

const char *model_run(const struct model_script *what, unsigned long *states)
{
	struct model *saved = malloc(sizeof(*saved) * MAX_DEPTH);
	u8 *tried = malloc(MAX_DEPTH);
	const char *failed = "no memory";

	table = calloc(1UL << TABLE_BITS, sizeof(*table));
	script = what;
	*states = 0;
	if (saved && tried && table) {
		begin();
		failed = explore(saved, tried, states);
	}
	free(table);
	free(saved);
	free(tried);
	return failed;
}
