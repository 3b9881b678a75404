/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_MODULE_H
#define USER_MODULE_H

/* The kernel module: its file, and whether it is in the kernel. */

#include <stdbool.h>

#define MODULE_NAME "fntrace"

/**
 * struct module_file - what a module's file says of itself
 * @path: where it is
 * @name: of the module, NULL if the file is none
 * @vermagic: the kernel that it is built for
 * @signer: who signed it, NULL if it is not signed
 */
struct module_file {
	char *path;
	char *name;
	char *vermagic;
	char *signer;
};

int module_file_read(struct module_file *file, const char *wanted);
void module_file_free(struct module_file *file);

bool module_loaded(void);
int module_load(const char *wanted, char *const params[]);
int module_remove(void);

#endif
