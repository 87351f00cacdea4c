// SPDX-License-Identifier: GPL-2.0
// One thing that waits, from its cause to what would end it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "diagnosis/stack.hpp"
#include "model/machine.hpp"

namespace scl {

struct Case {
	// What waits: "7:0:0:1 (sdc) is being removed".
	std::string what;
	std::optional<Address> device;
	// "path", "lld", "error_handling", "sibling", "flush", "freeze", "resume", or nothing.
	std::string waits_for;
	// Whether it ends by itself.
	std::optional<bool> ends;
	std::optional<Ms> ends_in;
	// A label and its sentence, in the order in which they are read.
	std::vector<std::pair<std::string, std::string>> lines;
	const Task *culprit = nullptr;
	std::vector<const Task *> behind;

	void waits(std::string sentence) { say("waits for", std::move(sentence)); }
	void because(std::string sentence) { say("because", std::move(sentence)); }
	void end(std::string sentence) { say("ends", std::move(sentence)); }
	void sooner(std::string sentence) { say("sooner", std::move(sentence)); }
	void say(const char *label, std::string sentence)
	{
		lines.emplace_back(label, std::move(sentence));
	}
};

// A removal that the module knows. The culprit may be null.
Case guarded_case(const Machine &machine, const Device &device, const Task *culprit);
// A thread whose stack says what it waits for. The device may be null.
Case stock_case(const Machine &machine, const Task &culprit, const Device *device);
// A reboot that waits in a flush. The device may be null.
Case reboot_case(const Machine &machine, const Task &culprit, const Device *device);
// A suspend that waits in a flush. The device may be null.
Case suspend_case(const Machine &machine, const Task &culprit, const Device *device);
// A removal of which no more is seen than what sysfs has left of the device.
Case half_removed_case(const Machine &machine, const Device &device);
// A map that lets no I/O through.
Case suspended_case(const Map &map);

// What several of them say.
void say_culprit(Case &c, const Task &task, const char *joint = " by ");
void say_path(Case &c, const Device &device);
void say_above(Case &c, const Machine &machine, const Device &device);
void say_recovery(Case &c, unsigned host, const Device *device);
// A wait for the flush of a disk that is not removed, and the disks that are blocked.
Case stopped_flush_case(const Machine &machine, const Task &culprit, const Device *device,
			const char *what);
// Without the module; the host may be null.
void say_end_of_flush(Case &c, const Device *device, const Host *host);

// The drivers that renew the timer of a command for ever, so that none but they can end it.
bool renews_timers(const std::string &driver);

} // namespace scl
