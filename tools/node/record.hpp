// SPDX-License-Identifier: GPL-2.0
// A record of a device's node, in words: <uapi/scsi/scsi_lifecycle.h>.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <scsi/scsi_lifecycle.h>

namespace scl {

using Record = scsi_lifecycle_record;

// A value that is newer than this program is "?".
std::string type_name(const Record &record);
std::string state_name(std::uint8_t state);
std::string cause_name(const Record &record);
std::string flush_name(const Record &record);

bool is_gone(const Record &record);
// It tells that the device's removal has begun.
bool begins_removal(const Record &record);
// It tells that the time of its teardown is up, hold or not.
bool expires(const Record &record);

// Takes the first record off; nothing where there is no whole one. A record of a newer kernel is
// longer, and one of an older shorter than what is known here.
std::optional<Record> take_record(std::string_view &bytes);

} // namespace scl
