// SPDX-License-Identifier: GPL-2.0
#include "node/record.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace scl {

static constexpr std::array types = {"born", "transition", "gone"};
static constexpr std::array states = {"created",	   "running", "quiesce", "offline",
				      "transport-offline", "cancel",  "del"};
static constexpr std::array causes = {"block",	 "unblock",  "fail",	"remove",
				      "removed", "deadline", "offline", "transport_offline",
				      "online",	 "quiesce",  "resume",	"seen"};
static constexpr std::array flushes = {"none", "completed", "failed", "killed", "unknown"};

template <typename Names> static std::string name(const Names &names, unsigned value)
{
	return value < names.size() ? names[value] : "?";
}

std::string type_name(const Record &record)
{
	return name(types, record.type);
}

std::string state_name(std::uint8_t state)
{
	auto phase = name(states, state & ~SCSI_LIFECYCLE_STATE_BLOCKED);
	return state & SCSI_LIFECYCLE_STATE_BLOCKED ? phase + "+blocked" : phase;
}

std::string cause_name(const Record &record)
{
	return name(causes, record.cause);
}
std::string flush_name(const Record &record)
{
	return name(flushes, record.flush);
}

bool is_gone(const Record &record)
{
	return record.type == SCSI_LIFECYCLE_REC_GONE;
}

bool begins_removal(const Record &record)
{
	return record.type == SCSI_LIFECYCLE_REC_TRANSITION &&
	       record.cause == SCSI_LIFECYCLE_CAUSE_REMOVE;
}

bool expires(const Record &record)
{
	return record.type == SCSI_LIFECYCLE_REC_TRANSITION &&
	       record.cause == SCSI_LIFECYCLE_CAUSE_DEADLINE;
}

std::optional<Record> take_record(std::string_view &bytes)
{
	constexpr auto size_at = offsetof(Record, size);
	if (bytes.size() <= size_at)
		return std::nullopt;
	auto size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[size_at]));
	if (size <= size_at || bytes.size() < size)
		return std::nullopt;
	Record record{};
	std::memcpy(&record, bytes.data(), std::min(size, sizeof(record)));
	bytes.remove_prefix(size);
	return record;
}

} // namespace scl
