/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_SUITES_H
#define SCSI_LIFECYCLE_SUITES_H

extern struct kunit_suite scl_table_suite;
extern struct kunit_suite scl_stock_suite;
extern struct kunit_suite scl_time_suite;
extern struct kunit_suite scl_device_suite;
extern struct kunit_suite scl_teardown_suite;
extern struct kunit_suite scl_block_suite;
extern struct kunit_suite scl_reference_suite;
extern struct kunit_suite scl_lifetime_suite;
extern struct kunit_suite scl_consumer_suite;
extern struct kunit_suite scl_drain_suite;
extern struct kunit_suite scl_node_suite;
extern struct kunit_suite scl_hold_suite;
extern struct kunit_suite scl_ended_suite;
extern struct kunit_suite scl_spare_suite;
extern struct kunit_suite scl_memory_suite;
extern struct kunit_suite scl_scan_suite;
extern struct kunit_suite scl_limits_suite;
extern struct kunit_suite scl_sysfs_suite;
extern struct kunit_suite scl_status_suite;
extern struct kunit_suite scl_removed_suite;
extern struct kunit_suite scl_lld_suite;
extern struct kunit_suite scl_account_suite;
extern struct kunit_suite scl_consumer_unload_suite;
extern struct kunit_suite scl_bus_suite;
extern struct kunit_suite scl_poll_suite;
extern struct kunit_suite scl_detached_suite;
extern struct kunit_suite scl_end_suite;
extern struct kunit_suite scl_uevent_suite;
extern struct kunit_suite scl_reboot_suite;
extern struct kunit_suite scl_quiet_suite;
extern struct kunit_suite scl_debugfs_suite;
extern struct kunit_suite scl_stall_suite;
extern struct kunit_suite scl_rescue_suite;
extern struct kunit_suite scl_state_suite;
extern struct kunit_suite scl_report_suite;
extern struct kunit_suite scl_level_suite;
extern struct kunit_suite scl_trace_suite;
extern struct kunit_suite scl_flush_suite;
extern struct kunit_suite scl_observe_suite;
extern struct kunit_suite scl_unstarted_suite;
extern struct kunit_suite scl_host_suite;
extern struct kunit_suite scl_module_suite;
extern struct kunit_suite scl_inode_suite;
extern struct kunit_suite scl_leak_suite;
extern struct kunit_suite scl_monitor_suite;
extern struct kunit_suite scl_idle_suite;
extern struct kunit_suite scl_expedite_suite;

#endif
