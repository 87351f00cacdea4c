// SPDX-License-Identifier: GPL-2.0
// A wait that the kernel itself shows: the module is not loaded, or does not know it.
#include "diagnosis/case.hpp"

#include <fmt/core.h>

#include "base/text.hpp"
#include "print/words.hpp"

namespace scl {

// Whether the flush was sent is not shown, but whether the driver has a command is.
static void say_flush(Case &c, const Host *host)
{
	c.waits_for = "flush";
	if (!host || !host->busy)
		return c.waits("its cache flush");
	c.waits(*host->busy ? fmt::format("its cache flush: {} has {} of host{}",
					  printable(host->driver.text()),
					  plural(*host->busy, "command"), host->number)
			    : fmt::format("its cache flush, which {} does not have: it has no "
					  "command of host{}",
					  printable(host->driver.text()), host->number));
}

static void say_wait(Case &c, Wait wait, const Host *host)
{
	switch (wait) {
	case Wait::flush: return say_flush(c, host);
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

// The LUNs that may hold what a freeze waits for, each with its path where that is another one's.
static void say_neighbours(Case &c, const Machine &machine, const Device &device)
{
	std::string told = device.transport.lost ? device.transport.name : "";
	for (const auto &other : machine.devices) {
		if (other.address.host != device.address.host || other.going() || !other.stopped())
			continue;
		c.because(fmt::format("{}, another LUN of host{}, is blocked", name_of(other),
				      other.address.host));
		if (other.transport.lost && other.transport.name != told)
			say_path(c, other);
		if (other.transport.lost)
			told = other.transport.name;
	}
}

// A transport that gives a path up fails what waits in the queues of the LUNs that it blocked, and
// of no others. Which LUN has the commands is not known.
static std::string end_of_freeze(const Machine &machine, const Device *device)
{
	const char *unknown = "when these commands end; not by itself where their queue is stopped";
	const Transport *last = nullptr;
	for (const auto &other : machine.devices) {
		if (!device || other.address.host != device->address.host || other.going() ||
		    !other.stopped())
			continue;
		const auto &transport = other.transport;
		if (!other.blocked() || !transport.lost || !transport.timer_seconds)
			return unknown;
		if (!last || *last->timer_seconds < *transport.timer_seconds)
			last = &transport;
	}
	if (!last)
		return unknown;
	return fmt::format("when these commands end: at the latest when the transport gives the "
			   "path up ({} {})",
			   last->timer, *last->timer_seconds);
}

void say_end_of_flush(Case &c, const Device *device, const Host *host)
{
	bool busy = host && host->busy.value_or(0);
	if (device && device->transport.lost && busy) {
		c.end("where the driver has the flush, when the transport gives the path up; not "
		      "by itself where the queue is stopped");
	} else if (device && device->transport.lost) {
		c.ends = false;
		c.end("not by itself: nothing starts the queue of a device that is being removed");
	} else if (device && renews_timers(device->driver.text())) {
		c.end(fmt::format(
			"where {} has the command, only when the storage behind it answers",
			device->driver.text()));
	} else if (host && host->busy && !busy) {
		c.end("not by itself where the queue is stopped; else when its driver takes it");
	} else {
		c.end("not by itself where the queue is stopped; where the driver has the command, "
		      "when it answers or its error handling gives up");
	}
}

static void say_end(Case &c, const Machine &machine, Wait wait, const Device *device,
		    const Host *host)
{
	if (wait == Wait::flush) {
		say_end_of_flush(c, device, host);
		return c.sooner("modprobe scsi_lifecycle: it ends a wait in a stopped queue after "
				"teardown_tmo (5 s), and the flush is lost");
	}
	if (wait == Wait::freeze) {
		c.end(end_of_freeze(machine, device));
		// Its removal holds scan_mutex, so that of the host would wait behind it.
		return c.sooner("bring the path of the LUN that is blocked back");
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

static const Host *host_of(const Machine &machine, const Task &culprit, const Device *device)
{
	auto number = device ? device->address.host : culprit.host;
	return number ? machine.host(*number) : nullptr;
}

Case stock_case(const Machine &machine, const Task &culprit, const Device *device)
{
	Case c;
	auto wait = wait_of(culprit);
	const auto *host = host_of(machine, culprit, device);
	c.what = subject(wait, culprit, device);
	if (device)
		c.device = device->address;
	say_culprit(c, culprit, wait == Wait::recovery ? ": " : " by ");
	// A kernel thread is older than what it works on.
	if (culprit.age && culprit.deletes)
		c.what += fmt::format(", which was started {} ago", duration(*culprit.age));
	if (wait == Wait::recovery) {
		say_recovery(c, culprit.host.value_or(0), device);
	} else if (wait == Wait::flush && host && host->recovering()) {
		say_recovery(c, host->number, device);
	} else {
		say_wait(c, wait, host);
		if (device)
			say_path(c, *device);
		if (device && wait == Wait::freeze)
			say_neighbours(c, machine, *device);
		if (machine.module.loaded == false)
			say_end(c, machine, wait, device, host);
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
