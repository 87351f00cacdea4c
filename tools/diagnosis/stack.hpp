// SPDX-License-Identifier: GPL-2.0
// What a thread's stack says that it waits for. The names are those of Linux 6.1 to 7.2.
#pragma once

#include <string>

#include "model/machine.hpp"

namespace scl {

enum class Wait {
	none,	  // nothing of SCSI
	flush,	  // for SYNCHRONIZE CACHE: this is what holds the others up
	freeze,	  // for the commands of the queues of its host
	queue,	  // to enter a stopped queue, with the last writes of a disk
	recovery, // error handling waits for the transport
	behind,	  // for a lock that a removal has
};

Wait wait_of(const Task &task);
// The kernel does not report it as a hung task then.
bool sleeps_in_slices(const Task &task);

// What it is about, "unload of a module"; empty where the stack does not say.
std::string activity_of(const Task &task);

// Of a machine that goes down, by whatever command.
bool is_reboot(const Task &task);
// Of a machine, or of one device that is idle.
bool is_suspend(const Task &task);
bool is_runtime_suspend(const Task &task);

// Inside a removal of which sysfs may show nothing: the device has left it, or stays while its disk
// goes.
bool removes_unseen(const Task &task);

// "blk_execute_rq < sd_sync_cache < sd_shutdown"
std::string chain_of(const Task &task);

} // namespace scl
