// SPDX-License-Identifier: GPL-2.0
/*
 * What is in a trace, field by field:
 *
 *	records TREE
 *
 * reads what trace_pipe_raw of each CPU has, and prints a line for each record: the CPU,
 * the event, and each field as bytes in hexadecimal digits, in the order of the event's
 * format file. Bytes between fields, and times, are left out: so two trees that have
 * recorded the same print the same.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_MAX 65536
#define PAGE_HEADER 16
#define FIELDS_MAX 64
#define TYPES_MAX 65536

enum { TYPE_PADDING = 29, TYPE_TIME_EXTEND, TYPE_TIME_STAMP };

struct field {
	char name[64];
	unsigned int offset;
	unsigned int size;
	int located;	/* elsewhere in the record: offset, and length << 16 */
	int text;	/* characters, up to a NUL */
};

struct event {
	char name[600];
	unsigned int nr;
	struct field fields[FIELDS_MAX];
};

static struct event *events[TYPES_MAX];
static char tree[200];

static void die(const char *what)
{
	fprintf(stderr, "records: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* "\tfield:TYPE NAME[LEN];\toffset:N;\tsize:N;\tsigned:N;" */
static void read_field(struct event *event, char *line)
{
	struct field *field = &event->fields[event->nr];
	char *end = strchr(line, ';'), *name;

	if (!end || event->nr == FIELDS_MAX ||
	    sscanf(end, ";\toffset:%u;\tsize:%u;", &field->offset, &field->size) != 2)
		return;
	*end = '\0';
	name = strrchr(line, ' ');
	field->located = !!strstr(line, "__data_loc");
	field->text = strstr(line, "field:char ") && strchr(line, '[');
	if (!name || sscanf(name, " %63[^[]", field->name) != 1)
		return;
	event->nr++;
}

static void read_format(const char *system, const char *name)
{
	struct event *event = calloc(1, sizeof(*event));
	char path[1024], line[8192];
	unsigned int id = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/events/%s/%s/format", tree, system, name);
	file = fopen(path, "r");
	if (!file) {
		free(event);
		return;
	}
	snprintf(event->name, sizeof(event->name), "%s:%s", system, name);
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "print fmt:", 10))
			break;
		if (sscanf(line, "ID: %u", &id) != 1)
			read_field(event, line);
	}
	fclose(file);
	events[id % TYPES_MAX] = event;
}

static void read_formats(void)
{
	struct dirent *system, *name;
	char path[1024];
	DIR *all, *dir;

	snprintf(path, sizeof(path), "%s/events", tree);
	all = opendir(path);
	if (!all)
		die(path);
	while ((system = readdir(all))) {
		if (system->d_name[0] == '.' || system->d_type != DT_DIR)
			continue;
		snprintf(path, sizeof(path), "%s/events/%s", tree, system->d_name);
		dir = opendir(path);
		while (dir && (name = readdir(dir)))
			if (name->d_name[0] != '.' && name->d_type == DT_DIR)
				read_format(system->d_name, name->d_name);
		if (dir)
			closedir(dir);
	}
	closedir(all);
}

static void print_bytes(const uint8_t *bytes, unsigned int len)
{
	while (len--)
		printf("%02x", *bytes++);
}

/* What is behind the NUL of a string in an array is left over from before. */
static unsigned int shown(const struct field *field, const uint8_t *bytes)
{
	return field->text ? strnlen((const char *)bytes, field->size) : field->size;
}

static void print_field(const struct field *field, const uint8_t *record, unsigned int len)
{
	uint32_t where;

	printf(" %s=", field->name);
	if (field->offset + field->size > len) {
		printf("short");
		return;
	}
	if (!field->located) {
		print_bytes(record + field->offset, shown(field, record + field->offset));
		return;
	}
	memcpy(&where, record + field->offset, sizeof(where));
	if ((where & 0xffff) + (where >> 16) > len)
		printf("outside");
	else
		print_bytes(record + (where & 0xffff), where >> 16);
}

static void print_record(unsigned int cpu, const uint8_t *record, unsigned int len)
{
	const struct event *event;
	uint16_t type;
	unsigned int i;

	memcpy(&type, record, sizeof(type));
	event = events[type];
	if (!event) {
		printf("%u type:%u\n", cpu, type);
		return;
	}
	printf("%u %s", cpu, event->name);
	for (i = 0; i < event->nr; i++)
		print_field(&event->fields[i], record, len);
	putchar('\n');
}

static void print_page(unsigned int cpu, const uint8_t *page)
{
	uint64_t commit;
	unsigned int end, at = PAGE_HEADER, len, skip;
	uint32_t head, first;

	memcpy(&commit, page + 8, sizeof(commit));
	end = PAGE_HEADER + (commit & ((1 << 27) - 1));
	while (at + 4 <= end) {
		memcpy(&head, page + at, sizeof(head));
		memcpy(&first, page + at + 4, sizeof(first));
		switch (head & 31) {
		case TYPE_PADDING:
			if (!(head >> 5))
				return;
			at += 4 + first;
			continue;
		case TYPE_TIME_EXTEND:
		case TYPE_TIME_STAMP:
			at += 8;
			continue;
		case 0:
			skip = 8;
			len = first - 4;
			break;
		default:
			skip = 4;
			len = (head & 31) * 4;
			break;
		}
		print_record(cpu, page + at + skip, len);
		at += skip + ((len + 3) & ~3u);
	}
}

static void print_cpu(unsigned int cpu)
{
	static uint8_t page[PAGE_MAX];
	char path[512];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/per_cpu/cpu%u/trace_pipe_raw", tree, cpu);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		die(path);
	while ((got = read(fd, page, sizeof(page))) > 0)
		print_page(cpu, page);
	if (got < 0 && errno != EAGAIN)
		die(path);
	close(fd);
}

int main(int argc, char **argv)
{
	char path[512];
	unsigned int cpu;

	if (argc != 2)
		return 2;
	snprintf(tree, sizeof(tree), "%s", argv[1]);
	read_formats();
	for (cpu = 0; ; cpu++) {
		snprintf(path, sizeof(path), "%s/per_cpu/cpu%u", tree, cpu);
		if (access(path, F_OK))
			break;
		print_cpu(cpu);
	}
	return 0;
}
