// SPDX-License-Identifier: GPL-2.0
/*
 * What the running kernel is and has.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "doctor.h"
#include "fntrace.h"
#include "textfile.h"

void check_machine(struct doctor *doctor)
{
	if (strcmp(doctor->machine, "x86_64"))
		found(doctor, BAD, "architecture", "%s; the module is for x86_64 only",
		      doctor->machine);
	else
		found(doctor, FINE, "architecture", "x86_64");
}

void check_hypervisor(struct doctor *doctor)
{
	char *guest = textfile_read(AT_FDCWD, "/sys/hypervisor/guest_type");

	if (guest && !strcmp(guest, "PV"))
		found(doctor, BAD, "hypervisor",
		      "a Xen PV guest, whose kernel text cannot be changed safely; run it as HVM or PVH");
	else
		found(doctor, FINE, "hypervisor", "not a Xen PV guest");
	free(guest);
}

/* The options that must be set, and what would be missing without them. */
static const struct {
	const char *option;
	const char *gives;
} options[] = {
	{ "CONFIG_MODULES", "modules" },
	{ "CONFIG_FUNCTION_TRACER", "call sites at function entries" },
	{ "CONFIG_HAVE_FENTRY", "call sites before the stack frame" },
	{ "CONFIG_DYNAMIC_FTRACE", "records of call sites" },
	{ "CONFIG_KALLSYMS", "symbols" },
	{ "CONFIG_KALLSYMS_ALL", "symbols of data" },
	{ "CONFIG_KPROBES", "symbols that are not exported" },
	{ "CONFIG_TRACEPOINTS", "names of tasks" },
};

#define OPTIONS ARRAY_SIZE(options)

/* Where distributions keep it; each %s is the release. gzopen() reads plain files too. */
static const char *const config_places[] = {
	"/proc/config.gz",
	"/boot/config-%s",
	"/lib/modules/%s/config",
	"/lib/modules/%s/build/.config",
	"/usr/src/linux-headers-%s/.config",
};

static gzFile open_config(const char *release, char *path, size_t size)
{
	gzFile config = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(config_places) && !config; i++) {
		snprintf(path, size, config_places[i], release);
		config = gzopen(path, "rbe");
	}
	return config;
}

static unsigned int read_config(gzFile config, bool set[OPTIONS])
{
	char line[512];
	unsigned int nr = 0;
	size_t i;

	while (gzgets(config, line, sizeof(line)))
		for (i = 0; i < OPTIONS; i++)
			if (!strncmp(line, options[i].option, strlen(options[i].option)) &&
			    !strcmp(line + strlen(options[i].option), "=y\n")) {
				set[i] = true;
				nr++;
			}
	return nr;
}

void check_config(struct doctor *doctor)
{
	bool set[OPTIONS] = { };
	char path[256];
	gzFile config = open_config(doctor->release, path, sizeof(path));
	size_t i;

	if (!config) {
		found(doctor, DOUBT, "kernel configuration",
		      "not to be found; install linux-headers-%s to have it looked at",
		      doctor->release);
		return;
	}
	if (read_config(config, set) == OPTIONS)
		found(doctor, FINE, "kernel configuration", "%s has all %zu options that are needed",
		      path, OPTIONS);
	else
		for (i = 0; i < OPTIONS; i++)
			if (!set[i])
				found(doctor, BAD, "kernel configuration",
				      "%s is not set in %s, so there are no %s; boot another kernel",
				      options[i].option, path, options[i].gives);
	gzclose(config);
}

#define KABI_DATA(member, symbol, need, reason) { symbol, need, reason }
#define KABI_FUNC(call, symbol, need, reason) { symbol, need, reason }

/* What the module looks up when it is loaded. */
static const struct {
	const char *name;
	bool required;
	const char *why;
} symbols[] = {
#include "../core/kabi_symbols.h"
	{ KABI_LOOKUP_NAME, true, "to find all others" },
};

#define SYMBOLS ARRAY_SIZE(symbols)

/* A line is "ADDRESS TYPE NAME", with "\t[MODULE]" behind it for those of modules. */
static void mark_symbol(char *line, bool there[SYMBOLS], bool *addresses)
{
	char *name = strrchr(line, ' ');
	size_t i;

	if (!name)
		return;
	name++;
	name[strcspn(name, "\n")] = '\0';
	for (i = 0; i < SYMBOLS; i++) {
		if (strcmp(name, symbols[i].name))
			continue;
		there[i] = true;
		*addresses |= strtoull(line, NULL, 16) != 0;
	}
}

static int read_symbols(bool there[SYMBOLS], bool *addresses)
{
	FILE *in = fopen("/proc/kallsyms", "re");
	char *line = NULL;
	size_t room = 0;

	if (!in)
		return -1;
	while (getline(&line, &room, in) > 0)
		mark_symbol(line, there, addresses);
	free(line);
	fclose(in);
	return 0;
}

void check_symbols(struct doctor *doctor)
{
	bool there[SYMBOLS] = { }, addresses = false;
	size_t i, nr = 0;

	if (read_symbols(there, &addresses)) {
		found(doctor, BAD, "kernel symbols",
		      "/proc/kallsyms: %s; the kernel needs CONFIG_KALLSYMS", strerror(errno));
		return;
	}
	for (i = 0; i < SYMBOLS; i++) {
		nr += there[i];
		if (!there[i] && symbols[i].required)
			found(doctor, BAD, "kernel symbols",
			      "%s is not there, needed %s; boot another kernel",
			      symbols[i].name, symbols[i].why);
		else if (!there[i])
			found(doctor, DOUBT, "kernel symbols",
			      "%s is not there, needed %s; the module goes on without",
			      symbols[i].name, symbols[i].why);
	}
	if (nr && !addresses)
		found(doctor, DOUBT, "kernel symbols",
		      "/proc/kallsyms shows no addresses; the module does not mind, but clients that look addresses up do: sysctl kernel.kptr_restrict=1, as root");
	else if (nr == SYMBOLS)
		found(doctor, FINE, "kernel symbols", "all %zu that the module looks up are there",
		      SYMBOLS);
}
