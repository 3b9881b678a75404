/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_HOLDERS_H
#define USER_HOLDERS_H

/* Who keeps the module from being removed. */

unsigned int holders_of_files(void);
unsigned int holders_of_mounts(void);
unsigned int holders_in_kernel(void);

#endif
