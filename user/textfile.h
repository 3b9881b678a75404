/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_TEXTFILE_H
#define USER_TEXTFILE_H

/* Small files of the kernel's that hold a setting or a state in text. */

char *textfile_read(int dir, const char *path);
char *textfile_chosen(char *text);
int textfile_write(int dir, const char *path, const char *text);

#endif
