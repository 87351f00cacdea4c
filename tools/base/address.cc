// SPDX-License-Identifier: GPL-2.0
#include "base/address.hpp"

#include <fmt/core.h>

#include "base/text.hpp"

namespace scl {

std::optional<Address> parse_address(std::string_view text)
{
	auto parts = split(text, ':');
	if (parts.size() != 4)
		return std::nullopt;
	auto host = to_number<unsigned>(parts[0]), channel = to_number<unsigned>(parts[1]),
	     id = to_number<unsigned>(parts[2]);
	auto lun = to_number<std::uint64_t>(parts[3]);
	if (!host || !channel || !id || !lun)
		return std::nullopt;
	return Address{*host, *channel, *id, *lun};
}

std::string to_text(const Address &address)
{
	return fmt::format("{}:{}:{}:{}", address.host, address.channel, address.id, address.lun);
}

std::optional<unsigned> number_after(std::string_view prefix, std::string_view text)
{
	if (!text.starts_with(prefix))
		return std::nullopt;
	return to_number<unsigned>(text.substr(prefix.size()));
}

} // namespace scl
