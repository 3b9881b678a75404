// SPDX-License-Identifier: GPL-2.0

#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "doctor.h"
#include "fntrace.h"
#include "mounts.h"
#include "tree.h"

void found(struct doctor *doctor, enum verdict verdict, const char *what, const char *fmt, ...)
{
	static const char *const marks[] = { [FINE] = "ok  ", [DOUBT] = "warn", [BAD] = "FAIL" };
	va_list args;

	doctor->bad += verdict == BAD;
	printf("%s %s: ", marks[verdict], what);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* The kernel compares all of it, but the release is what tells where it comes from. */
static void check_module_file(struct doctor *doctor)
{
	const struct module_file *file = &doctor->file;
	size_t len = file->vermagic ? strcspn(file->vermagic, " ") : 0;

	if (!file->path)
		found(doctor, doctor->loaded ? DOUBT : BAD, "module file",
		      "there is no fntrace.ko for this kernel; install linux-headers-%s, then make and make install; or name a file with --module",
		      doctor->release);
	else if (!file->vermagic || !file->name || strcmp(file->name, MODULE_NAME))
		found(doctor, BAD, "module file",
		      "%s is not the module " MODULE_NAME "; build it with make", file->path);
	else if (strlen(doctor->release) != len || strncmp(file->vermagic, doctor->release, len))
		found(doctor, BAD, "module file",
		      "%s is built for %.*s, this kernel is %s; install linux-headers-%s, then make",
		      file->path, (int)len, file->vermagic, doctor->release, doctor->release);
	else
		found(doctor, FINE, "module file", "%s is built for %s", file->path,
		      doctor->release);
}

static void check_loaded(struct doctor *doctor)
{
	struct mounts mounts;

	if (!doctor->loaded) {
		found(doctor, FINE, "loaded", "no; `fntrace load` does it");
		return;
	}
	if (mounts_read(&mounts, "/proc/self/mountinfo", TREE_TYPE)) {
		found(doctor, DOUBT, "loaded", "yes; cannot see where the control tree is: %s",
		      strerror(errno));
		return;
	}
	if (mounts.nr)
		found(doctor, FINE, "loaded", "yes, the control tree is at %s", mounts.at[0].path);
	else
		found(doctor, DOUBT, "loaded",
		      "yes, but the control tree is not mounted; `fntrace load` mounts it");
	mounts_free(&mounts);
}

static void (*const checks[])(struct doctor *doctor) = {
	check_privileges,
	check_machine,
	check_hypervisor,
	check_config,
	check_symbols,
	check_modules_allowed,
	check_lockdown,
	check_module_file,
	check_signature,
	check_loaded,
	check_ftrace,
	check_shared,
	check_livepatch,
	check_taint,
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **module = state->input;

	if (key != 'm')
		return ARGP_ERR_UNKNOWN;
	*module = arg;
	return 0;
}

static const struct argp_option options[] = {
	{ .name = "module", .key = 'm', .arg = "FILE", .doc = "the module that is to be loaded" },
	{ }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Say what would keep the module from working here, and what to do about it.\n"
	       "Each line begins with `ok', `warn' or `FAIL'.\n"
	       "\vExit status: 0 if no line begins with FAIL, else 1.",
};

int cmd_doctor(int argc, char **argv)
{
	struct doctor doctor = { };
	const char *module = NULL;
	struct utsname kernel;
	size_t i;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &module);
	uname(&kernel);
	doctor.release = kernel.release;
	doctor.machine = kernel.machine;
	doctor.loaded = module_loaded();
	err = module_file_read(&doctor.file, module);
	if (err && module) {
		complain("doctor: %s: %s", module, strerror(-err));
		return EXIT_FAILURE;
	}
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		checks[i](&doctor);
	module_file_free(&doctor.file);
	return doctor.bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
