// SPDX-License-Identifier: GPL-2.0
// A machine that goes down, and waits for the flush of a disk.
#include "diagnosis/case.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "print/words.hpp"

namespace scl {

// So many disks are named.
static constexpr int named = 8;

// Which of them the thread waits for, no file shows.
static void say_stopped(Case &c, const Machine &machine)
{
	int count = 0;
	for (const auto &device : machine.devices) {
		if (!device.stopped() || device.going() || ++count > named)
			continue;
		c.because(name_of(device) + " is blocked: its queue is stopped");
		if (device.transport.lost)
			c.because(condition_of(device.transport));
	}
	if (count > named)
		c.because(fmt::format("{} more are blocked", count - named));
}

// The module has given each its time where it was loaded when the reboot began.
static void say_deadlines(Case &c, const Machine &machine)
{
	std::optional<Ms> last;
	bool all = true;
	for (const auto &device : machine.devices) {
		if (!device.guarded || !device.stopped() || device.going())
			continue;
		all &= device.guarded->deadline.has_value();
		last = std::max(last, device.guarded->deadline);
	}
	if (!last || !all)
		return c.end("not by the module: reboot_tmo is off, or the module was loaded when "
			     "the reboot had begun");
	c.ends = true;
	c.ends_in = last;
	c.end(fmt::format("in {}, by reboot_tmo: the flush is then lost", duration(*last)));
}

Case reboot_case(const Machine &machine, const Task &culprit, const Device *device)
{
	Case c;
	c.what = "the machine goes down";
	if (device)
		c.device = device->address;
	say_culprit(c, culprit, ": ");
	c.waits_for = "flush";
	c.waits("a cache flush");
	say_stopped(c, machine);
	if (machine.module.loaded == true)
		say_deadlines(c, machine);
	else
		say_end_of_flush(c, nullptr, nullptr);
	c.sooner("bring the path back: the flush completes");
	c.sooner("echo b >/proc/sysrq-trigger: the machine restarts at once, and all that was not "
		 "written is lost");
	c.say("stack", chain_of(culprit));
	return c;
}

} // namespace scl
