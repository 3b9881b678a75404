// SPDX-License-Identifier: GPL-2.0
/*
 * Getting the arguments of a probe when it is hit. PURE: also compiled in user space.
 *
 * What can be known before is in the program: of an argument that is a register nothing
 * remains but to copy it. Texts are measured first, so that a record is as long as it
 * has to be; what has become longer meanwhile is cut.
 */

#include "core/probe_fetch.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/peek.h"

/* A field that says where a text is: its length, and where in the record. */
static u32 text_location(unsigned int len, unsigned int offset)
{
	return len << 16 | offset;
}

/* The number of the register that holds an argument, if one does. */
static enum probe_register register_of(const struct probe_arg *arg)
{
	static const u8 of_args[] = {
		PROBE_DI, PROBE_SI, PROBE_DX, PROBE_CX, PROBE_R8, PROBE_R9,
	};

	if (arg->source == PROBE_REGISTER)
		return arg->value;
	/* Where there is a result, it is all that was saved. */
	if (arg->source == PROBE_RESULT)
		return PROBE_AX;
	if (arg->source == PROBE_ARGUMENT && arg->value < sizeof(of_args))
		return of_args[arg->value];
	return PROBE_REGISTERS;
}

/**
 * probe_program_create - prepare arguments
 * @args: the arguments, which stay
 * @nr: their number
 * @head: bytes of a record before them
 *
 * Context: process, may sleep.
 * Return: the program, for kvfree(); NULL without memory.
 */
struct probe_program *probe_program_create(const struct probe_arg *args, unsigned int nr,
					   unsigned int head)
{
	struct probe_program *program;
	struct probe_load *load;
	unsigned int i;

	program = kvzalloc(struct_size(program, loads, nr), GFP_KERNEL);
	if (!program)
		return NULL;
	program->nr = nr;
	program->fields = head;
	for (i = 0; i < nr; i++) {
		load = &program->loads[i];
		load->arg = &args[i];
		load->to = head + args[i].offset;
		load->size = args[i].type->size;
		program->fields += probe_arg_size(&args[i]);
		program->texts |= probe_arg_is_text(&args[i]);
	}
	return program;
}

/**
 * probe_program_can - can all registers be had that arguments are taken from?
 * @program: the program
 * @places: where in what is saved each is, or PROBE_NOT_SAVED
 *
 * Context: any.
 * Return: true if so.
 */
bool probe_program_can(const struct probe_program *program, const u16 places[PROBE_REGISTERS])
{
	enum probe_register reg;
	unsigned int i;

	for (i = 0; i < program->nr; i++) {
		reg = register_of(program->loads[i].arg);
		if (reg != PROBE_REGISTERS && places[reg] == PROBE_NOT_SAVED)
			return false;
	}
	return true;
}

/**
 * probe_program_place - say where registers are saved
 * @program: the program, which is not running
 * @places: where in what is saved each is, or PROBE_NOT_SAVED
 *
 * Context: any.
 * Return: 0; -EOPNOTSUPP if one is not saved.
 */
int probe_program_place(struct probe_program *program, const u16 places[PROBE_REGISTERS])
{
	const struct probe_arg *arg;
	struct probe_load *load;
	enum probe_register reg;
	unsigned int i;

	if (!probe_program_can(program, places))
		return -EOPNOTSUPP;
	program->plain = true;
	for (i = 0; i < program->nr; i++) {
		load = &program->loads[i];
		arg = load->arg;
		reg = register_of(arg);
		load->from = reg == PROBE_REGISTERS ? 0 : places[reg];
		load->plain = reg != PROBE_REGISTERS && !arg->nr_steps && !arg->count &&
			      !probe_arg_is_text(arg) && !arg->shift_right;
		program->plain &= load->plain;
	}
	return 0;
}

/* Word number @nr of the stack: there are none behind its end. */
static unsigned long stack_word(const unsigned long *stack, u64 nr)
{
	const unsigned long *word = stack + nr;

	/* Stacks are as large as they are aligned, or larger. */
	if (((unsigned long)word ^ (unsigned long)stack) & ~(PROBE_STACK_MAX * sizeof(*stack) - 1))
		return 0;
	return peek_word((unsigned long)word);
}

static unsigned long source_value(const struct probe_load *load, const struct probe_scene *scene)
{
	const struct probe_arg *arg = load->arg;

	switch (arg->source) {
	case PROBE_ARGUMENT:
		/* Behind the sixth they are on the stack, behind the return address. */
		if (arg->value >= 6)
			return stack_word(scene->stack, arg->value - 5);
		fallthrough;
	case PROBE_REGISTER:
	case PROBE_RESULT:
		return *(const unsigned long *)((const u8 *)scene->registers + load->from);
	case PROBE_STACK:
		return stack_word(scene->stack, arg->value);
	case PROBE_STACK_POINTER:
		return (unsigned long)scene->stack;
	case PROBE_COMM:
		return (unsigned long)peek_comm();
	case PROBE_TEXT:
		return (unsigned long)arg->text;
	default:
		return arg->value;
	}
}

static bool read_step(const struct probe_step *step, unsigned long addr, void *to, size_t size)
{
	addr += step->offset;
	return step->user ? peek_user(to, addr, size) : peek_memory(to, addr, size);
}

/* What @nr steps lead to. */
static bool walk(const struct probe_arg *arg, unsigned int nr, unsigned long *value)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!read_step(&arg->steps[i], *value, value, sizeof(*value)))
			return false;
	return true;
}

static bool has_own_text(const struct probe_arg *arg)
{
	return arg->source == PROBE_COMM || arg->source == PROBE_TEXT;
}

/* How many steps lead to the address of the text. */
static unsigned int steps_to_text(const struct probe_arg *arg)
{
	if (arg->count || arg->type->text == PROBE_TEXT_NAME || !arg->nr_steps)
		return arg->nr_steps;
	return arg->nr_steps - 1;
}

/* The text of an array's element number @i, or of what is no array. */
static size_t text_at(const struct probe_arg *arg, unsigned long value, unsigned int i, char *to,
		      size_t room)
{
	unsigned int nr = steps_to_text(arg);
	const struct probe_step *last = arg->nr_steps ? &arg->steps[arg->nr_steps - 1] : NULL;
	unsigned long addr = value;

	if (has_own_text(arg))
		return peek_string(to, addr, room);
	if (last && arg->count) {
		/* Pointers to texts lie one behind the other. */
		if (!walk(arg, nr - 1, &addr) ||
		    !read_step(last, addr + i * sizeof(addr), &addr, sizeof(addr)))
			return 0;
	} else {
		if (!walk(arg, nr, &addr))
			return 0;
		if (nr < arg->nr_steps)
			addr += last->offset;
	}
	if (arg->type->text == PROBE_TEXT_NAME)
		return peek_name(to, addr, room);
	if (arg->type->text == PROBE_TEXT_USER || (last && last->user))
		return peek_user_string(to, addr, room);
	return peek_string(to, addr, room);
}

/**
 * probe_measure - how long a record has to be
 * @program: the program
 * @scene: what it is taken from
 *
 * Context: any, NMI-safe.
 * Return: bytes, PROBE_RECORD_MAX at most.
 */
unsigned int probe_measure(const struct probe_program *program, const struct probe_scene *scene)
{
	unsigned int size = program->fields, i, j;
	const struct probe_load *load;
	unsigned long value;

	for (i = 0; program->texts && i < program->nr; i++) {
		load = &program->loads[i];
		if (!probe_arg_is_text(load->arg))
			continue;
		value = source_value(load, scene);
		for (j = 0; j < (load->arg->count ?: 1) && size < PROBE_RECORD_MAX; j++)
			size += text_at(load->arg, value, j, NULL, PROBE_RECORD_MAX - size);
	}
	return size;
}

/* Texts of an argument go behind what there is already. */
static unsigned int fetch_text(const struct probe_load *load, const struct probe_scene *scene,
			       void *record, unsigned int used, unsigned int size)
{
	unsigned long value = source_value(load, scene);
	u32 *field = (u32 *)((u8 *)record + load->to);
	unsigned int i, len;
	char *to;

	for (i = 0; i < (load->arg->count ?: 1); i++) {
		to = (char *)record + used;
		len = used < size ? text_at(load->arg, value, i, to, size - used) : 0;
		/* It ends, even if there is more of it than there was. */
		if (len)
			to[len - 1] = '\0';
		field[i] = text_location(len, used);
		used += len;
	}
	return used;
}

static void store(void *to, u64 value, unsigned int size)
{
	switch (size) {
	case 1:
		*(u8 *)to = value;
		break;
	case 2:
		*(u16 *)to = value;
		break;
	case 4:
		*(u32 *)to = value;
		break;
	default:
		*(u64 *)to = value;
		break;
	}
}

static void cut_bitfield(const struct probe_arg *arg, void *field, unsigned int size)
{
	u64 all = size == 8 ? ~0ULL : (1ULL << size * 8) - 1;
	u64 value = probe_type_load(field, size) << arg->shift_left & all;

	store(field, value >> arg->shift_right, size);
}

/* Memory that cannot be read is all zeros. */
static void fetch_number(const struct probe_load *load, const struct probe_scene *scene,
			 void *record)
{
	const struct probe_arg *arg = load->arg;
	unsigned long value = source_value(load, scene);
	unsigned int size = probe_arg_size(arg), i;
	u8 *field = (u8 *)record + load->to;

	if (!arg->nr_steps)
		store(field, value, load->size);
	else if (!walk(arg, arg->nr_steps - 1, &value) ||
		 !read_step(&arg->steps[arg->nr_steps - 1], value, field, size))
		memset(field, 0, size);
	for (i = 0; arg->shift_right && i < size; i += load->size)
		cut_bitfield(arg, field + i, load->size);
}

/**
 * probe_fetch - get all arguments
 * @program: the program
 * @scene: what they are taken from
 * @record: receives them
 * @size: its bytes, from probe_measure()
 *
 * Context: any, NMI-safe.
 */
void probe_fetch(const struct probe_program *program, const struct probe_scene *scene,
		 void *record, unsigned int size)
{
	unsigned int used = program->fields, i;
	const struct probe_load *load;

	for (i = 0; i < program->nr; i++) {
		load = &program->loads[i];
		if (probe_arg_is_text(load->arg))
			used = fetch_text(load, scene, record, used, size);
		else
			fetch_number(load, scene, record);
	}
}
