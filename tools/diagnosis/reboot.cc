// SPDX-License-Identifier: GPL-2.0
// A machine that goes down, and waits for the flush of a disk.
#include "diagnosis/case.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

#include "base/text.hpp"
#include "print/words.hpp"

namespace scl {

// So many disks are named.
static constexpr int named = 8;

static bool is_stopped(const Device &device)
{
	return device.stopped() && !device.going();
}

// Which of them the thread waits for, no file shows.
static void say_stopped(Case &c, const Machine &machine)
{
	int count = 0;
	for (const auto &device : machine.devices) {
		if (!is_stopped(device) || ++count > named)
			continue;
		c.because(name_of(device) + " is blocked: its queue is stopped");
		if (device.transport.lost)
			c.because(condition_of(device.transport));
	}
	if (count > named)
		c.because(fmt::format("{} more are blocked", count - named));
}

// The module has given each its time, since the reboot began or since it was loaded.
static void say_deadlines(Case &c, const Machine &machine)
{
	std::optional<Ms> last;
	bool all = true, endless = false;
	for (const auto &device : machine.devices) {
		if (!device.guarded || !is_stopped(device))
			continue;
		all &= device.guarded->deadline.has_value();
		last = std::max(last, device.guarded->deadline);
		endless |= device.guarded->endless;
	}
	if (endless)
		return c.end("not by the module: reboot_tmo is off");
	if (!last || !all)
		return c.end("by reboot_tmo; the time that is left was not read");
	c.ends = true;
	c.ends_in = last;
	c.end(fmt::format("in {}, by reboot_tmo: the flush is then lost", duration(*last)));
}

// A disk that has its path has flush_tmo: it is its driver that does not answer.
static void say_silent_driver(Case &c, const Machine &machine)
{
	for (const auto &host : machine.hosts)
		if (host.busy.value_or(0))
			c.because(fmt::format("{} has {} of host{}, and has not answered",
					      printable(host.driver.text()),
					      plural(*host.busy, "command"), host.number));
	bool unread = false;
	for (const auto &device : machine.devices) {
		if (!device.guarded || device.going())
			continue;
		unread |= !device.guarded->deadline && !device.guarded->endless;
		if (!device.guarded->deadline)
			continue;
		c.ends_in = std::max(c.ends_in, device.guarded->deadline);
		c.because(name_of(device) + " has its path");
	}
	std::string otherwise = "when the driver answers, or its error handling gives up";
	if (c.ends_in.value_or(0))
		c.end(fmt::format("in {}, by flush_tmo, if the driver then gives the command back: "
				  "the flush is then lost",
				  duration(*c.ends_in)));
	else if (std::exchange(c.ends_in, std::nullopt))
		c.end("when the driver gives the command back: it was asked to");
	else
		c.end(otherwise +
		      (unread ? ", or by flush_tmo; the time that is left was not read" : ""));
}

static void say_end(Case &c, const Machine &machine)
{
	bool stopped = std::any_of(machine.devices.begin(), machine.devices.end(), is_stopped);
	bool alone = machine.module.loaded != true;
	if (alone)
		say_end_of_flush(c, nullptr, nullptr);
	else if (stopped)
		say_deadlines(c, machine);
	else
		return say_silent_driver(c, machine);
	c.sooner("bring the path back: the flush completes");
	if (alone)
		c.sooner("modprobe scsi_lifecycle reboot_tmo=10: it ends a wait in a stopped queue "
			 "after 10 s, and the flush is lost");
}

Case stopped_flush_case(const Machine &machine, const Task &culprit, const Device *device,
			const char *what)
{
	Case c;
	c.what = what;
	if (device)
		c.device = device->address;
	say_culprit(c, culprit, ": ");
	c.waits_for = "flush";
	c.waits("a cache flush");
	say_stopped(c, machine);
	return c;
}

Case reboot_case(const Machine &machine, const Task &culprit, const Device *device)
{
	auto c = stopped_flush_case(machine, culprit, device, "the machine goes down");
	say_end(c, machine);
	c.sooner("echo b >/proc/sysrq-trigger: the machine restarts at once, and all that was not "
		 "written is lost");
	c.say("stack", chain_of(culprit));
	return c;
}

} // namespace scl
