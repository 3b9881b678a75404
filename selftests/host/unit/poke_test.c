// SPDX-License-Identifier: GPL-2.0
/*
 * The cross-modification scripts, for every way in which a CPU may see them.
 *
 * Between two synchronisations a CPU may see any of the bytes written since the
 * first of them, or not, each for itself; only what is written by one aligned
 * store is seen as a whole. Whatever it sees at a site must be the old
 * instruction, a breakpoint, or the new one; and when the script has ended, when
 * the breakpoint's handler goes, only the new one.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/string.h>

#include "patching/poke.h"

#define UNITS_MAX 32
#define LEN_MAX 11

/* Something that becomes visible as a whole: some bytes of the instruction. */
struct unit {
	u16 mask;		/* which of them */
	u8 bytes[LEN_MAX];
};

struct model {
	unsigned int len;
	u8 base[LEN_MAX];	/* what every CPU saw at the last synchronisation */
	struct unit units[UNITS_MAX];
	unsigned int nr;
	const u8 *old;
	const u8 *new;
	bool wrong;
};

static void write_unit(struct model *m, u16 mask, const u8 *bytes)
{
	m->units[m->nr].mask = mask;
	memcpy(m->units[m->nr++].bytes, bytes, m->len);
}

static bool executable(const struct model *m, const u8 *seen, bool ended)
{
	if (!memcmp(seen, m->new, m->len))
		return true;
	return !ended && (seen[0] == INSN_INT3 || !memcmp(seen, m->old, m->len));
}

static void check_views(struct model *m, bool ended)
{
	unsigned int subset, i, j;
	u8 seen[LEN_MAX];

	for (subset = 0; subset < 1U << m->nr; subset++) {
		memcpy(seen, m->base, m->len);
		for (i = 0; i < m->nr; i++)
			for (j = 0; j < m->len; j++)
				if (subset & 1U << i && m->units[i].mask & 1U << j)
					seen[j] = m->units[i].bytes[j];
		if (!executable(m, seen, ended))
			m->wrong = true;
	}
}

static void synchronise(struct model *m)
{
	unsigned int i, j;

	for (i = 0; i < m->nr; i++)
		for (j = 0; j < m->len; j++)
			if (m->units[i].mask & 1U << j)
				m->base[j] = m->units[i].bytes[j];
	m->nr = 0;
}

static void perform(struct model *m, enum poke_action action)
{
	const u8 trap[LEN_MAX] = { INSN_INT3 };
	unsigned int i;

	switch (action) {
	case POKE_TRAP:
		write_unit(m, 1, trap);
		break;
	case POKE_TAIL:
		for (i = 1; i < m->len; i++)
			write_unit(m, 1U << i, m->new);
		break;
	case POKE_HEAD:
		write_unit(m, 1, m->new);
		break;
	case POKE_WORD:
		write_unit(m, (1U << m->len) - 1, m->new);
		break;
	case POKE_SYNC:
		synchronise(m);
		break;
	case POKE_END:
		break;
	}
	check_views(m, false);
}

struct change {
	unsigned int len;
	const u8 *from;
	const u8 *to;
};

/* Run a script without one of its steps; -1 for all of it. */
static bool script_holds(const struct poke_script *script, enum poke_class class,
			 const struct change *change, int without)
{
	struct model m = { .len = change->len, .old = change->from, .new = change->to };
	struct poke_step step;
	unsigned int i;

	memcpy(m.base, m.old, m.len);
	for (i = 0; (step = poke_action(script, i)).action != POKE_END; i++)
		if ((int)i != without && step.sites & class)
			perform(&m, step.action);
	check_views(&m, true);
	return !m.wrong;
}

static const u8 nop[INSN_LEN] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
static const u8 call_a[INSN_LEN] = { INSN_CALL, 0x11, 0x22, 0x33, 0x44 };
static const u8 call_b[INSN_LEN] = { INSN_CALL, 0x55, 0x66, 0x77, 0x88 };

/* cli; incl and addl of the preempt count; and the calls that take their place. */
static const u8 cli[6] = { 0xfa, 0x0f, 0x1f, 0x44, 0x00, 0x00 };
static const u8 cli_call[6] = { 0x2e, INSN_CALL, 0x11, 0x22, 0x33, 0x44 };
static const u8 inc[7] = { 0x65, 0xff, 0x05, 0x12, 0x34, 0x56, 0x7e };
static const u8 inc_call_a[7] = { 0x2e, 0x2e, INSN_CALL, 0x11, 0x22, 0x33, 0x44 };
static const u8 inc_call_b[7] = { 0x2e, 0x2e, INSN_CALL, 0x55, 0x66, 0x77, 0x88 };
static const u8 add[11] = { 0x65, 0x81, 0x05, 0x12, 0x34, 0x56, 0x7e, 0x00, 0x02, 0x00, 0x00 };
static const u8 add_call[11] = {
	0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, INSN_CALL, 0x11, 0x22, 0x33, 0x44,
};

/* Between two calls the head stays: the tail alone makes the change. */
static const struct change changes[] = {
	{ INSN_LEN, nop, call_a }, { INSN_LEN, call_a, nop }, { INSN_LEN, call_a, call_b },
	{ 6, cli, cli_call }, { 6, cli_call, cli }, { 7, inc, inc_call_a },
	{ 7, inc_call_a, inc }, { 7, inc_call_a, inc_call_b }, { 11, add, add_call },
	{ 11, add_call, add },
};

#define NR_CHANGES (sizeof(changes) / sizeof(*changes))

static void scripts_show_only_old_trap_or_new(void **state)
{
	unsigned int i;

	for (i = 0; i < NR_CHANGES; i++) {
		assert_true(script_holds(&poke_script_int3, POKE_STRADDLING, &changes[i], -1));
		assert_true(script_holds(&poke_script_stop, POKE_STRADDLING, &changes[i], -1));
		if (changes[i].len > 8)
			continue;
		assert_true(script_holds(&poke_script_int3, POKE_ALIGNED, &changes[i], -1));
		assert_true(script_holds(&poke_script_stop, POKE_ALIGNED, &changes[i], -1));
	}
}

static void leaving_out_a_step_shows(const struct poke_script *script, enum poke_class class)
{
	struct poke_step step;
	unsigned int i, j;

	for (i = 0; (step = poke_action(script, i)).action != POKE_END; i++) {
		bool missed = true;

		if (!(step.sites & class))
			continue;
		/* A tail may be the same in some change; not in all. */
		for (j = 0; j < NR_CHANGES; j++)
			missed &= script_holds(script, class, &changes[j], i);
		assert_false(missed);
	}
}

static void int3_script_needs_every_step(void **state)
{
	leaving_out_a_step_shows(&poke_script_int3, POKE_STRADDLING);
}

static void stop_script_needs_every_step(void **state)
{
	leaving_out_a_step_shows(&poke_script_stop, POKE_STRADDLING);
	leaving_out_a_step_shows(&poke_script_stop, POKE_ALIGNED);
}

static void a_word_is_written_without_touching_its_neighbours(void **state)
{
	u8 text[16] __attribute__((aligned(8))), wanted[16];
	unsigned int offset, i, len;
	unsigned long ip;

	for (len = INSN_LEN; len <= LEN_MAX; len++)
		for (offset = 0; offset < 8; offset++) {
			ip = (unsigned long)text + offset;
			if (offset + len > 8) {
				assert_int_equal(poke_classify(ip, len), POKE_STRADDLING);
				continue;
			}
			assert_int_equal(poke_classify(ip, len), POKE_ALIGNED);
			for (i = 0; i < 16; i++)
				wanted[i] = 0xa0 + i;
			memcpy(text, wanted, sizeof(text));
			memcpy(wanted + offset, add_call, len);
			poke_write(text + offset, add_call, len, POKE_WORD);
			assert_memory_equal(text, wanted, 16);
		}
}

static void breakpoint_steps_write_their_bytes_only(void **state)
{
	u8 text[7] = { 1, 0x0f, 0x1f, 0x44, 0, 0, 2 };
	static const u8 trapped[7] = { 1, INSN_INT3, 0x1f, 0x44, 0, 0, 2 };
	static const u8 tailed[7] = { 1, INSN_INT3, 0x11, 0x22, 0x33, 0x44, 2 };
	static const u8 done[7] = { 1, INSN_CALL, 0x11, 0x22, 0x33, 0x44, 2 };

	poke_write(text + 1, call_a, INSN_LEN, POKE_TRAP);
	assert_memory_equal(text, trapped, 7);
	poke_write(text + 1, call_a, INSN_LEN, POKE_TAIL);
	assert_memory_equal(text, tailed, 7);
	poke_write(text + 1, call_a, INSN_LEN, POKE_HEAD);
	assert_memory_equal(text, done, 7);
	poke_write(text + 1, call_b, INSN_LEN, POKE_SYNC);
	assert_memory_equal(text, done, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_show_only_old_trap_or_new),
		cmocka_unit_test(int3_script_needs_every_step),
		cmocka_unit_test(stop_script_needs_every_step),
		cmocka_unit_test(a_word_is_written_without_touching_its_neighbours),
		cmocka_unit_test(breakpoint_steps_write_their_bytes_only),
	};

	return cmocka_run_group_tests_name("poke", tests, NULL, NULL);
}
