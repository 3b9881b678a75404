/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_BENCH_GRAPH_TARGETS_H
#define HOST_BENCH_GRAPH_TARGETS_H

/* Of graph_tramp.S. */
void target_none(void);
void target_none_four(void);
void target_hijack_bare(void);
void target_hijack_jump(void);
void target_paired_bare(void);
void target_hijack_stamps(void);
void target_paired_stamps(void);
void target_graph(void);
void target_graph_jump(void);
void target_graph_no_clock(void);
void target_graph_four(void);
void target_paired(void);
void target_paired_no_clock(void);
void target_paired_four(void);

/* Loops that call them; four: which call three others. */
void loop_none(unsigned int n);
void loop_none_four(unsigned int n);
void loop_hijack_bare(unsigned int n);
void loop_hijack_jump(unsigned int n);
void loop_paired_bare(unsigned int n);
void loop_hijack_stamps(unsigned int n);
void loop_paired_stamps(unsigned int n);
void loop_graph(unsigned int n);
void loop_graph_jump(unsigned int n);
void loop_graph_no_clock(unsigned int n);
void loop_graph_four(unsigned int n);
void loop_paired(unsigned int n);
void loop_paired_no_clock(unsigned int n);
void loop_paired_four(unsigned int n);

/* The floor, and a loop of nothing, each twice a round. */
void loop_two_floors(unsigned int n);
void loop_nothing(unsigned int n);

#endif
