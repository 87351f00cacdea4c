// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/stack.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"

namespace scl {

using Name = std::string_view;

// The compiler appends to a name, as in "scsi_remove_device.part.0".
static bool is(const std::string &function, Name name)
{
	return function.starts_with(name) &&
	       (function.size() == name.size() || function[name.size()] == '.');
}

static bool any(const Task &task, std::initializer_list<Name> names)
{
	return std::any_of(task.stack.begin(), task.stack.end(), [&](const std::string &function) {
		return std::any_of(names.begin(), names.end(),
				   [&](Name name) { return is(function, name); });
	});
}

// Removals and scans wait for scan_mutex, a reboot for the device's lock. The kernel leaves what
// belongs to its scheduler out of a stack, mutex_lock() too: the function that takes the lock is
// then the innermost.
static bool waits_for_lock(const Task &task)
{
	for (Name name : {"sdev_store_delete", "scsi_remove_device", "scsi_remove_target",
			  "__scsi_remove_target", "scsi_remove_host", "__scsi_add_device",
			  "scsi_scan_host_selected", "scsi_scan_target", "do_scsi_scan_host",
			  "scsi_rescan_device", "device_shutdown"})
		if (!task.stack.empty() && is(task.stack.front(), name))
			return true;
	return any(task,
		   {"__mutex_lock", "__mutex_lock_slowpath", "mutex_lock", "device_lock",
		    "__mutex_lock_common", "rwsem_down_write_slowpath", "rwsem_down_read_slowpath",
		    "flush_work", "__flush_work", "__flush_workqueue", "flush_workqueue"});
}

Wait wait_of(const Task &task)
{
	if (task.comm.starts_with("scsi_eh_") || any(task, {"scsi_error_handler"}))
		return any(task, {"fc_block_rport", "fc_block_scsi_eh", "iscsi_block_scsi_eh"})
			       ? Wait::recovery
			       : Wait::none;
	if (any(task, {"sd_sync_cache"}))
		return Wait::flush;
	bool removes = any(task, {"__scsi_remove_device", "scsi_remove_device", "sd_remove",
				  "scsi_remove_target", "scsi_remove_host", "scsi_forget_host"});
	if (removes &&
	    any(task, {"blk_mq_freeze_queue_wait", "blk_freeze_queue", "blk_mq_freeze_queue"}))
		return Wait::freeze;
	if (removes && any(task, {"blk_queue_enter", "__bio_queue_enter", "submit_bio_wait",
				  "sync_bdevs", "fsync_bdev", "__sync_blockdev"}))
		return Wait::queue;
	bool scsi = removes ||
		    any(task, {"__scsi_add_device", "scsi_scan_target", "scsi_scan_host_selected",
			       "store_scan", "do_scsi_scan_host", "scsi_rescan_device",
			       "sdev_store_delete", "device_shutdown", "__iscsi_unbind_session"});
	return scsi && waits_for_lock(task) ? Wait::behind : Wait::none;
}

bool sleeps_in_slices(const Task &task)
{
	return wait_of(task) == Wait::flush && any(task, {"blk_execute_rq"});
}

std::string activity_of(const Task &task)
{
	struct Activity {
		std::initializer_list<Name> functions;
		const char *words;
	};
	static const std::array<Activity, 9> activities = {{
		{{"sdev_store_delete"}, "delete"},
		{{"__iscsi_unbind_session"}, "iSCSI logout"},
		{{"fc_starget_delete", "fc_rport_final_delete"}, "removal of an FC remote port"},
		{{"__do_sys_delete_module", "__x64_sys_delete_module", "__se_sys_delete_module"},
		 "unload of a module"},
		{{"device_shutdown", "kernel_restart", "kernel_power_off"}, "reboot"},
		{{"sd_suspend_common", "sd_suspend_system", "sd_suspend_runtime", "sd_suspend",
		  "scsi_bus_suspend_common", "scsi_runtime_suspend"},
		 "suspend"},
		{{"scsi_remove_host"}, "removal of a host"},
		{{"__scsi_add_device", "scsi_scan_target", "scsi_scan_host_selected", "store_scan",
		  "do_scsi_scan_host"},
		 "scan"},
		{{"scsi_rescan_device"}, "rescan"},
	}};
	for (const auto &activity : activities)
		if (any(task, activity.functions))
			return activity.words;
	return {};
}

bool is_reboot(const Task &task)
{
	return activity_of(task) == "reboot";
}

bool is_suspend(const Task &task)
{
	return activity_of(task) == "suspend";
}

bool is_runtime_suspend(const Task &task)
{
	return any(task, {"sd_suspend_runtime", "scsi_runtime_suspend", "rpm_suspend"});
}

bool removes_unseen(const Task &task)
{
	return any(task, {"__scsi_remove_device", "sd_remove"}) && !any(task, {"device_del"}) &&
	       !task.deletes;
}

// What every thread that sleeps has innermost.
static bool is_scheduling(const std::string &function)
{
	for (Name name :
	     {"__schedule", "schedule", "io_schedule", "io_schedule_timeout", "schedule_timeout",
	      "wait_for_common", "__wait_for_common", "wait_for_completion",
	      "wait_for_completion_timeout", "wait_for_completion_io_timeout",
	      "wait_for_completion_io", "schedule_preempt_disabled"})
		if (is(function, name))
			return true;
	return false;
}

std::string chain_of(const Task &task)
{
	std::vector<std::string> shown;
	for (const auto &function : task.stack)
		if (!is_scheduling(function) && shown.size() < 4)
			shown.push_back(printable(function));
	return join(shown, " < ");
}

} // namespace scl
