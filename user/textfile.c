// SPDX-License-Identifier: GPL-2.0

#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * textfile_read - the contents of a file
 * @dir: directory that a relative @path starts from, or AT_FDCWD
 * @path: the file
 *
 * Return: the contents, to be freed, without the last newline; NULL with errno.
 */
char *textfile_read(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	FILE *in;
	int err, cut;

	if (fd < 0)
		return NULL;
	in = fdopen(fd, "r");
	if (!in) {
		close(fd);
		return NULL;
	}
	errno = 0;
	len = getdelim(&text, &room, '\0', in);
	err = errno;
	cut = ferror(in);
	fclose(in);
	if (len > 0 && !cut) {
		if (text[len - 1] == '\n')
			text[len - 1] = '\0';
		return text;
	}
	free(text);
	errno = err;
	return err ? NULL : strdup("");
}

/**
 * textfile_chosen - the choice that a file has made
 * @text: its contents, which may be all choices, with brackets around one; or NULL
 *
 * Return: @text, which now is of "a [b] c" the b, else as it was.
 */
char *textfile_chosen(char *text)
{
	char *start = text ? strchr(text, '[') : NULL;
	size_t len;

	if (!start)
		return text;
	len = strcspn(start + 1, "]");
	memmove(text, start + 1, len);
	text[len] = '\0';
	return text;
}

/**
 * textfile_write - write a command into a file
 * @dir: directory that a relative @path starts from, or AT_FDCWD
 * @path: the file
 * @text: the command
 *
 * Return: 0; -1 with errno.
 */
int textfile_write(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -1;
	/* A write of nothing would not reach the file. */
	if (!*text)
		text = "\n";
	/* A control file obeys a whole command or nothing. */
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	errno = err;
	return err ? -1 : 0;
}
