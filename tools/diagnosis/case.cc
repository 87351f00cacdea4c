// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/case.hpp"

#include <fmt/core.h>

#include "base/text.hpp"
#include "print/words.hpp"

namespace scl {

// virtscsi_eh_timed_out() of drivers/scsi/virtio_scsi.c, storvsc_eh_timed_out() of storvsc_drv.c.
bool renews_timers(const std::string &driver)
{
	return driver == "virtio_scsi" || driver == "storvsc_host";
}

void say_culprit(Case &c, const Task &task, const char *joint)
{
	auto activity = activity_of(task);
	c.culprit = &task;
	c.what += joint + name_of(task);
	if (!activity.empty())
		c.what += fmt::format(", {}", activity);
}

void say_path(Case &c, const Device &device)
{
	if (device.transport.lost)
		c.because(condition_of(device.transport));
	else if (device.blocked())
		c.because(fmt::format("the transport of host{} has blocked it, or a program has "
				      "quiesced it",
				      device.address.host));
}

void say_above(Case &c, const Machine &machine, const Device &device)
{
	if (device.disk.empty())
		return;
	for (const auto *map : machine.above(device.disk)) {
		auto name = name_of(*map);
		c.say("above it", map->suspended
					  ? name + ", suspended: dmsetup resume lets its I/O go on"
					  : name);
	}
}

void say_recovery(Case &c, unsigned host, const Device *device)
{
	c.waits_for = "error_handling";
	c.waits(fmt::format("the error handling of host{}", host));
	if (device && device->transport.lost)
		c.because(condition_of(device->transport));
	c.end("when the transport gives the path up (fast_io_fail_tmo, dev_loss_tmo, "
	      "recovery_tmo): the module cannot end it, and these timers cannot be changed now");
	c.sooner("bring the path back, or log out of the target");
}

Case suspended_case(const Map &map)
{
	Case c;
	c.what = fmt::format("{} is suspended: its I/O waits, and what syncs it", name_of(map));
	c.waits_for = "resume";
	c.ends = false;
	c.end("not by itself, and not by the module: it is above the SCSI layer");
	c.sooner(fmt::format("dmsetup resume {}",
			     map.name.empty() ? map.disk : printable(map.name)));
	return c;
}

} // namespace scl
