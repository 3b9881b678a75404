// SPDX-License-Identifier: GPL-2.0

#include "screen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fntrace.h"

/**
 * screen_begin - a result comes that takes the place of the one before
 *
 * Return: lines that there are for it; SCREEN_NO_END if it is no terminal.
 */
unsigned int screen_begin(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return SCREEN_NO_END;
	fputs("\033[H\033[2J", stdout);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 2)
		return SCREEN_NO_END;
	return size.ws_row - 1;
}

/**
 * screen_end - a result is complete
 *
 * Return: 0; -1 if it could not be written, with the reason told.
 */
int screen_end(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	complain("standard output: %s", strerror(errno));
	/* It is told once. */
	clearerr(stdout);
	return -1;
}
