// SPDX-License-Identifier: GPL-2.0
/*
 * How the kernel's own ftrace does, and who else uses it.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "mounts.h"
#include "textfile.h"

/* Bits of /proc/sys/kernel/tainted (Documentation/admin-guide/tainted-kernels.rst). */
#define TAINT_DIED 7
#define TAINT_WARNED 9
#define TAINT_LIVEPATCH 15

/* All bits if it cannot be read. */
static unsigned long taint(void)
{
	char *text = textfile_read(AT_FDCWD, "/proc/sys/kernel/tainted");
	unsigned long bits = text ? strtoul(text, NULL, 10) : ~0UL;

	free(text);
	return bits;
}

static bool tainted(unsigned int bit)
{
	return taint() >> bit & 1;
}

/*
 * No file says that ftrace has given up on itself (ftrace_disabled). But it
 * does not without a WARN (FTRACE_WARN_ON, kernel/trace/ftrace.c), and a WARN
 * leaves its mark.
 */
void check_ftrace(struct doctor *doctor)
{
	char *enabled = textfile_read(AT_FDCWD, "/proc/sys/kernel/ftrace_enabled");

	if (!enabled)
		found(doctor, BAD, "the kernel's ftrace",
		      "/proc/sys/kernel/ftrace_enabled: %s; the kernel needs CONFIG_DYNAMIC_FTRACE",
		      strerror(errno));
	else if (strcmp(enabled, "1"))
		found(doctor, DOUBT, "the kernel's ftrace",
		      "switched off: functions that others hold cannot be shared; sysctl kernel.ftrace_enabled=1");
	else if (tainted(TAINT_WARNED))
		found(doctor, DOUBT, "the kernel's ftrace",
		      "on, but the kernel has warned of something since it booted; if that was ftrace (dmesg | grep -i ftrace), reboot");
	else
		found(doctor, FINE, "the kernel's ftrace",
		      "on, and no warning since boot, so it has not given up");
	free(enabled);
}

/* Return: the lines of a file, -1 with errno. */
static long count_lines(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
	long nr = 0;
	int c;

	if (!in)
		return -1;
	while ((c = getc(in)) != EOF)
		nr += c == '\n';
	fclose(in);
	return nr;
}

void check_shared(struct doctor *doctor)
{
	int tracefs = mount_detached("tracefs");
	long nr = tracefs < 0 ? -1 : count_lines(tracefs, "enabled_functions");

	if (nr < 0)
		found(doctor, DOUBT, "functions in use",
		      "the kernel's list cannot be read: %s; what is found taken is shared all the same",
		      strerror(errno));
	else if (!nr)
		found(doctor, FINE, "functions in use", "the kernel's ftrace holds none");
	else
		found(doctor, DOUBT, "functions in use",
		      "the kernel's ftrace holds %ld, for kprobes, livepatch, BPF or a tracer%s; these are traced through it, at its cost",
		      nr, doctor->loaded ? ", or for us who share them" : "");
	close(tracefs);
}

void check_livepatch(struct doctor *doctor)
{
	DIR *dir = opendir("/sys/kernel/livepatch");
	struct dirent *entry;
	unsigned int nr = 0;

	while (dir && (entry = readdir(dir)))
		nr += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	if (nr)
		found(doctor, FINE, "livepatch", "%u in force; the functions they replace are shared",
		      nr);
	else if (tainted(TAINT_LIVEPATCH))
		found(doctor, FINE, "livepatch", "none in force, there was one");
	else
		found(doctor, FINE, "livepatch", "none");
}

void check_taint(struct doctor *doctor)
{
	if (tainted(TAINT_DIED))
		found(doctor, DOUBT, "taint", "%lu: the kernel has had an oops; reboot", taint());
	else
		found(doctor, FINE, "taint", "%lu, no oops since boot", taint());
}
