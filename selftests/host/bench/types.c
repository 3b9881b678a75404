// SPDX-License-Identifier: GPL-2.0
/*
 * What the index of types takes on this CPU: that of core/btf.c, and of
 * core/proto_table.c, made from a kernel's BTF and the list of its symbols.
 *
 *	types BTF SYMBOLS
 *
 * SYMBOLS is a /proc/kallsyms. What is not timed is how a kernel walks through its
 * symbols: here they are read before. Of twenty times the shortest and the longest.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/btf.h"
#include "core/proto.h"
#include "core/proto_table.h"
#include "selftests/host/bench/measure.h"

#define TIMES 20

struct symbol {
	unsigned long addr;
	char *name;
};

struct symbols {
	char *text;		/* of the file */
	struct symbol *list;
	unsigned int nr;
	unsigned long start;	/* of the text */
	unsigned long end;
};

static void give_up(const char *what, const char *path)
{
	fprintf(stderr, "types: %s: %s\n", path, what);
	exit(1);
}

static void *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	size_t room = 1 << 20;
	char *data = NULL;

	if (!file)
		give_up("cannot be opened", path);
	*size = 0;
	do {
		room *= 2;
		data = realloc(data, room);
		if (!data)
			give_up("no memory", path);
		*size += fread(data + *size, 1, room - *size - 1, file);
	} while (*size == room - 1);
	fclose(file);
	data[*size] = '\0';
	return data;
}

/* The image's own; those of modules come behind them. */
static struct symbols read_symbols(const char *path)
{
	unsigned int room = 1 << 20;
	size_t size;
	struct symbols symbols = { .text = read_file(path, &size) };
	char *line, *rest;

	symbols.list = calloc(room, sizeof(*symbols.list));
	if (!symbols.list)
		give_up("no memory", path);
	for (line = strtok_r(symbols.text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *after, *name;
		unsigned long addr = strtoul(line, &after, 16);

		name = strrchr(line, ' ');
		if (strchr(line, '[') || !name || symbols.nr == room)
			continue;
		name++;
		if (!strcmp(name, "_stext"))
			symbols.start = addr;
		if (!strcmp(name, "_etext"))
			symbols.end = addr;
		symbols.list[symbols.nr++] = (struct symbol) { addr, name };
	}
	if (symbols.start >= symbols.end)
		give_up("no text", path);
	return symbols;
}

/* As core/prototypes.c does it. */
static void locate(struct btf_image *image, const struct symbols *symbols, u32 *slots,
		   unsigned int *located)
{
	unsigned int i;

	for (i = 0; i < symbols->nr; i++) {
		const struct symbol *symbol = &symbols->list[i];
		struct btf_slot *slot;

		slots[i] = image->slots_mask + 1;
		if (symbol->addr < symbols->start || symbol->addr >= symbols->end)
			continue;
		slot = btf_image_slot(image, symbol->name);
		if (!slot)
			continue;
		if (slot->addresses < BTF_ADDRESSES_MAX)
			slot->addresses++;
		slots[i] = slot - image->slots;
		++*located;
	}
}

static struct proto_table *make_table(const struct btf_image *image,
				      const struct symbols *symbols, const u32 *slots,
				      unsigned int located, size_t *size)
{
	unsigned long len = symbols->end - symbols->start;
	struct proto_table *table;
	unsigned int i;

	*size = proto_table_size(len, located);
	table = malloc(*size);
	if (!table)
		give_up("no memory", "table");
	proto_table_init(table, symbols->start, len);
	for (i = 0; i < symbols->nr; i++) {
		int proto = slots[i] > image->slots_mask ? 0 :
			    btf_image_prototype(image, &image->slots[slots[i]]);

		if (proto > 0)
			proto_table_add(table, symbols->list[i].addr, proto_strings(image, proto),
					proto_result(image, proto));
	}
	proto_table_end(table);
	return table;
}

int main(int argc, char **argv)
{
	double least = 1e9, most = 0;
	struct symbols symbols;
	size_t size, kept = 0;
	unsigned int functions = 0, located = 0;
	void *btf;
	u32 *slots;
	int i;

	if (argc != 3) {
		fprintf(stderr, "usage: types BTF SYMBOLS\n");
		return 2;
	}
	btf = read_file(argv[1], &size);
	symbols = read_symbols(argv[2]);
	slots = calloc(symbols.nr, sizeof(*slots));
	for (i = 0; slots && i < TIMES; i++) {
		double begin = measure_seconds(), took;
		struct btf_image image;
		struct proto_table *table;

		located = 0;
		if (btf_image_open(&image, btf, size, NULL))
			give_up("no BTF", argv[1]);
		locate(&image, &symbols, slots, &located);
		table = make_table(&image, &symbols, slots, located, &kept);
		took = measure_seconds() - begin;
		least = took < least ? took : least;
		most = took > most ? took : most;
		functions = image.nr_functions;
		kept += image.nr_types * sizeof(*image.offsets) +
			((size_t)image.slots_mask + 1) * sizeof(*image.slots);
		free(table);
		btf_image_close(&image);
	}
	printf("index of %u types' functions, %u symbols, %u of them found: %.1f to %.1f ms, %zu kB kept\n",
	       functions, symbols.nr, located, least * 1e3, most * 1e3, kept / 1024);
	free(btf);
	free(slots);
	free(symbols.list);
	free(symbols.text);
	return least < 0.1 ? 0 : 1;
}
