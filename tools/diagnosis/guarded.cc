// SPDX-License-Identifier: GPL-2.0
// A removal that the module knows: its own words decide.
#include "diagnosis/case.hpp"

#include <fmt/core.h>

#include "base/text.hpp"
#include "print/words.hpp"

namespace scl {

// A device whose removal had left sysfs when the module was loaded has none.
static bool has_node(const Machine &machine, const Device &device)
{
	return device.guarded->number || !machine.module.has_class;
}

// Without the livepatch stock's unblock of a target passes over a device that is under removal.
// Other drivers unblock what they find, and most ways to look do not find such a device.
static void say_sooner(Case &c, const Machine &machine, const Device &device)
{
	const auto &kind = device.transport.kind;
	bool by_target = kind == "iscsi" || kind == "fc" || kind == "srp";
	const auto &livepatch = machine.module.livepatch;
	if (!by_target)
		c.sooner("bring the path back: the flush completes where the driver then unblocks "
			 "a device that is being removed, which most pass over");
	else if (!livepatch.has_value())
		c.sooner("bring the path back: the flush completes where the livepatch is on, "
			 "which was not read");
	else if (livepatch == false)
		c.sooner("not by the path alone: without the livepatch its unblock passes over a "
			 "device that is being removed");
	else
		c.sooner("bring the path back: the flush completes");
	if (has_node(machine, device))
		c.sooner(fmt::format("scsi-lifecycle end {}: the flush is lost",
				     to_text(device.address)));
}

static void waits_for_path(Case &c, const Machine &machine, const Device &device)
{
	const auto &known = *device.guarded;
	c.waits_for = "path";
	if (known.deadline || known.endless)
		c.ends = known.deadline.has_value();
	c.ends_in = known.deadline;
	c.waits("its path: the queue is stopped, and what the removal sent stands in it");
	say_path(c, device);
	if (known.deadline)
		c.end(fmt::format(
			"in {}, by teardown_tmo: the commands then fail, and a flush among "
			"them is lost",
			duration(*known.deadline)));
	else
		c.end(known.endless ? "never: teardown_tmo is off"
				    : "by teardown_tmo; the time that is left was not read");
	if (known.holds.value_or(0))
		c.say("held", fmt::format("by {}: its time is hold_max",
					  plural(*known.holds, "open file")));
	if (known.holds.value_or(0) && known.openers)
		c.say("held", openers_words(*known.openers));
	say_sooner(c, machine, device);
}

static void waits_for_lld(Case &c, const Machine &machine, const Device &device)
{
	auto driver = printable(device.driver.text());
	c.waits_for = "lld";
	c.waits(fmt::format("{} to take or answer its command", driver));
	if (device.transport.lost)
		say_path(c, device);
	if (renews_timers(device.driver.text())) {
		c.ends = false;
		c.because(fmt::format("{} renews the command's timer for ever", driver));
		c.end("when the storage behind it answers: the module cannot end it");
		return;
	}
	auto left = device.guarded->deadline;
	if (left == 0u)
		return c.end("when the driver gives the command back: it was asked to");
	c.ends_in = left;
	if (!c.ends_in)
		return c.end("when the driver answers, or its error handling gives up");
	c.end(fmt::format("in {}, by flush_tmo, if the driver then gives the command back",
			  duration(*c.ends_in)));
	if (has_node(machine, device))
		c.sooner(fmt::format("scsi-lifecycle end {}: the driver is asked for the command "
				     "back, and the flush is lost",
				     to_text(device.address)));
}

static void waits_for_sibling(Case &c, const Machine &machine, const Device &device,
			      const Address &address)
{
	const auto *sibling = machine.device(address);
	auto name = sibling ? name_of(*sibling) : to_text(address);
	c.waits_for = "sibling";
	c.ends = false;
	c.waits(fmt::format(
		"{}, another LUN of host{}, which holds commands and is blocked or frozen", name,
		device.address.host));
	if (sibling)
		say_path(c, *sibling);
	c.end("when that LUN goes on: only to fail the commands of a disk in use would end it, and "
	      "the module does not");
	c.sooner(fmt::format("bring the path of {} back", name));
}

Case guarded_case(const Machine &machine, const Device &device, const Task *culprit)
{
	const auto &known = *device.guarded;
	Case c;
	c.device = device.address;
	c.what = name_of(device) + " is being removed";
	if (culprit)
		say_culprit(c, *culprit);
	if (known.since)
		c.what += fmt::format(", for {} or more", duration(*known.since));
	auto sibling = parse_address(known.waits_for.text());
	if (known.waits_for == "path")
		waits_for_path(c, machine, device);
	else if (known.waits_for == "lld")
		waits_for_lld(c, machine, device);
	else if (known.waits_for == "error_handling")
		say_recovery(c, device.address.host, &device);
	else if (sibling)
		waits_for_sibling(c, machine, device, *sibling);
	else if (!known.waits_for.unread().empty())
		c.waits("what was not read: " + known.waits_for.unread());
	else if (known.waits_for.text().empty())
		c.waits("nothing that the module knows of: the removal goes on, or waits above the "
			"SCSI layer");
	else
		c.waits(printable(*known.waits_for));
	if (culprit)
		c.say("stack", chain_of(*culprit));
	say_above(c, machine, device);
	return c;
}

} // namespace scl
