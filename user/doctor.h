/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_DOCTOR_H
#define USER_DOCTOR_H

/*
 * The checks of `fntrace doctor`. Each looks at one thing and prints a line for
 * it, or one for each part of it that is not as it should be.
 */

#include <stdbool.h>

#include "module.h"

enum verdict {
	FINE,		/* also for what is only worth knowing */
	DOUBT,		/* works, but not all of it, or could not be looked at */
	BAD,		/* keeps the module from working here */
};

/**
 * struct doctor - what the checks know of each other
 * @loaded: the module is in the kernel
 * @file: the module's file; without a path if there is none
 * @release: of the running kernel
 * @machine: its architecture
 * @bad: number of BAD findings
 */
struct doctor {
	bool loaded;
	struct module_file file;
	const char *release;
	const char *machine;
	unsigned int bad;
};

/* Print a line: @what was looked at; then what was found and, if need be, what to do. */
void found(struct doctor *doctor, enum verdict verdict, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* doctor_policy.c */
void check_privileges(struct doctor *doctor);
void check_modules_allowed(struct doctor *doctor);
void check_lockdown(struct doctor *doctor);
void check_signature(struct doctor *doctor);

/* doctor_kernel.c */
void check_machine(struct doctor *doctor);
void check_hypervisor(struct doctor *doctor);
void check_config(struct doctor *doctor);
void check_symbols(struct doctor *doctor);

/* doctor_ftrace.c */
void check_ftrace(struct doctor *doctor);
void check_shared(struct doctor *doctor);
void check_livepatch(struct doctor *doctor);
void check_taint(struct doctor *doctor);

#endif
