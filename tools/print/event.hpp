// SPDX-License-Identifier: GPL-2.0
// One event of a device, as `monitor` prints it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "model/machine.hpp"
#include "node/record.hpp"

namespace scl {

struct Event {
	// Of CLOCK_MONOTONIC, which the kernel's log has too.
	unsigned long long time_ns = 0;
	Address address;
	// "born", "transition" and "gone" are the device's, "removed" is its host's.
	std::string what;
	std::string from, to, cause, flush;
	unsigned long long lost = 0; // records before it that were not kept
	// What the host's event says besides.
	std::optional<unsigned> number;
	std::string disk, wwid;
	std::optional<Ms> took;
};

Event event_of(const Address &address, const Record &record);
// Of a host's uevent; nothing where it tells of no removal. A property that is not there is null.
std::optional<Event> event_of(const std::function<const char *(const char *)> &property,
			      unsigned long long now_ns);

std::string event_text(const Event &event);
std::string event_json(const Event &event);

} // namespace scl
