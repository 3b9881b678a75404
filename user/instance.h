/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_INSTANCE_H
#define USER_INSTANCE_H

/* A trace of our own, beside whatever else is traced. */

int instance_create(int tree, const char *command);
void instance_remove(int tree, const char *command);

#endif
