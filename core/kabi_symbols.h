/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hidden symbols that the module looks up when it is loaded, a row each, for whoever
 * defines KABI_DATA and KABI_FUNC: core/kabi.c makes of them what is looked up, and fntrace
 * doctor what it looks for. So it has no guard, and includes nothing.
 *
 *	KABI_DATA(member of struct kabi, symbol, required, what it is needed for)
 *	KABI_FUNC(static call, symbol, required, what it is needed for)
 */

/* By which the others are found, see find_lookup_name(). */
#define KABI_LOOKUP_NAME "kallsyms_lookup_name"

#define FOR_EDGES "to find where interrupts and preemption are switched"
#define BESIDE_PROBES "to change instructions beside kprobes"

KABI_DATA(text_mutex, "text_mutex", true, "to be the only writer of kernel text"),
KABI_DATA(ftrace_lock, "ftrace_lock", true, "to read the kernel's records of call sites"),
KABI_DATA(ftrace_pages_start, "ftrace_pages_start", true, "to find the call sites"),
KABI_DATA(ftrace_disabled, "ftrace_disabled", true,
	  "to know whether the kernel's own ftrace is alive"),
KABI_DATA(ftrace_verify_code, "ftrace_verify_code", true,
	  "to give a call site back when the kernel wants it"),
KABI_DATA(ftrace_expected, "ftrace_expected", true,
	  "to stand in for the kernel's check of a call site"),
KABI_FUNC(kabi_text_poke, "text_poke", true,
	  "to stand in for the kernel's check of a call site"),
KABI_DATA(stext, "_stext", true, "to tell kernel text from module text"),
KABI_DATA(etext, "_etext", true, "to tell kernel text from module text"),
KABI_DATA(poke_desc, "bp_desc", false, "to patch by breakpoints"),
KABI_FUNC(kabi_lookup, "kallsyms_lookup", true, "to name a call site"),
KABI_FUNC(kabi_on_each_symbol, "kallsyms_on_each_symbol", true,
	  "to name all call sites"),
KABI_FUNC(kabi_clock_stable, "sched_clock_stable", true, "to choose the default clock"),
KABI_FUNC(kabi_module_text_address, "__module_text_address", true,
	  "to find the call sites of modules"),
KABI_FUNC(kabi_stop_machine, "stop_machine_cpuslocked", false,
	  "to patch with the machine stopped"),
KABI_DATA(ftrace_ops_list, "ftrace_ops_list", false,
	  "to share functions with kretprobes, and to say with whom they are shared"),
KABI_DATA(ftrace_list_end, "ftrace_list_end", false,
	  "to share functions with kretprobes, and to say with whom they are shared"),
KABI_DATA(cyc2ns, "cyc2ns", false, "to read the local clock at the least cost"),
KABI_DATA(btf_start, "__start_BTF", false, "to name arguments"),
KABI_DATA(btf_stop, "__stop_BTF", false, "to name arguments"),
KABI_DATA(modules, "modules", false, "to find the strings among arguments"),
KABI_DATA(return_to_handler, "return_to_handler", false, "to hook returns"),
KABI_FUNC(kabi_return, "ftrace_return_to_handler", false, "to hook returns"),
KABI_DATA(graph_active, "ftrace_graph_active", false, "to hook returns"),
KABI_DATA(idle_ret_stack, "idle_ret_stack", false, "to hook returns of idle tasks"),
KABI_FUNC(kabi_idle_task, "idle_task", false, "to hook returns of idle tasks"),
KABI_DATA(irqentry_start, "__irqentry_text_start", false, "to show where interrupts begin"),
KABI_DATA(irqentry_end, "__irqentry_text_end", false, "to show where interrupts end"),
KABI_FUNC(kabi_lookup_ip, "ftrace_lookup_ip", false,
	  "to say with whom a function is shared"),
KABI_DATA(events, "ftrace_events", false, "to record the kernel's events"),
KABI_DATA(event_mutex, "event_mutex", false, "to record the kernel's events"),
KABI_DATA(event_common, "ftrace_common_fields", false, "to record the kernel's events"),
KABI_FUNC(kabi_insn_decode, "insn_decode", false, FOR_EDGES),
KABI_FUNC(kabi_get_kprobe, "get_kprobe", false, BESIDE_PROBES),
KABI_FUNC(kabi_recover, "recover_probed_instruction", false, BESIDE_PROBES),
KABI_DATA(emulate_call, "kprobe_emulate_call", false, BESIDE_PROBES),
KABI_DATA(kprobe_mutex, "kprobe_mutex", false, BESIDE_PROBES),
KABI_DATA(bare.start, "__noinstr_text_start", false, FOR_EDGES),
KABI_DATA(bare.end, "__noinstr_text_end", false, FOR_EDGES),
KABI_DATA(entry.start, "__entry_text_start", false, FOR_EDGES),
KABI_DATA(entry.end, "__entry_text_end", false, FOR_EDGES),
KABI_DATA(cpuidle.start, "__cpuidle_text_start", false, FOR_EDGES),
KABI_DATA(cpuidle.end, "__cpuidle_text_end", false, FOR_EDGES),
KABI_DATA(locks.start, "__lock_text_start", false, FOR_EDGES),
KABI_DATA(locks.end, "__lock_text_end", false, FOR_EDGES),
KABI_DATA(jumps.start, "__start___jump_table", false, FOR_EDGES),
KABI_DATA(jumps.end, "__stop___jump_table", false, FOR_EDGES),
KABI_DATA(calls.start, "__start_static_call_sites", false, FOR_EDGES),
KABI_DATA(calls.end, "__stop_static_call_sites", false, FOR_EDGES),
KABI_DATA(steal_call, "__SCK__pv_steal_clock", false, "to read the steal clock"),
KABI_DATA(steal_enabled, "paravirt_steal_enabled", false, "to read the steal clock"),

#undef FOR_EDGES
#undef BESIDE_PROBES
