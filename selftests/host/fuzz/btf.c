// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes, taken for the kernel's BTF: every function that there is in it is
 * shown with its arguments and its result.
 */

#include <stdlib.h>
#include <string.h>

#include "core/proto.h"
#include "selftests/host/fuzz/fuzz.h"

static void show_function(const struct btf_image *image, const struct btf_slot *slot)
{
	static const unsigned long args[PROTO_REGS] = { 1, 2, 3, 4, 5, 6 };
	static const char text[] = "a\0b\0c\0d\0e\0f";
	struct proto_call call = { .args = args, .text = text, .len = sizeof(text) };
	int proto = btf_image_prototype(image, slot);
	char buf[512];
	struct text to;

	text_init(&to, buf, sizeof(buf));
	call.strings = proto_strings(image, proto);
	proto_print_arguments(&to, image, proto, &call);
	if (to.len != strlen(buf) || call.strings >> PROTO_REGS)
		abort();
	text_init(&to, buf, sizeof(buf));
	if (proto_print_result(&to, image, proto, -2UL) !=
	    (proto_outcome(proto_result(image, proto), -2UL) != PROTO_VOID))
		abort();
}

bool fuzz_btf_image(const uint8_t *bytes, size_t size)
{
	const struct btf_slot *slot;
	struct btf_image image;

	if (btf_image_open(&image, bytes, size, NULL))
		return false;
	for (slot = image.slots; slot <= image.slots + image.slots_mask; slot++)
		if (slot->id)
			show_function(&image, slot);
	btf_image_close(&image);
	return true;
}

void fuzz_btf(const uint8_t *bytes, size_t size)
{
	fuzz_btf_image(bytes, size);
}
