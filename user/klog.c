// SPDX-License-Identifier: GPL-2.0

#include "klog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fntrace.h"

/* The kernel's limit for one record (CONSOLE_EXT_LOG_MAX, v6.1). */
#define RECORD_MAX 8192

/**
 * klog_open - begin to listen to the kernel log
 *
 * Return: for klog_tell(), to be closed; -1 if this process may not read it.
 */
int klog_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/*
 * The part of a record that is about us: what stands behind "fntrace: ", which
 * may itself follow a "Lockdown: "; refused signatures are reported without
 * naming the module (mod_verify_sig(), v6.1).
 */
static const char *about_us(const char *message)
{
	const char *name = strstr(message, "fntrace: ");

	if (name)
		return name + strlen("fntrace: ");
	return strstr(message, "Loading of ") ? message : NULL;
}

/**
 * klog_tell - pass on what the kernel log says about the module
 * @fd: from klog_open(), of before the attempt; -1 for none
 */
void klog_tell(int fd)
{
	char record[RECORD_MAX + 1], *message;
	const char *ours;
	ssize_t len;

	if (fd < 0)
		return;
	for (;;) {
		/* One record a read(); EPIPE: some were overwritten, go on. */
		len = read(fd, record, RECORD_MAX);
		if (len < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (len <= 0)
			return;
		record[len] = '\0';
		message = strchr(record, ';');
		if (!message)
			continue;
		message[strcspn(message, "\n")] = '\0';
		ours = about_us(message + 1);
		if (ours)
			complain("kernel: %s", ours);
	}
}
