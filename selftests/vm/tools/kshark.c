// SPDX-License-Identifier: GPL-2.0
/*
 * What KernelShark sees of a file that trace-cmd has written, by its own library.
 *
 *	kshark FILE
 *
 * Prints a line for each entry, in the order in which KernelShark shows them,
 *
 *	TASK-PID [CPU] SECONDS.NANOSECONDS: EVENT: INFO
 *
 * (missed_events is an event of its own)
 *
 * and then, each behind a #, what it has to choose from: CPUs, tasks, events.
 */

#include <error.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <kernelshark/libkshark.h>

static void print_entry(const struct kshark_entry *entry)
{
	char *task = kshark_get_task(entry), *event = kshark_get_event_name(entry);
	char *info = kshark_get_info(entry);

	if (!task || !event || !info)
		error(1, 0, "an entry at %" PRId64 " cannot be decoded", entry->ts);
	printf("%s-%d [%03d] %" PRId64 ".%09" PRId64 ": %s: %s\n", task, kshark_get_pid(entry),
	       entry->cpu, entry->ts / 1000000000, entry->ts % 1000000000, event, info);
	free(task);
	free(event);
	free(info);
}

static void print_tasks(struct kshark_context *ctx, int sd)
{
	ssize_t i, nr;
	char *comm;
	int *pids;

	nr = kshark_get_task_pids(ctx, sd, &pids);
	if (nr < 0)
		error(1, -nr, "tasks");
	for (i = 0; i < nr; i++) {
		comm = kshark_comm_from_pid(sd, pids[i]);
		printf("# task %s-%d\n", comm, pids[i]);
		free(comm);
	}
	free(pids);
}

int main(int argc, char **argv)
{
	struct kshark_data_stream *stream;
	struct kshark_context *ctx = NULL;
	struct kshark_entry **entries;
	int64_t last = 0;
	ssize_t i, nr;
	int sd, *ids;

	if (argc != 2)
		error(2, 0, "usage: kshark FILE");
	if (!kshark_instance(&ctx))
		error(1, 0, "no session");
	sd = kshark_open(ctx, argv[1]);
	if (sd < 0)
		error(1, -sd, "%s", argv[1]);
	nr = kshark_load_entries(ctx, sd, &entries);
	if (nr < 0)
		error(1, -nr, "%s: entries", argv[1]);
	for (i = 0; i < nr; i++) {
		print_entry(entries[i]);
		/* Where events were lost it puts an entry of its own, 10 ns before the next. */
		if (entries[i]->event_id == KS_EVENT_OVERFLOW)
			continue;
		if (entries[i]->ts < last)
			error(1, 0, "entry %zd is not in order", i);
		last = entries[i]->ts;
	}
	stream = kshark_get_data_stream(ctx, sd);
	printf("# CPUs %d\n", stream->n_cpus);
	print_tasks(ctx, sd);
	ids = kshark_get_all_event_ids(stream);
	for (i = 0; i < stream->n_events; i++)
		printf("# event %s\n", kshark_event_from_id(sd, ids[i]));
	free(ids);
	for (i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
	kshark_close(ctx, sd);
	kshark_free(ctx);
	return 0;
}
