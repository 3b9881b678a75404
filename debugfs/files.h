/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_DEBUGFS_FILES_H
#define FNT_DEBUGFS_FILES_H

/*
 * What the files of the control tree do, for the table in tree.c.
 *
 * A show function prints the whole contents. A store function gets what one
 * write() brought, white space around it removed, and either does all of it or
 * returns an errno and leaves everything as it was.
 */

#include "debugfs/tree.h"

struct ops_function;

/* control_files.c */
int file_number(const char *cmd, unsigned long *number, struct tree_error *error);
int file_switch(const char *cmd, bool *on, struct tree_error *error);
const char *file_returns_error(int err);
SHOW(available_tracers_show);
SHOW(current_tracer_show);
STORE(current_tracer_store);
SHOW(tracing_on_show);
STORE(tracing_on_store);
SHOW(cpumask_show);
STORE(cpumask_store);
SHOW(trace_clock_show);
STORE(trace_clock_store);
SHOW(patcher_show);
STORE(patcher_store);
SHOW(hits_enabled_show);
STORE(hits_enabled_store);
SHOW(total_info_show);
SHOW(trace_options_show);
STORE(trace_options_store);
SHOW(option_show);
STORE(option_store);
SHOW(error_log_show);
STORE(error_log_store);
int error_log_truncate(const struct tree_file *file);

/* crash_files.c */
SHOW(dump_on_oops_show);
STORE(dump_on_oops_store);
SHOW(dump_events_show);
STORE(dump_events_store);

/* readme.c */
SHOW(readme_show);

/* hist_files.c */
SHOW(hist_unit_show);
STORE(hist_unit_store);
SHOW(hist_buckets_show);
STORE(hist_buckets_store);
SHOW(hist_keys_show);
STORE(hist_keys_store);
extern const struct file_operations hist_fops;

/* graph_files.c */
SHOW(max_depth_show);
STORE(max_depth_store);
SHOW(thresh_show);
STORE(thresh_store);

/* latency_files.c */
SHOW(max_latency_show);
STORE(max_latency_store);
SHOW(latency_kinds_show);
STORE(latency_kinds_store);

/* source_files.c */
SHOW(ticks_hz_show);
STORE(ticks_hz_store);
SHOW(ticks_show);
SHOW(gaps_thresh_show);
STORE(gaps_thresh_store);
SHOW(gaps_width_show);
STORE(gaps_width_store);
SHOW(gaps_window_show);
STORE(gaps_window_store);
SHOW(gaps_show);

/* buffer_files.c */
void file_buffer_error(int err, struct tree_error *error);
SHOW(buffer_size_show);
STORE(buffer_size_store);
SHOW(subbuf_size_show);
STORE(subbuf_size_store);
SHOW(buffer_total_size_show);
SHOW(buffer_percent_show);
STORE(buffer_percent_store);
SHOW(stats_show);

/* info_files.c */
SHOW(header_page_show);
SHOW(header_event_show);
SHOW(event_format_show);
SHOW(saved_cmdlines_show);
SHOW(saved_cmdlines_size_show);
STORE(saved_cmdlines_size_store);
SHOW(saved_tgids_show);
SHOW(timestamp_mode_show);
STORE(timestamp_mode_store);
SHOW(printk_formats_show);

/* event_files.c */
SHOW(available_events_show);
SHOW(set_event_show);
STORE(set_event_store);
int set_event_truncate(const struct tree_file *file);
SHOW(events_enable_show);
STORE(events_enable_store);
SHOW(system_enable_show);
STORE(system_enable_store);
SHOW(system_filter_show);
STORE(system_filter_store);
SHOW(event_enable_show);
STORE(event_enable_store);
SHOW(event_filter_show);
STORE(event_filter_store);
SHOW(event_id_show);
SHOW(kernel_format_show);

/* function_conditions.c */
struct condition_line;
struct filter_error;
int function_condition_obey(struct fnt_trace *tr, char *word, char *text,
			    struct filter_error *error);
int function_condition_show(struct seq_file *m, const struct condition_line *line);

/* function_commands.c */
struct filter_term;
struct fnt_hash *functions_of_term(const struct filter_term *term, struct filter_error *error);
struct command_place;
struct filter_error;
int function_command_obey(struct fnt_trace *tr, char *word, char *text,
			  struct filter_error *error);
int function_command_show(struct seq_file *m, const struct command_place *place);

/* trigger_files.c */
struct trace_action;
void action_show(struct seq_file *m, const struct trace_action *action);
SHOW(trigger_show);
STORE(trigger_store);

/* filter_files.c */
extern const struct file_operations set_filter_fops;
extern const struct file_operations set_notrace_fops;
extern const struct file_operations set_graph_fops;
extern const struct file_operations set_graph_notrace_fops;

/* filter_modules.c */
void filter_modules_init(void);
void filter_modules_exit(void);

/* scope_files.c */
SHOW(set_cgroup_show);
STORE(set_cgroup_store);
SHOW(set_pidns_show);
STORE(set_pidns_store);
SHOW(set_syscall_show);
STORE(set_syscall_store);
int set_syscall_truncate(const struct tree_file *file);

/* pid_files.c */
SHOW(set_pid_show);
STORE(set_pid_store);
int set_pid_truncate(const struct tree_file *file);
SHOW(set_notrace_pid_show);
STORE(set_notrace_pid_store);
int set_notrace_pid_truncate(const struct tree_file *file);
SHOW(set_event_pid_show);
STORE(set_event_pid_store);
int set_event_pid_truncate(const struct tree_file *file);
SHOW(set_event_notrace_pid_show);
STORE(set_event_notrace_pid_store);
int set_event_notrace_pid_truncate(const struct tree_file *file);

/* profile_files.c */
SHOW(profile_enabled_show);
STORE(profile_enabled_store);
SHOW(profile_show);

/* function_files.c */
void function_name_show(struct seq_file *m, const struct ops_function *function);
extern const struct file_operations available_functions_fops;
extern const struct file_operations enabled_functions_fops;

/* text_files.c */
int text_open(struct inode *inode, struct file *file);
int text_release(struct inode *inode, struct file *file);
loff_t text_llseek(struct file *file, loff_t offset, int whence);
extern const struct file_operations trace_fops;
extern const struct file_operations trace_pipe_fops;

/* snapshot_files.c */
STORE(snapshot_store);
void snapshot_help(struct seq_file *m, const struct fnt_trace *tr, int cpu);
extern const struct file_operations snapshot_fops;

/* raw_files.c */
extern const struct file_operations trace_pipe_raw_fops;

/* marker_files.c */
extern const struct file_operations trace_marker_fops;
extern const struct file_operations trace_marker_raw_fops;
extern const struct file_operations free_buffer_fops;

/* probe_files.c */
extern const struct file_operations probe_events_fops;
SHOW(probe_profile_show);

#endif
