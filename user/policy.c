// SPDX-License-Identifier: GPL-2.0

#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mounts.h"
#include "textfile.h"

/* The file names all levels, with brackets around the one that holds. */
static enum lockdown parse_lockdown(const char *text)
{
	if (strstr(text, "[none]"))
		return LOCKDOWN_NONE;
	if (strstr(text, "[integrity]"))
		return LOCKDOWN_INTEGRITY;
	if (strstr(text, "[confidentiality]"))
		return LOCKDOWN_CONFIDENTIALITY;
	return LOCKDOWN_UNKNOWN;
}

/**
 * policy_lockdown - how far the kernel is closed even to root
 *
 * Return: the level.
 */
enum lockdown policy_lockdown(void)
{
	char *text = textfile_read(AT_FDCWD, "/sys/kernel/security/lockdown");
	enum lockdown level = LOCKDOWN_UNKNOWN;
	int securityfs;

	if (!text) {
		securityfs = mount_detached("securityfs");
		if (securityfs < 0)
			return errno == ENODEV ? LOCKDOWN_ABSENT : LOCKDOWN_UNKNOWN;
		text = textfile_read(securityfs, "lockdown");
		if (!text && errno == ENOENT)
			level = LOCKDOWN_ABSENT;
		close(securityfs);
	}
	if (text)
		level = parse_lockdown(text);
	free(text);
	return level;
}

static bool file_begins_with(const char *path, char wanted)
{
	char *text = textfile_read(AT_FDCWD, path);
	bool does = text && text[0] == wanted;

	free(text);
	return does;
}

/**
 * policy_signatures_enforced - are unsigned modules refused?
 *
 * Lockdown refuses them too; that is policy_lockdown()'s to tell.
 *
 * Return: true if so.
 */
bool policy_signatures_enforced(void)
{
	return file_begins_with("/sys/module/module/parameters/sig_enforce", 'Y');
}

/**
 * policy_modules_disabled - has loading of modules been switched off?
 *
 * Return: true if so; only a reboot changes that.
 */
bool policy_modules_disabled(void)
{
	return file_begins_with("/proc/sys/kernel/modules_disabled", '1');
}

/**
 * policy_capable - does this process have a capability?
 * @capability: CAP_*
 *
 * Return: true if so, if only within its own user namespace.
 */
bool policy_capable(unsigned int capability)
{
	char *text = textfile_read(AT_FDCWD, "/proc/self/status");
	unsigned long long set = 0;
	const char *line;

	line = text ? strstr(text, "\nCapEff:") : NULL;
	if (line)
		sscanf(line, "\nCapEff: %llx", &set);
	free(text);
	return set >> capability & 1;
}

/**
 * policy_in_user_namespace - is root here only root of a container?
 *
 * Return: true if this process is not in the initial user namespace, whose
 * capabilities are the only ones that the kernel heeds for modules.
 */
bool policy_in_user_namespace(void)
{
	char *text = textfile_read(AT_FDCWD, "/proc/self/uid_map");
	unsigned int inside = 0, outside = 0, nr = ~0u;

	if (text)
		sscanf(text, "%u %u %u", &inside, &outside, &nr);
	free(text);
	return inside || outside || nr != ~0u;
}
