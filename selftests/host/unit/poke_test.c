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

/* Something that becomes visible as a whole: some bytes of the instruction. */
struct unit {
	u8 mask;		/* which of the five */
	u8 bytes[INSN_LEN];
};

struct model {
	u8 base[INSN_LEN];	/* what every CPU saw at the last synchronisation */
	struct unit units[UNITS_MAX];
	unsigned int nr;
	const u8 *old;
	const u8 *new;
	bool wrong;
};

static void write_unit(struct model *m, u8 mask, const u8 *bytes)
{
	m->units[m->nr].mask = mask;
	memcpy(m->units[m->nr++].bytes, bytes, INSN_LEN);
}

static bool executable(const struct model *m, const u8 *seen, bool ended)
{
	if (!memcmp(seen, m->new, INSN_LEN))
		return true;
	return !ended && (seen[0] == INSN_INT3 || !memcmp(seen, m->old, INSN_LEN));
}

static void check_views(struct model *m, bool ended)
{
	unsigned int subset, i, j;
	u8 seen[INSN_LEN];

	for (subset = 0; subset < 1U << m->nr; subset++) {
		memcpy(seen, m->base, INSN_LEN);
		for (i = 0; i < m->nr; i++)
			for (j = 0; j < INSN_LEN; j++)
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
		for (j = 0; j < INSN_LEN; j++)
			if (m->units[i].mask & 1U << j)
				m->base[j] = m->units[i].bytes[j];
	m->nr = 0;
}

static void perform(struct model *m, enum poke_action action)
{
	const u8 trap[INSN_LEN] = { INSN_INT3 };
	unsigned int i;

	switch (action) {
	case POKE_TRAP:
		write_unit(m, 1, trap);
		break;
	case POKE_TAIL:
		for (i = 1; i < INSN_LEN; i++)
			write_unit(m, 1U << i, m->new);
		break;
	case POKE_HEAD:
		write_unit(m, 1, m->new);
		break;
	case POKE_WORD:
		write_unit(m, 0x1f, m->new);
		break;
	case POKE_SYNC:
		synchronise(m);
		break;
	case POKE_END:
		break;
	}
	check_views(m, false);
}

/* Run a script without one of its steps; -1 for all of it. */
static bool script_holds(const struct poke_script *script, enum poke_class class, const u8 *old,
			 const u8 *new, int without)
{
	struct model m = { .old = old, .new = new };
	struct poke_step step;
	unsigned int i;

	memcpy(m.base, old, INSN_LEN);
	for (i = 0; (step = poke_action(script, i)).action != POKE_END; i++)
		if ((int)i != without && step.sites & class)
			perform(&m, step.action);
	check_views(&m, true);
	return !m.wrong;
}

static const u8 nop[INSN_LEN] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
static const u8 call_a[INSN_LEN] = { INSN_CALL, 0x11, 0x22, 0x33, 0x44 };
static const u8 call_b[INSN_LEN] = { INSN_CALL, 0x55, 0x66, 0x77, 0x88 };

static const struct {
	const u8 *from;
	const u8 *to;
} changes[] = { { nop, call_a }, { call_a, nop }, { call_a, call_b } };

static void scripts_show_only_old_trap_or_new(void **state)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		assert_true(script_holds(&poke_script_int3, POKE_ALIGNED, changes[i].from,
					 changes[i].to, -1));
		assert_true(script_holds(&poke_script_int3, POKE_STRADDLING, changes[i].from,
					 changes[i].to, -1));
		assert_true(script_holds(&poke_script_stop, POKE_ALIGNED, changes[i].from,
					 changes[i].to, -1));
		assert_true(script_holds(&poke_script_stop, POKE_STRADDLING, changes[i].from,
					 changes[i].to, -1));
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
		for (j = 0; j < 3; j++)
			missed &= script_holds(script, class, changes[j].from, changes[j].to, i);
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
	unsigned int offset, i;

	for (offset = 0; offset <= 3; offset++) {
		for (i = 0; i < 16; i++)
			wanted[i] = 0xa0 + i;
		memcpy(text, wanted, sizeof(text));
		memcpy(wanted + offset, call_a, INSN_LEN);
		assert_int_equal(poke_classify((unsigned long)text + offset), POKE_ALIGNED);
		poke_write(text + offset, call_a, POKE_WORD);
		assert_memory_equal(text, wanted, 16);
	}
	for (; offset < 8; offset++)
		assert_int_equal(poke_classify((unsigned long)text + offset), POKE_STRADDLING);
}

static void breakpoint_steps_write_their_bytes_only(void **state)
{
	u8 text[7] = { 1, 0x0f, 0x1f, 0x44, 0, 0, 2 };
	static const u8 trapped[7] = { 1, INSN_INT3, 0x1f, 0x44, 0, 0, 2 };
	static const u8 tailed[7] = { 1, INSN_INT3, 0x11, 0x22, 0x33, 0x44, 2 };
	static const u8 done[7] = { 1, INSN_CALL, 0x11, 0x22, 0x33, 0x44, 2 };

	poke_write(text + 1, call_a, POKE_TRAP);
	assert_memory_equal(text, trapped, 7);
	poke_write(text + 1, call_a, POKE_TAIL);
	assert_memory_equal(text, tailed, 7);
	poke_write(text + 1, call_a, POKE_HEAD);
	assert_memory_equal(text, done, 7);
	poke_write(text + 1, call_b, POKE_SYNC);
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
