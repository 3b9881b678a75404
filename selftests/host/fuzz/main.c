// SPDX-License-Identifier: GPL-2.0
/* Where libFuzzer comes in; FUZZ is given by the command line: selftests/host/fuzz/run. */

#include "selftests/host/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	FUZZ(bytes, size);
	return 0;
}
