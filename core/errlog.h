/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_ERRLOG_H
#define FNT_CORE_ERRLOG_H

/* What was wrong with the last commands: the file error_log. */

#include <linux/mutex.h>
#include <linux/types.h>

#define ERRLOG_ENTRIES 8
#define ERRLOG_CMD_MAX 256

/**
 * struct errlog_entry - one refused command
 * @ts: local clock, in ns
 * @file: the control file
 * @what: what is wrong; a constant string
 * @cmd: the command
 * @pos: where in @cmd it goes wrong
 */
struct errlog_entry {
	u64 ts;
	const char *file;
	const char *what;
	char cmd[ERRLOG_CMD_MAX];
	unsigned int pos;
};

/**
 * struct errlog - the last of them
 * @lock: of all
 * @nr: number of entries since the log was cleared
 * @entries: entry n is at n % ERRLOG_ENTRIES
 */
struct errlog {
	struct mutex lock;
	unsigned int nr;
	struct errlog_entry entries[ERRLOG_ENTRIES];
};

void errlog_init(struct errlog *log);
void errlog_add(struct errlog *log, const char *file, const char *cmd, size_t len,
		unsigned int pos, const char *what);
void errlog_clear(struct errlog *log);
bool errlog_nth(struct errlog *log, unsigned int n, struct errlog_entry *entry);

#endif
