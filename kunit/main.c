// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/module.h>

#include "suites.h"

/*
 * The drains at random take as long as all others together: they come last, for a first failure to be soon. First come those
 * of a disk that was there before the guard.
 */
kunit_test_suites(&scl_bus_suite, &scl_table_suite, &scl_stock_suite, &scl_time_suite, &scl_record_suite,
		  &scl_teardown_suite, &scl_block_suite, &scl_reference_suite, &scl_life_suite,
		  &scl_consumer_suite, &scl_node_suite, &scl_hold_suite, &scl_spare_suite, &scl_quiet_suite,
		  &scl_limits_suite, &scl_sysfs_suite, &scl_lld_suite, &scl_account_suite, &scl_leave_suite,
		  &scl_look_suite, &scl_detached_suite, &scl_end_suite, &scl_event_suite, &scl_reboot_suite,
		  &scl_view_suite, &scl_wait_suite, &scl_rescue_suite, &scl_transition_suite, &scl_flush_suite,
		  &scl_observe_suite, &scl_parked_suite, &scl_host_suite, &scl_gate_suite, &scl_inode_suite,
		  &scl_watch_suite, &scl_leak_suite, &scl_memory_suite, &scl_scan_suite, &scl_report_suite,
		  &scl_drain_suite);

MODULE_DESCRIPTION("KUnit suites of scsi_lifecycle");
MODULE_LICENSE("GPL");
