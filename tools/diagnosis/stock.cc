// SPDX-License-Identifier: GPL-2.0
// A wait that the kernel itself shows: the module is not loaded, or does not know it.
#include "diagnosis/case.hpp"

#include <fmt/core.h>

#include "print/words.hpp"

namespace scl {

static void say_wait(Case &c, Wait wait)
{
	switch (wait) {
	case Wait::flush: c.waits_for = "flush"; return c.waits("its cache flush");
	case Wait::freeze:
		c.waits_for = "freeze";
		return c.waits("the commands of its host's queues, perhaps those of another LUN "
			       "that is blocked");
	case Wait::queue:
		c.waits_for = "resume";
		return c.waits("a queue that lets nothing in: it is stopped or quiesced");
	case Wait::recovery:
	case Wait::behind:
	case Wait::none: return;
	}
}

// The LUNs that may hold what a freeze waits for.
static void say_neighbours(Case &c, const Machine &machine, const Device &device)
{
	for (const auto &other : machine.devices)
		if (other.address.host == device.address.host && !other.going() && other.blocked())
			c.because(fmt::format("{}, another LUN of host{}, is blocked",
					      name_of(other), other.address.host));
}

// Whether a flush ends by itself depends on whether the driver has it, which no file shows.
static void say_end_of_flush(Case &c, const Device *device, const char *limit)
{
	if (device && device->transport.lost) {
		c.ends = false;
		c.end("not by itself: nothing starts the queue of a device that is being removed");
	} else if (device && renews_timers(device->driver)) {
		c.end(fmt::format(
			"where {} has the command, only when the storage behind it answers",
			device->driver));
	} else {
		c.end("not by itself where the queue is stopped; where the driver has the command, "
		      "when it answers or its error handling gives up");
	}
	c.sooner(fmt::format("modprobe scsi_lifecycle: it ends a wait in a stopped queue after {}, "
			     "and the flush is lost",
			     limit));
}

static void say_end(Case &c, Wait wait, const Device *device, bool reboots)
{
	if (wait == Wait::flush)
		return say_end_of_flush(c, device, reboots ? "reboot_tmo" : "teardown_tmo (5 s)");
	if (wait == Wait::freeze) {
		c.end("when these commands end; not by itself where their queue is stopped");
		return c.sooner("bring the path of the LUN that is blocked back; or modprobe "
				"scsi_lifecycle, and remove the host");
	}
	c.end("when the queue is started or resumed");
	c.sooner("modprobe scsi_lifecycle: it ends the wait after teardown_tmo (5 s)");
}

static std::string subject(Wait wait, const Task &task, const Device *device)
{
	if (wait == Wait::recovery)
		return fmt::format("the error handling of {} waits",
				   task.host ? fmt::format("host{}", *task.host) : "a host");
	return (device ? name_of(*device) : "a device that is not known") + " is being removed";
}

Case stock_case(const Machine &machine, const Task &culprit, const Device *device)
{
	Case c;
	auto wait = wait_of(culprit);
	bool reboots = activity_of(culprit) == "reboot";
	c.what = reboots ? "the machine goes down" : subject(wait, culprit, device);
	if (device)
		c.device = device->address;
	say_culprit(c, culprit, reboots || wait == Wait::recovery ? ": " : " by ");
	// A kernel thread is older than what it works on.
	if (culprit.age && culprit.deletes)
		c.what += fmt::format(", which was started {} ago", duration(*culprit.age));
	if (wait == Wait::recovery) {
		say_recovery(c, culprit.host.value_or(0), device);
	} else {
		say_wait(c, wait);
		if (device)
			say_path(c, *device);
		if (device && wait == Wait::freeze)
			say_neighbours(c, machine, *device);
		if (!machine.module.loaded)
			say_end(c, wait, device, reboots);
	}
	c.say("stack", chain_of(culprit));
	if (device)
		say_above(c, machine, *device);
	return c;
}

Case half_removed_case(const Machine &machine, const Device &device)
{
	Case c;
	c.device = device.address;
	c.what = name_of(device) + " is half removed: its driver is being detached";
	c.waits("not known: no stack of its removal could be seen");
	say_path(c, device);
	say_above(c, machine, device);
	return c;
}

} // namespace scl
