// SPDX-License-Identifier: GPL-2.0
// H:C:T:L, the address of a SCSI device.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scl {

struct Address {
	unsigned host = 0, channel = 0, id = 0;
	std::uint64_t lun = 0;

	auto operator<=>(const Address &) const = default;
};

std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address &address);

// The number in "host7", "session3" and the like.
std::optional<unsigned> number_after(std::string_view prefix, std::string_view text);

} // namespace scl
