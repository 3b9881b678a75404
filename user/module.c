// SPDX-License-Identifier: GPL-2.0

#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <unistd.h>

#include "fntrace.h"
#include "klog.h"
#include "policy.h"
#include "textfile.h"

static struct kmod_ctx *context_new(void)
{
	struct kmod_ctx *context = kmod_new(NULL, NULL);

	/* Its errors are ours to report. */
	if (context)
		kmod_set_log_priority(context, LOG_CRIT);
	return context;
}

/* The .ko of the source tree that this program was built in. */
static char *path_beside_us(void)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *path;

	if (len < 0)
		return NULL;
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (asprintf(&path, "%.*s/../" MODULE_NAME ".ko", (int)(slash - self), self) < 0)
		return NULL;
	return path;
}

/* The module by its file; without a wanted one, the first of the usual places. */
static int module_find(struct kmod_ctx *context, const char *wanted, struct kmod_module **mod)
{
	struct kmod_list *list = NULL;
	char *path, *real;
	int err;

	if (wanted)
		return kmod_module_new_from_path(context, wanted, mod);
	path = path_beside_us();
	real = path ? realpath(path, NULL) : NULL;
	free(path);
	if (real) {
		err = kmod_module_new_from_path(context, real, mod);
		free(real);
		return err;
	}
	err = kmod_module_new_from_lookup(context, MODULE_NAME, &list);
	if (!err && !list)
		err = -ENOENT;
	if (!err)
		*mod = kmod_module_get_module(list);
	kmod_module_unref_list(list);
	return err;
}

/* The first value that the module's .modinfo has under a key, to be freed. */
static char *module_info(struct kmod_module *mod, const char *key)
{
	struct kmod_list *list = NULL, *item;
	char *value = NULL;

	if (kmod_module_get_info(mod, &list) < 0)
		return NULL;
	kmod_list_foreach(item, list) {
		if (strcmp(kmod_module_info_get_key(item), key))
			continue;
		value = strdup(kmod_module_info_get_value(item));
		break;
	}
	kmod_module_info_free_list(list);
	return value;
}

/**
 * module_file_read - find the module's file and read what it says of itself
 * @file: receives it; for module_file_free()
 * @wanted: path of the file; NULL for the one that module_load() would take
 *
 * Return: 0; -ENOENT if there is none; another errno if it cannot be read.
 */
int module_file_read(struct module_file *file, const char *wanted)
{
	struct kmod_ctx *context = context_new();
	struct kmod_module *mod = NULL;
	const char *path;
	int err;

	*file = (struct module_file) { };
	if (!context)
		return -ENOMEM;
	err = module_find(context, wanted, &mod);
	path = err ? NULL : kmod_module_get_path(mod);
	if (path) {
		file->path = strdup(path);
		file->name = module_info(mod, "name");
		file->vermagic = module_info(mod, "vermagic");
		file->signer = module_info(mod, "signer");
	} else if (!err) {
		err = -ENOENT;
	}
	kmod_module_unref(mod);
	kmod_unref(context);
	return err;
}

/**
 * module_file_free - release what module_file_read() found
 * @file: it is empty afterwards
 */
void module_file_free(struct module_file *file)
{
	free(file->path);
	free(file->name);
	free(file->vermagic);
	free(file->signer);
	*file = (struct module_file) { };
}

/**
 * module_loaded - is the module in the kernel and ready?
 *
 * Return: true if so.
 */
bool module_loaded(void)
{
	char *state = textfile_read(AT_FDCWD, "/sys/module/" MODULE_NAME "/initstate");
	bool live = state && !strcmp(state, "live");

	free(state);
	return live;
}

/* The kernel ignores a parameter that it does not know, and loads. */
static int check_param(struct kmod_module *mod, const char *param)
{
	size_t len = strcspn(param, "=");
	struct kmod_list *list = NULL, *item;
	const char *value;
	int found = 0;

	if (kmod_module_get_info(mod, &list) < 0)
		return 0;	/* Not a module: the kernel says so better. */
	kmod_list_foreach(item, list) {
		value = kmod_module_info_get_value(item);
		if (!strcmp(kmod_module_info_get_key(item), "parm") &&
		    !strncmp(value, param, len) && value[len] == ':')
			found = 1;
	}
	kmod_module_info_free_list(list);
	if (found)
		return 0;
	complain("load: %.*s: no such parameter; modinfo -p %s lists them", (int)len, param,
		 kmod_module_get_path(mod));
	return -EINVAL;
}

/* Any module could be loaded by its path; what is no module the kernel refuses. */
static int check_name(struct kmod_module *mod)
{
	char *name = module_info(mod, "name");
	int ours = !name || !strcmp(name, MODULE_NAME);

	if (!ours)
		complain("load: %s: is the module %s, not " MODULE_NAME, kmod_module_get_path(mod),
			 name);
	free(name);
	return ours ? 0 : -EINVAL;
}

static char *join(char *const params[])
{
	char *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);
	size_t i;

	if (!out)
		return NULL;
	for (i = 0; params[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", params[i]);
	fclose(out);
	return all;
}

#define ADVICE_SIGN "sign it with a key that is enrolled (mokutil --import)"

static int may_load_modules(void)
{
	return policy_capable(CAP_SYS_MODULE) && !policy_in_user_namespace();
}

static const char *advice_on_permission(void)
{
	if (!may_load_modules())
		return "only root may load modules, and not from within a container";
	if (policy_modules_disabled())
		return "kernel.modules_disabled is set; only a reboot ends that";
	switch (policy_lockdown()) {
	case LOCKDOWN_CONFIDENTIALITY:
		return "lockdown for confidentiality forbids tracing; boot without it";
	case LOCKDOWN_INTEGRITY:
		return "lockdown takes signed modules only; " ADVICE_SIGN;
	default:
		return "`fntrace doctor` looks for the reason";
	}
}

static const char *advice(int err)
{
	switch (err) {
	case EPERM:
		return advice_on_permission();
	case EKEYREJECTED:
	case ENOKEY:
		return "this kernel takes signed modules only; " ADVICE_SIGN;
	case ENOEXEC:
		return "no module, or built for another kernel; build it with make";
	case ENOENT:
		return "this kernel lacks what the module needs; `fntrace doctor` names it";
	case EOPNOTSUPP:
		return "this machine's kernel text cannot be changed safely";
	case EINVAL:
		return "no module, or a parameter has a value that it does not take";
	case EBUSY:
		return "it is being loaded or removed by somebody else; try again";
	case EEXIST:
		return "it was loaded by somebody else meanwhile, without these parameters";
	default:
		return "the kernel log (dmesg) may say more";
	}
}

static int module_insert(struct kmod_module *mod, char *const params[])
{
	const char *path = kmod_module_get_path(mod);
	char *options;
	int err, i, klog;

	if (check_name(mod))
		return -1;
	for (i = 0; params[i]; i++)
		if (check_param(mod, params[i]))
			return -1;
	options = join(params);
	if (!options) {
		complain("load: %s", strerror(ENOMEM));
		return -1;
	}
	klog = klog_open();
	err = kmod_module_probe_insert_module(mod, KMOD_PROBE_IGNORE_COMMAND |
					      KMOD_PROBE_FAIL_ON_LOADED, options, NULL, NULL, NULL);
	/* Somebody else was faster: that is all right if it is the same that we want. */
	if (err == -EEXIST && !params[0])
		err = 0;
	if (err < 0) {
		klog_tell(klog);
		complain("load: %s: %s: %s", path, strerror(-err), advice(-err));
	}
	close(klog);
	free(options);
	return err < 0 ? -1 : 0;
}

static void complain_not_found(const char *wanted, int err)
{
	struct utsname kernel;

	uname(&kernel);
	if (wanted)
		complain("load: %s: %s", wanted, strerror(-err));
	else if (err == -ENOENT)
		complain("load: there is no " MODULE_NAME ".ko in /lib/modules/%s; build and install it (make, make install), or name it with --module",
			 kernel.release);
	else
		complain("load: looking for " MODULE_NAME ".ko: %s", strerror(-err));
}

/**
 * module_load - load the module, or leave it loaded
 * @wanted: path of its file; NULL for the .ko of the source tree that this
 *          program stands in, or else the one that modprobe would take
 * @params: NAME=VALUE..., NULL
 *
 * Return: 0; -1 with the reason told.
 */
int module_load(const char *wanted, char *const params[])
{
	struct kmod_ctx *context = context_new();
	struct kmod_module *mod = NULL;
	int err;

	if (!context) {
		complain("load: cannot read the configuration of modules: %s", strerror(errno));
		return -1;
	}
	/* Before its file is looked for, which such a user may not even see. */
	if (!may_load_modules()) {
		complain("load: %s: %s", strerror(EPERM), advice_on_permission());
		kmod_unref(context);
		return -1;
	}
	err = module_find(context, wanted, &mod);
	if (!err && !kmod_module_get_path(mod))
		err = -ENOENT;
	if (err) {
		complain_not_found(wanted, err);
		err = -1;
	} else {
		err = module_insert(mod, params);
	}
	kmod_module_unref(mod);
	kmod_unref(context);
	return err;
}

/**
 * module_remove - take the module out of the kernel
 *
 * Return: 0; a negative errno.
 */
int module_remove(void)
{
	struct kmod_ctx *context = context_new();
	struct kmod_module *mod = NULL;
	int err;

	if (!context)
		return -ENOMEM;
	err = kmod_module_new_from_name(context, MODULE_NAME, &mod);
	if (!err)
		err = kmod_module_remove_module(mod, 0);
	kmod_module_unref(mod);
	kmod_unref(context);
	return err;
}
