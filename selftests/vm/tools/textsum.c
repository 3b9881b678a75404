// SPDX-License-Identifier: GPL-2.0
/*
 * Checksum the text of the running kernel and of its modules, as /proc/kcore
 * shows it: one line for each, "NAME BYTES SUM ADDRESS".
 *
 * Text of a module is what lies between its first and its last text symbol.
 * fntrace itself is left out, so that sums from before and after its stay can
 * be compared.
 *
 * To read all symbols takes most of the time, so what was found is kept: while a module
 * stays at its place its text does.
 */

#include <elf.h>
#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RANGES_MAX 512
#define NAME_MAX_LEN 63
#define KEPT "/dev/shm/textsum"

struct range {
	char name[NAME_MAX_LEN + 1];
	uint64_t base;		/* of all that stays loaded */
	uint64_t limit;
	uint64_t start;
	uint64_t end;
};

static struct range ranges[RANGES_MAX];
static unsigned int nr;

/*
 * Modules as /proc/modules has them. It knows neither the pages of BPF programs,
 * of kprobes' copies and of trampolines, nor init sections, which come and go.
 */
static void read_modules(void)
{
	FILE *f = fopen("/proc/modules", "r");
	struct range *range;
	char line[1024];
	uint64_t size;

	if (!f)
		error(1, errno, "/proc/modules");
	while (fgets(line, sizeof(line), f)) {
		if (nr == RANGES_MAX)
			error(1, 0, "too many modules");
		range = &ranges[nr];
		if (sscanf(line, "%63s %" SCNu64 " %*s %*s %*s %" SCNx64, range->name, &size,
			   &range->base) != 3)
			error(1, 0, "/proc/modules: %s", line);
		range->limit = range->base + size;
		nr += strcmp(range->name, "fntrace") != 0;
	}
	fclose(f);
}

static struct range *range_of(const char *name)
{
	unsigned int i;

	for (i = 1; i < nr; i++)
		if (!strcmp(ranges[i].name, name))
			return &ranges[i];
	return NULL;
}

/* A line of kallsyms: "ADDRESS TYPE SYMBOL" or "ADDRESS TYPE SYMBOL\t[MODULE]". */
static void note_line(char *line)
{
	uint64_t addr = strtoull(line, NULL, 16);
	char type = line[17], *symbol = line + 19, *module;
	struct range *range;

	symbol[strcspn(symbol, "\n")] = '\0';
	module = strchr(symbol, '\t');
	if (!module) {
		if (type != 'T')
			return;
		if (!strcmp(symbol, "_stext"))
			ranges[0].start = addr;
		else if (!strcmp(symbol, "_etext"))
			ranges[0].end = addr;
		return;
	}
	module += 2;
	module[strcspn(module, "]")] = '\0';
	range = range_of(module);
	if ((type != 't' && type != 'T') || !range || addr < range->base || addr >= range->limit)
		return;
	if (!range->start || addr < range->start)
		range->start = addr;
	if (addr > range->end)
		range->end = addr;
}

static void read_symbols(void)
{
	FILE *f = fopen("/proc/kallsyms", "r");
	char line[1024];

	if (!f)
		error(1, errno, "/proc/kallsyms");
	while (fgets(line, sizeof(line), f))
		if (strlen(line) > 20)
			note_line(line);
	fclose(f);
}

/* What an earlier run has found of a range, if that is the same. */
static void recall(const struct range *kept)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (strcmp(ranges[i].name, kept->name) || ranges[i].base != kept->base ||
		    ranges[i].limit != kept->limit)
			continue;
		ranges[i].start = kept->start;
		ranges[i].end = kept->end;
	}
}

/* Is all that is to be found known? A module may have no text: then it is looked for. */
static bool recall_ranges(void)
{
	FILE *f = fopen(KEPT, "r");
	struct range kept;
	unsigned int i;

	if (!f)
		return false;
	while (fscanf(f, "%63s %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64, kept.name, &kept.base,
		      &kept.limit, &kept.start, &kept.end) == 5)
		recall(&kept);
	fclose(f);
	for (i = 0; i < nr && ranges[i].start; i++)
		;
	return i == nr;
}

static void keep_ranges(void)
{
	FILE *f = fopen(KEPT, "w");
	unsigned int i;

	for (i = 0; f && i < nr; i++)
		fprintf(f, "%s %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", ranges[i].name,
			ranges[i].base, ranges[i].limit, ranges[i].start, ranges[i].end);
	if (f)
		fclose(f);
}

static void find_ranges(void)
{
	strcpy(ranges[0].name, "kernel");
	nr = 1;
	read_modules();
	if (recall_ranges())
		return;
	read_symbols();
	keep_ranges();
}

static Elf64_Phdr *segments;
static unsigned int nr_segments;

static int open_kcore(void)
{
	int fd = open("/proc/kcore", O_RDONLY);
	Elf64_Ehdr header;
	size_t size;

	if (fd < 0 || pread(fd, &header, sizeof(header), 0) != sizeof(header))
		error(1, errno, "/proc/kcore");
	nr_segments = header.e_phnum;
	size = nr_segments * sizeof(*segments);
	segments = malloc(size);
	if (!segments || pread(fd, segments, size, header.e_phoff) != (ssize_t)size)
		error(1, errno, "/proc/kcore: program headers");
	return fd;
}

static off_t offset_of(uint64_t addr)
{
	unsigned int i;

	for (i = 0; i < nr_segments; i++)
		if (segments[i].p_type == PT_LOAD && addr >= segments[i].p_vaddr &&
		    addr < segments[i].p_vaddr + segments[i].p_memsz)
			return segments[i].p_offset + (addr - segments[i].p_vaddr);
	error(1, 0, "address %" PRIx64 " is not in /proc/kcore", addr);
	return 0;
}

/* FNV-1a over 8 bytes at a time. */
static uint64_t checksum(int fd, const struct range *range)
{
	static uint64_t buf[1 << 15];
	uint64_t sum = 0xcbf29ce484222325, addr = range->start;

	while (addr < range->end) {
		size_t want = range->end - addr, i;

		if (want > sizeof(buf))
			want = sizeof(buf);
		memset(buf, 0, sizeof(buf));
		if (pread(fd, buf, want, offset_of(addr)) != (ssize_t)want)
			error(1, errno, "/proc/kcore at %" PRIx64, addr);
		for (i = 0; i < (want + 7) / 8; i++)
			sum = (sum ^ buf[i]) * 0x100000001b3;
		addr += want;
	}
	return sum;
}

int main(void)
{
	unsigned int i;
	int fd;

	find_ranges();
	fd = open_kcore();
	for (i = 0; i < nr; i++)
		printf("%s %" PRIu64 " %016" PRIx64 " %" PRIx64 "\n", ranges[i].name,
		       ranges[i].end - ranges[i].start, checksum(fd, &ranges[i]),
		       ranges[i].start);
	return 0;
}
