// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/module.h>

#include "suites.h"

/*
 * The random drains take as long as all other suites together: they run last, so that a first
 * failure comes early. The suite of a disk that was there before the guard runs first.
 */
kunit_test_suites(&scl_bus_suite, &scl_table_suite, &scl_stock_suite, &scl_time_suite,
		  &scl_device_suite, &scl_teardown_suite, &scl_block_suite, &scl_reference_suite,
		  &scl_lifetime_suite, &scl_consumer_suite, &scl_node_suite, &scl_hold_suite,
		  &scl_ended_suite, &scl_spare_suite, &scl_quiet_suite, &scl_limits_suite,
		  &scl_sysfs_suite, &scl_status_suite, &scl_removed_suite, &scl_lld_suite,
		  &scl_account_suite, &scl_consumer_unload_suite, &scl_poll_suite,
		  &scl_detached_suite, &scl_end_suite, &scl_uevent_suite, &scl_reboot_suite,
		  &scl_debugfs_suite, &scl_stall_suite, &scl_rescue_suite, &scl_state_suite,
		  &scl_flush_suite, &scl_observe_suite, &scl_unstarted_suite, &scl_host_suite,
		  &scl_module_suite, &scl_inode_suite, &scl_monitor_suite, &scl_idle_suite,
		  &scl_expedite_suite, &scl_trace_suite, &scl_leak_suite, &scl_memory_suite,
		  &scl_scan_suite, &scl_report_suite, &scl_level_suite, &scl_drain_suite);

MODULE_DESCRIPTION("KUnit suites of scsi_lifecycle");
MODULE_IMPORT_NS(SCL_TEST_NAMESPACE);
MODULE_LICENSE("GPL");
