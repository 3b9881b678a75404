// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of a ring buffer, decoded by libtraceevent, to see them with other eyes
 * than our own. Prints
 *
 *	events N		that were decoded
 *	lost N			that the pages say were lost
 *	uncounted N		gaps of which they do not say how many were lost
 *	back N			events with a time before that of the event before
 *	pages N
 *
 *	pages read FILE SIZE		by read(), until there is no more
 *	pages splice FILE SIZE		by splice(), until there is no more
 *	pages map FILE			by mmap(), until there is no more
 *	pages hold FILE			map it, print what the first page says, and wait
 *					for the end of standard input
 *	pages odd FILE			what becomes of mappings that must not be
 */

#define _GNU_SOURCE
#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <traceevent/kbuffer.h>
#include <unistd.h>

/* struct trace_buffer_meta of include/uapi/linux/trace_mmap.h, v6.10. */
struct meta {
	uint32_t meta_page_size;
	uint32_t meta_struct_len;
	uint32_t subbuf_size;
	uint32_t nr_subbufs;
	uint64_t lost_events;
	uint32_t reader_id;
	uint32_t reader_read;
	uint64_t flags;
	uint64_t entries;
	uint64_t overrun;
	uint64_t read;
	uint64_t reserved[2];
};

#define GET_READER _IO('R', 0x20)

static struct kbuffer *kbuf;
static unsigned long long events, lost, uncounted, back, pages, last;

/* The events of a page from byte @from of its data on; return the bytes of data. */
static unsigned int decode(void *page, unsigned int from)
{
	unsigned long long ts;
	int missed;

	if (kbuffer_load_subbuffer(kbuf, page))
		error(1, 0, "a page that libtraceevent does not understand");
	pages++;
	missed = kbuffer_missed_events(kbuf);
	if (missed > 0 && !from)
		lost += missed;
	else if (missed && !from)
		uncounted++;
	while (kbuffer_read_event(kbuf, &ts)) {
		if (kbuffer_curr_index(kbuf) >= (int)from) {
			events++;
			back += ts < last;
			last = ts;
		}
		kbuffer_next_event(kbuf, NULL);
	}
	return kbuffer_subbuffer_size(kbuf);
}

static void read_pages(int fd, size_t size)
{
	void *page = malloc(size);
	ssize_t len;

	while ((len = read(fd, page, size)) > 0) {
		if ((size_t)len != size)
			error(1, 0, "a page of %zd bytes", len);
		decode(page, 0);
	}
	if (len < 0 && errno != EAGAIN)
		error(1, errno, "read");
	free(page);
}

static void splice_pages(int fd, size_t size)
{
	void *page = malloc(size);
	size_t have, left;
	ssize_t len;
	int pipes[2];

	if (pipe(pipes))
		error(1, errno, "pipe");
	while ((len = splice(fd, NULL, pipes[1], NULL, 16 * size, SPLICE_F_NONBLOCK)) > 0) {
		for (left = len; left; left -= size) {
			for (have = 0; have < size; have += len) {
				len = read(pipes[0], (char *)page + have, size - have);
				if (len <= 0)
					error(1, errno, "the pipe has less than a page");
			}
			decode(page, 0);
		}
	}
	if (len < 0 && errno != EAGAIN)
		error(1, errno, "splice");
	free(page);
}

static struct meta *map(int fd, void **data)
{
	struct meta *meta = mmap(NULL, getpagesize(), PROT_READ, MAP_SHARED, fd, 0);

	if (meta == MAP_FAILED)
		error(1, errno, "mmap");
	*data = mmap(NULL, (size_t)meta->nr_subbufs * meta->subbuf_size, PROT_READ, MAP_SHARED, fd,
		     meta->meta_page_size);
	if (*data == MAP_FAILED)
		error(1, errno, "mmap");
	return meta;
}

static void map_pages(int fd)
{
	unsigned int id, before, seen;
	struct meta *meta;
	void *data;

	meta = map(fd, &data);
	id = meta->reader_id;
	seen = decode((char *)data + (size_t)id * meta->subbuf_size, meta->reader_read);
	for (;;) {
		before = id;
		if (ioctl(fd, GET_READER))
			error(1, errno, "ioctl");
		id = meta->reader_id;
		if (id != before)
			seen = decode((char *)data + (size_t)id * meta->subbuf_size, 0);
		else if (meta->reader_read <= seen && meta->entries == meta->read + meta->overrun)
			break;
		else if (meta->reader_read > seen)
			seen = decode((char *)data + (size_t)id * meta->subbuf_size, seen);
	}
}

static void hold(int fd)
{
	struct meta *meta;
	void *data;
	char c;

	meta = map(fd, &data);
	printf("size %u\nnumber %u\nreader %u\nentries %llu\noverrun %llu\nread %llu\n",
	       meta->subbuf_size, meta->nr_subbufs, meta->reader_id,
	       (unsigned long long)meta->entries, (unsigned long long)meta->overrun,
	       (unsigned long long)meta->read);
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
}

static void try_map(const char *what, int fd, size_t len, int prot, int flags, off_t offset)
{
	void *at = mmap(NULL, len, prot, flags, fd, offset);

	printf("%s: %s\n", what, at == MAP_FAILED ? strerror(errno) : "mapped");
}

static void odd(int fd)
{
	size_t page = getpagesize();

	try_map("private", fd, page, PROT_READ, MAP_PRIVATE, 0);
	try_map("executable", fd, page, PROT_READ | PROT_EXEC, MAP_SHARED, 0);
	try_map("too long", fd, 1000 * page, PROT_READ, MAP_SHARED, 0);
	try_map("behind the end", fd, page, PROT_READ, MAP_SHARED, 1000 * page);
	if (ioctl(fd, GET_READER))
		printf("next page: %s\n", strerror(errno));
}

int main(int argc, char **argv)
{
	size_t size = argc > 3 ? strtoul(argv[3], NULL, 0) : 0;
	int fd = argc > 2 ? open(argv[2], O_RDONLY | O_NONBLOCK) : -1;

	if (argc < 3)
		error(2, 0, "usage: pages read|splice|map|hold|odd FILE [SIZE]");
	if (fd < 0)
		error(1, errno, "%s", argv[2]);
	kbuf = kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE);
	if (!strcmp(argv[1], "hold")) {
		hold(fd);
		return 0;
	}
	if (!strcmp(argv[1], "odd")) {
		odd(fd);
		return 0;
	}
	if (!strcmp(argv[1], "map"))
		map_pages(fd);
	else if (size && !strcmp(argv[1], "splice"))
		splice_pages(fd, size);
	else if (size && !strcmp(argv[1], "read"))
		read_pages(fd, size);
	else
		error(2, 0, "unknown way, or no size: %s", argv[1]);
	printf("events %llu\nlost %llu\nuncounted %llu\nback %llu\npages %llu\n", events, lost,
	       uncounted, back, pages);
	return 0;
}
