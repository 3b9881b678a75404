/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_SESSION_H
#define USER_SESSION_H

/* Settings of the control tree that a command makes, and puts back at its end. */

#include <stdbool.h>
#include <stddef.h>

/**
 * struct session - what a command has changed
 * @name: of the command, for messages
 * @tree: the control tree
 * @values: the files, as they were, in the order in which they were first changed
 * @nr: number of them
 * @begun: it has the tree to itself
 * @own: the tree is an instance that goes at the end: nothing is put back
 */
struct session {
	const char *name;
	int tree;
	struct session_value *values;
	size_t nr;
	bool begun;
	bool own;
};

/**
 * struct setting - what a file of the tree is to have
 * @file: the file, with one value
 * @text: the value
 */
struct setting {
	const char *file;
	const char *text;
};

int session_begin(struct session *session, const char *name, int tree, bool force);
void session_begin_own(struct session *session, const char *name, int instance);
int session_set(struct session *session, const char *file, const char *text);
int session_set_all(struct session *session, const struct setting *settings, size_t nr);
int session_set_list(struct session *session, const char *file, char *const words[]);
int session_set_number(struct session *session, const char *file, unsigned long long number);
int session_end(struct session *session);

#endif
