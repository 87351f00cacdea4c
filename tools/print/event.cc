// SPDX-License-Identifier: GPL-2.0
#include "print/event.hpp"

#include <fmt/core.h>

#include "base/text.hpp"
#include "print/words.hpp"

namespace scl {

Event event_of(const Address &address, const Record &record)
{
	Event event;
	event.time_ns = record.time;
	event.address = address;
	event.what = type_name(record);
	event.from = state_name(record.from);
	event.to = state_name(record.to);
	event.lost = record.lost;
	if (record.type == SCSI_LIFECYCLE_REC_TRANSITION)
		event.cause = cause_name(record);
	if (is_gone(record))
		event.flush = flush_name(record);
	return event;
}

std::optional<Event> event_of(const std::function<const char *(const char *)> &property,
			      unsigned long long now_ns)
{
	auto text = [&](const char *name) -> std::string {
		const char *value = property(name);
		return value && std::string(value) != "-" ? value : "";
	};
	auto address = parse_address(text("SCSI_LIFECYCLE_REMOVED"));
	if (!address)
		return std::nullopt;
	Event event;
	event.time_ns = now_ns;
	event.address = *address;
	event.what = "removed";
	event.flush = text("SCSI_LIFECYCLE_FLUSH");
	event.number = to_number<unsigned>(text("SCSI_LIFECYCLE_NUMBER"));
	event.disk = text("SCSI_LIFECYCLE_DISK");
	event.wwid = text("SCSI_LIFECYCLE_WWID");
	event.took = to_number<Ms>(text("SCSI_LIFECYCLE_TOOK_MS"));
	return event;
}

std::string event_text(const Event &event)
{
	auto text = fmt::format("{:>6}.{:03} {}", event.time_ns / 1000000000,
				event.time_ns / 1000000 % 1000, to_text(event.address));
	if (!event.disk.empty())
		text += " (" + printable(event.disk) + ")";
	if (event.lost)
		text += fmt::format(" [{} not kept]", plural(event.lost, "record"));
	if (event.what == "transition")
		text += fmt::format(" {} -> {}, {}", event.from, event.to, event.cause);
	else if (event.what == "born")
		text += " is there, " + event.to;
	else if (event.what == "gone")
		text += " gone, " + outcome_words(event.flush);
	else if (event.what == "removed")
		text += fmt::format(" removed{}, {}",
				    event.took ? " in " + duration(*event.took) : "",
				    outcome_words(event.flush));
	else
		text += " an event of a newer module, which this program does not know";
	return text + "\n";
}

} // namespace scl
