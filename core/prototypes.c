// SPDX-License-Identifier: GPL-2.0
/*
 * Whose prototype is whose: BTF knows names, calls have addresses.
 *
 * The index of the kernel image is made when it is first asked for, and stays.
 * Those of modules go with their modules; while anybody may be asking about
 * a call they are only marked as gone.
 */

#include "core/prototypes.h"

#include <linux/kernel_read_file.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "core/kabi.h"
#include "core/proto.h"
#include "core/proto_table.h"

/**
 * struct types - the types of the kernel image, or of a module
 * @next: of the next module
 * @module: the module's name
 * @start: of its text; @end if it has gone
 * @end: behind it
 * @looked: it is known whether there are types
 * @known: there are
 * @data: a module's BTF
 * @image: the types
 * @table: what is asked of them at an event; NULL if nothing is known
 */
struct types {
	struct types *next;
	char module[MODULE_NAME_LEN];
	unsigned long start;
	unsigned long end;
	bool looked;
	bool known;
	void *data;
	struct btf_image image;
	struct proto_table *table;
};

/* Held while types come, go, or are looked at. */
static DEFINE_MUTEX(types_mutex);

/* Of the kernel image. */
static struct types kernel_types;

/* Of modules: new ones come to the front. */
static struct types *module_types;

/* How many may be in prototype_strings() and prototype_result_quick(). */
static unsigned int users;

/* Functions of an image and where they are, while that is found out. */
struct located {
	struct btf_image *image;
	unsigned long start;
	unsigned long end;
	unsigned int nr;
	unsigned int room;
	struct location {
		u32 offset;	/* of the text */
		u32 slot;	/* of the image */
	} *list;
};

static int located_init(struct located *located, struct btf_image *image, unsigned long start,
			unsigned long end)
{
	/* Some names stand for several functions. */
	u32 room = image->nr_functions + image->nr_functions / 4;

	*located = (struct located) { .image = image, .start = start, .end = end };
	located->list = kvmalloc_array(room + 1, sizeof(*located->list), GFP_KERNEL);
	if (!located->list)
		return -ENOMEM;
	located->room = room;
	return 0;
}

static int symbol_seen(void *data, const char *name, unsigned long addr)
{
	struct located *located = data;
	struct btf_slot *slot;

	if (addr < located->start || addr >= located->end)
		return 0;
	slot = btf_image_slot(located->image, name);
	if (!slot)
		return 0;
	if (slot->addresses < BTF_ADDRESSES_MAX)
		slot->addresses++;
	if (located->nr < located->room)
		located->list[located->nr++] = (struct location) {
			addr - located->start, slot - located->image->slots,
		};
	return 0;
}

static void table_add(struct proto_table *table, const struct located *located,
		      const struct location *location)
{
	const struct btf_image *image = located->image;
	int proto = btf_image_prototype(image, &image->slots[location->slot]);

	if (proto > 0)
		proto_table_add(table, located->start + location->offset,
				proto_strings(image, proto), proto_result(image, proto));
}

/* Without memory nothing is known at an event. */
static struct proto_table *table_create(const struct located *located)
{
	unsigned long len = located->end - located->start;
	struct proto_table *table;
	unsigned int i;

	if (!located->nr)
		return NULL;
	table = kvmalloc(proto_table_size(len, located->nr), GFP_KERNEL);
	if (!table)
		return NULL;
	proto_table_init(table, located->start, len);
	for (i = 0; i < located->nr; i++)
		table_add(table, located, &located->list[i]);
	proto_table_end(table);
	return table;
}

/* Find out how many functions have which name, and what is asked of them at events. */
static void kernel_locate(void)
{
	struct located located;

	/* Without memory names are counted all the same. */
	located_init(&located, &kernel_types.image, (unsigned long)kabi.stext,
		     (unsigned long)kabi.etext);
	kabi_each_symbol(symbol_seen, &located);
	kernel_types.table = table_create(&located);
	kvfree(located.list);
}

static void kernel_open(void)
{
	int err = -ENOENT;

	lockdep_assert_held(&types_mutex);
	if (kernel_types.looked)
		return;
	if (kabi.btf_start && kabi.btf_stop)
		err = btf_image_open(&kernel_types.image, kabi.btf_start,
				     kabi.btf_stop - kabi.btf_start, NULL);
	kernel_types.looked = err != -ENOMEM;
	kernel_types.known = !err;
	if (!err)
		kernel_locate();
}

static int compare_locations(const void *a, const void *b)
{
	u32 left = ((const struct location *)a)->offset;
	u32 right = ((const struct location *)b)->offset;

	return left < right ? -1 : left > right;
}

static void module_locate(struct types *types)
{
	struct located located;

	/* As in kernel_locate(); but symbols of modules come in any order. */
	located_init(&located, &types->image, types->start, types->end);
	kabi_each_module_symbol(types->start, symbol_seen, &located);
	sort(located.list, located.nr, sizeof(*located.list), compare_locations, NULL);
	types->table = table_create(&located);
	kvfree(located.list);
}

static void types_destroy(struct types *types)
{
	btf_image_close(&types->image);
	kvfree(types->table);
	vfree(types->data);
	kfree(types);
}

/* The kernel gives the BTF of a module to user space only: so it is read there. */
static void module_read(struct types *types)
{
	char path[sizeof("/sys/kernel/btf/") + MODULE_NAME_LEN];
	ssize_t size;
	int err;

	types->looked = kernel_types.looked;
	if (!kernel_types.known)
		return;
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", types->module);
	size = kernel_read_file_from_path_initns(path, 0, &types->data, INT_MAX, NULL,
						 READING_UNKNOWN);
	err = size < 0 ? size :
	      btf_image_open(&types->image, types->data, size, &kernel_types.image);
	types->looked = err != -ENOMEM;
	types->known = !err;
	if (!err)
		module_locate(types);
}

static struct types *module_find(const char *module)
{
	struct types *types;

	lockdep_assert_held(&types_mutex);
	for (types = module_types; types; types = types->next)
		if (types->end > types->start && !strcmp(types->module, module))
			return types;
	return NULL;
}

/* The types of a module, which may be unknown; NULL without memory. */
static struct types *module_open(const char *module, unsigned long start, unsigned long end)
{
	struct types *types = module_find(module);

	if (types)
		return types;
	types = kzalloc(sizeof(*types), GFP_KERNEL);
	if (!types)
		return NULL;
	strscpy(types->module, module, sizeof(types->module));
	types->start = start;
	types->end = end;
	module_read(types);
	/* Without memory for it now, it is looked at again when it is asked for again. */
	if (!types->looked) {
		types_destroy(types);
		return NULL;
	}
	types->next = module_types;
	/* With all that is in it: pairs with table_of(). */
	smp_store_release(&module_types, types);
	return types;
}

static void forget_gone_modules(void)
{
	struct types **link = &module_types, *types;

	lockdep_assert_held(&types_mutex);
	while ((types = *link)) {
		if (types->end > types->start) {
			link = &types->next;
			continue;
		}
		*link = types->next;
		types_destroy(types);
	}
}

static int module_changed(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;
	unsigned long start, end;
	struct types *types;

	mutex_lock(&types_mutex);
	kabi_module_text(mod, &start, &end);
	if (event == MODULE_STATE_LIVE && users)
		module_open(mod->name, start, end);
	types = event == MODULE_STATE_GOING ? module_find(mod->name) : NULL;
	if (types)
		WRITE_ONCE(types->end, types->start);
	if (!users)
		forget_gone_modules();
	mutex_unlock(&types_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = module_changed };

/**
 * prototypes_init - notice modules that come and go
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; what register_module_notifier() returned.
 */
int prototypes_init(void)
{
	return register_module_notifier(&module_nb);
}

/**
 * prototypes_exit - undo prototypes_init(), forget all prototypes
 *
 * Context: process, may sleep; nobody uses them.
 */
void prototypes_exit(void)
{
	struct types *types;

	unregister_module_notifier(&module_nb);
	while ((types = module_types)) {
		module_types = types->next;
		types_destroy(types);
	}
	btf_image_close(&kernel_types.image);
	kvfree(kernel_types.table);
}

/* Modules that are loaded, while they are listed. */
struct loaded {
	unsigned int nr;
	unsigned int room;
	struct loaded_module {
		char name[MODULE_NAME_LEN];
		unsigned long start;
		unsigned long end;
	} *list;
};

static void module_seen(void *data, const struct module *mod)
{
	struct loaded *loaded = data;
	struct loaded_module *module;

	if (loaded->nr < loaded->room) {
		module = &loaded->list[loaded->nr];
		strscpy(module->name, mod->name, sizeof(module->name));
		kabi_module_text(mod, &module->start, &module->end);
	}
	loaded->nr++;
}

/* What comes meanwhile is told by the notifier. */
static int open_loaded_modules(void)
{
	struct loaded loaded = { };
	unsigned int i;

	kabi_each_module(module_seen, &loaded);
	loaded.room = loaded.nr;
	loaded.list = kvmalloc_array(loaded.room + 1, sizeof(*loaded.list), GFP_KERNEL);
	if (!loaded.list)
		return -ENOMEM;
	loaded.nr = 0;
	kabi_each_module(module_seen, &loaded);
	for (i = 0; i < min(loaded.nr, loaded.room); i++)
		module_open(loaded.list[i].name, loaded.list[i].start, loaded.list[i].end);
	kvfree(loaded.list);
	return 0;
}

/**
 * prototypes_get - be going to ask about calls when they happen
 *
 * Without BTF, or without memory for its index, nothing is known of them.
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int prototypes_get(void)
{
	int err = 0;

	mutex_lock(&types_mutex);
	kernel_open();
	users++;
	if (kernel_types.known)
		err = open_loaded_modules();
	users -= !!err;
	mutex_unlock(&types_mutex);
	return err;
}

/**
 * prototypes_put - undo prototypes_get()
 *
 * Context: process, may sleep; nobody asks about a call on the caller's
 * behalf.
 */
void prototypes_put(void)
{
	mutex_lock(&types_mutex);
	if (!--users)
		forget_gone_modules();
	mutex_unlock(&types_mutex);
}

static const struct proto_table *table_of(unsigned long ip)
{
	const struct types *types;

	if (ip >= (unsigned long)kabi.stext && ip < (unsigned long)kabi.etext)
		return kernel_types.table;
	/* With all that is in them: pairs with module_open(). */
	for (types = smp_load_acquire(&module_types); types; types = types->next)
		if (ip >= types->start && ip < READ_ONCE(types->end))
			return types->table;
	return NULL;
}

/**
 * prototype_strings - which arguments of a function are strings
 * @ip: its call site
 *
 * Context: any, NMI-safe; after prototypes_get().
 * Return: a bit for each.
 */
u32 prototype_strings(unsigned long ip)
{
	return proto_table_strings(table_of(ip), ip);
}

/**
 * prototype_result_quick - what a function returns, asked while it is called
 * @ip: its call site
 *
 * Context: any, NMI-safe; after prototypes_get().
 * Return: what prototype_result_kind() returns.
 */
enum proto_result prototype_result_quick(unsigned long ip)
{
	return proto_table_result(table_of(ip), ip);
}

/* The types that a function's are among; NULL if it has none. */
static const struct types *types_of(unsigned long ip, const char *modname)
{
	const struct types *types = &kernel_types;
	unsigned long start = 0, end = 0;
	const struct module *mod;

	if (modname) {
		types = module_find(modname);
		if (!types) {
			preempt_disable();
			mod = kabi_module_of_text(ip);
			if (mod && READ_ONCE(mod->state) == MODULE_STATE_LIVE)
				kabi_module_text(mod, &start, &end);
			preempt_enable();
			types = end ? module_open(modname, start, end) : NULL;
		}
	}
	return types && types->known ? types : NULL;
}

/*
 * The prototype of the function with that call site, and the types that it is
 * among, which may be NULL: then it is none, as proto_print_arguments() has it.
 */
static int find_prototype(unsigned long ip, const struct btf_image **image)
{
	const struct types *types = NULL;
	const char *symbol, *modname;
	char name[KSYM_NAME_LEN], module[MODULE_NAME_LEN];

	lockdep_assert_held(&types_mutex);
	*image = NULL;
	kernel_open();
	/* Both names are copied before the module can go. */
	preempt_disable();
	symbol = kabi_lookup_symbol(ip, NULL, NULL, (char **)&modname, name);
	if (symbol && symbol != name)
		strscpy(name, symbol, sizeof(name));
	if (symbol && modname)
		strscpy(module, modname, sizeof(module));
	preempt_enable();
	if (symbol)
		types = types_of(ip, modname ? module : NULL);
	if (!types)
		return -ENOENT;
	*image = &types->image;
	return btf_image_prototype(*image, btf_image_slot(*image, name));
}

/**
 * prototype_arguments - the arguments of a call, in parentheses
 * @text: receives them
 * @ip: call site of the function
 * @call: what was recorded
 *
 * Context: process, may sleep.
 */
void prototype_arguments(struct text *text, unsigned long ip, const struct proto_call *call)
{
	const struct btf_image *image;
	int proto;

	mutex_lock(&types_mutex);
	proto = find_prototype(ip, &image);
	proto_print_arguments(text, image, proto, call);
	mutex_unlock(&types_mutex);
}

/**
 * prototype_argument - an argument of a function by its name
 * @ip: call site of the function
 * @name: the argument's name
 * @type: receives its type
 *
 * Context: process, may sleep.
 * Return: which one it is, counted from 0; what proto_argument() returns if there is none.
 */
int prototype_argument(unsigned long ip, const char *name, struct btf_value *type)
{
	const struct btf_image *image;
	int nr;

	mutex_lock(&types_mutex);
	nr = find_prototype(ip, &image);
	nr = proto_argument(image, nr, name, type);
	mutex_unlock(&types_mutex);
	return nr;
}

/**
 * prototype_result - what a call returned
 * @text: receives it
 * @ip: call site of the function
 * @reg: the register that results are in
 * @hex: show all of it, whatever the function returns
 *
 * Context: process, may sleep.
 * Return: false if the function returns nothing, and nothing was appended.
 */
bool prototype_result(struct text *text, unsigned long ip, unsigned long reg, bool hex)
{
	const struct btf_image *image;
	bool any;
	int proto;

	if (hex) {
		text_printf(text, "0x%lx", reg);
		return true;
	}
	mutex_lock(&types_mutex);
	proto = find_prototype(ip, &image);
	any = proto_print_result(text, image, proto, reg);
	mutex_unlock(&types_mutex);
	return any;
}

/**
 * prototype_condition - compare an argument of a function with a value
 * @ip: call site of the function
 * @words: which, how, and with what
 * @condition: receives it
 * @fault: receives what is wrong
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL.
 */
int prototype_condition(unsigned long ip, const struct condition_words *words,
			struct condition *condition, struct trigger_fault *fault)
{
	const struct btf_image *image = NULL;
	int proto, err;

	mutex_lock(&types_mutex);
	proto = find_prototype(ip, &image);
	err = condition_compile(condition, words, image, proto, fault);
	mutex_unlock(&types_mutex);
	return err;
}

/**
 * prototype_result_kind - what a function returns
 * @ip: call site of the function
 *
 * Context: process, may sleep.
 * Return: it; PROTO_RESULT_UNKNOWN if there is no telling.
 */
enum proto_result prototype_result_kind(unsigned long ip)
{
	const struct btf_image *image;
	enum proto_result kind;
	int proto;

	mutex_lock(&types_mutex);
	proto = find_prototype(ip, &image);
	kind = proto_result(image, proto);
	mutex_unlock(&types_mutex);
	return kind;
}
