// SPDX-License-Identifier: GPL-2.0
/*
 * Whose prototype is whose: BTF knows names, calls have addresses.
 *
 * The index of the kernel image is made when it is first asked for, and stays.
 * Those of modules go with their modules; while anybody may be looking for the
 * strings of a call they are only marked as gone.
 */

#include "core/prototypes.h"

#include <linux/hash.h>
#include <linux/kernel_read_file.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "core/kabi.h"
#include "core/proto.h"

/**
 * struct string_args - which arguments of which functions are strings
 * @bits: of the number of @slots
 * @slots: an address, shifted left by 8 bits, and a bit for each argument; 0 is
 *         free. What is shifted out is the same in all addresses of code.
 */
struct string_args {
	unsigned int bits;
	u64 slots[];
};

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
 * @strings: which arguments are strings; NULL if none is
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
	struct string_args *strings;
};

/* Held while types come, go, or are looked at. */
static DEFINE_MUTEX(types_mutex);

/* Of the kernel image. */
static struct types kernel_types;

/* Of modules: new ones come to the front. */
static struct types *module_types;

/* How many may be in prototype_strings(). */
static unsigned int users;

static u64 string_key(unsigned long ip)
{
	return (u64)ip << 8;
}

static void string_args_add(struct string_args *strings, unsigned long ip, u32 args)
{
	unsigned int at = hash_64(string_key(ip), strings->bits);

	while (strings->slots[at])
		at = (at + 1) & (BIT(strings->bits) - 1);
	strings->slots[at] = string_key(ip) | args;
}

static u32 string_args_find(const struct string_args *strings, unsigned long ip)
{
	unsigned int at;
	u64 slot;

	if (!strings)
		return 0;
	at = hash_64(string_key(ip), strings->bits);
	for (; (slot = strings->slots[at]); at = (at + 1) & (BIT(strings->bits) - 1))
		if (slot >> 8 == string_key(ip) >> 8)
			return slot & 0xff;
	return 0;
}

/* Functions that may have strings, while they are looked for. */
struct candidates {
	struct btf_image *image;
	u8 *strings;		/* of each slot of the image */
	unsigned int nr;
	unsigned int room;
	struct candidate {
		unsigned long addr;
		struct btf_slot *slot;
	} *list;
};

/* What the prototype says, if it turns out to be this function's. */
static u32 slot_strings(const struct btf_image *image, const struct btf_slot *slot)
{
	return proto_strings(image, btf_image_type(image, slot->id)->type);
}

static int candidates_prepare(struct candidates *candidates, struct btf_image *image)
{
	u32 i, nr = 0;

	*candidates = (struct candidates) { .image = image };
	candidates->strings = kvzalloc(image->slots_mask + 1, GFP_KERNEL);
	if (!candidates->strings)
		return -ENOMEM;
	for (i = 0; i <= image->slots_mask; i++) {
		if (image->slots[i].id)
			candidates->strings[i] = slot_strings(image, &image->slots[i]);
		nr += !!candidates->strings[i];
	}
	/* Some names stand for several functions. */
	candidates->list = kvmalloc_array(nr + nr / 4 + 1, sizeof(*candidates->list), GFP_KERNEL);
	if (!candidates->list)
		return -ENOMEM;
	candidates->room = nr + nr / 4;
	return 0;
}

static void candidates_free(struct candidates *candidates)
{
	kvfree(candidates->list);
	kvfree(candidates->strings);
}

static void candidate_add(struct candidates *candidates, struct btf_slot *slot,
			  unsigned long addr)
{
	if (candidates->nr < candidates->room &&
	    candidates->strings[slot - candidates->image->slots])
		candidates->list[candidates->nr++] = (struct candidate) { addr, slot };
}

static int symbol_seen(void *data, const char *name, unsigned long addr)
{
	struct candidates *candidates = data;
	struct btf_slot *slot;

	if (addr < (unsigned long)kabi.stext || addr >= (unsigned long)kabi.etext)
		return 0;
	slot = btf_image_slot(candidates->image, name);
	if (!slot)
		return 0;
	if (slot->addresses < 0xff)
		slot->addresses++;
	candidate_add(candidates, slot, addr);
	return 0;
}

/* A call site is at the beginning of its function, or behind an ENDBR there. */
static const unsigned int site_offsets[] = { 0, 4 };

/* Without memory strings are shown as pointers. */
static struct string_args *string_args_create(const struct candidates *candidates)
{
	unsigned int i, j, bits = ilog2(candidates->nr * ARRAY_SIZE(site_offsets) + 1) + 2;
	const struct candidate *candidate = candidates->list;
	struct string_args *strings;
	int proto;

	if (!candidates->nr)
		return NULL;
	strings = kvzalloc(struct_size(strings, slots, BIT(bits)), GFP_KERNEL);
	if (!strings)
		return NULL;
	strings->bits = bits;
	for (i = 0; i < candidates->nr; i++, candidate++) {
		proto = btf_image_prototype(candidates->image, candidate->slot);
		for (j = 0; j < ARRAY_SIZE(site_offsets) && proto > 0; j++)
			string_args_add(strings, candidate->addr + site_offsets[j],
					proto_strings(candidates->image, proto));
	}
	return strings;
}

/* Find out how many functions have which name, and which of them strings. */
static void kernel_count_names(void)
{
	struct candidates candidates;

	/* Without memory names are counted all the same. */
	candidates_prepare(&candidates, &kernel_types.image);
	kabi_each_symbol(symbol_seen, &candidates);
	kernel_types.strings = string_args_create(&candidates);
	candidates_free(&candidates);
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
		kernel_count_names();
}

/* Symbols of a module are found by name only: a few functions have strings. */
static struct string_args *module_strings(struct types *types)
{
	char name[MODULE_NAME_LEN + KSYM_NAME_LEN];
	struct btf_image *image = &types->image;
	struct string_args *strings = NULL;
	struct candidates candidates;
	struct btf_slot *slot;
	unsigned long addr;
	u32 i;

	if (candidates_prepare(&candidates, image))
		goto out;
	for (i = 0; i <= image->slots_mask; i++) {
		slot = &image->slots[i];
		if (!candidates.strings[i])
			continue;
		snprintf(name, sizeof(name), "%s:%s", types->module,
			 btf_image_string(image, btf_image_type(image, slot->id)->name_off));
		addr = kabi_symbol_address(name);
		if (addr)
			candidate_add(&candidates, slot, addr);
	}
	strings = string_args_create(&candidates);
out:
	candidates_free(&candidates);
	return strings;
}

static void types_destroy(struct types *types)
{
	btf_image_close(&types->image);
	kvfree(types->strings);
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
		types->strings = module_strings(types);
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
	/* With all that is in it: pairs with prototype_strings(). */
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
	kvfree(kernel_types.strings);
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
 * prototypes_get - be going to ask for strings of calls
 *
 * Without BTF, or without memory for its index, there are none.
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
 * Context: process, may sleep; nobody is in prototype_strings() on the caller's
 * behalf.
 */
void prototypes_put(void)
{
	mutex_lock(&types_mutex);
	if (!--users)
		forget_gone_modules();
	mutex_unlock(&types_mutex);
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
	const struct types *types;

	if (ip >= (unsigned long)kabi.stext && ip < (unsigned long)kabi.etext)
		return string_args_find(kernel_types.strings, ip);
	/* With all that is in them: pairs with module_open(). */
	for (types = smp_load_acquire(&module_types); types; types = types->next)
		if (ip >= types->start && ip < READ_ONCE(types->end))
			return string_args_find(types->strings, ip);
	return 0;
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
