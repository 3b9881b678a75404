// SPDX-License-Identifier: GPL-2.0
/*
 * A BPF program at the entry of a function, for the tests.
 *
 *	fentry FUNCTION
 *
 * Attaches it, says "attached" on standard output and stays until standard
 * input ends; then says how many times it ran.
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <error.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	/* r0 = 0; exit */
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_load_opts opts = {
		.sz = sizeof(opts), .expected_attach_type = BPF_TRACE_FENTRY,
	};
	struct bpf_prog_info info = { };
	unsigned int len = sizeof(info);
	int id, prog, link, stats;
	char c;

	if (argc != 2)
		error(2, 0, "usage: fentry FUNCTION");
	id = libbpf_find_vmlinux_btf_id(argv[1], BPF_TRACE_FENTRY);
	if (id < 0)
		error(1, -id, "%s", argv[1]);
	opts.attach_btf_id = id;
	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (stats < 0)
		error(1, -stats, "statistics");
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "fnt_fentry", "GPL", insns, 2, &opts);
	if (prog < 0)
		error(1, -prog, "load");
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link < 0)
		error(1, -link, "attach to %s", argv[1]);
	puts("attached");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	if (bpf_obj_get_info_by_fd(prog, &info, &len))
		error(1, errno, "information");
	printf("%llu\n", (unsigned long long)info.run_cnt);
	return 0;
}
