// SPDX-License-Identifier: GPL-2.0
#include "model/name.hpp"

#include <algorithm>
#include <cctype>

namespace scl {

// multipath writes a NAA name as "3" and its digits.
bool is_wwid(const std::string &name, const std::string &wwid)
{
	if (wwid.empty() || name.empty())
		return false;
	auto dot = wwid.find('.');
	auto digits = dot == wwid.npos ? wwid : wwid.substr(dot + 1);
	return name == wwid || name == digits || (wwid.starts_with("naa.") && name == "3" + digits);
}

static bool all_hex(std::string_view text)
{
	return std::all_of(text.begin(), text.end(), [](unsigned char c) { return isxdigit(c); });
}

bool may_be_wwid(const std::string &name)
{
	for (const char *prefix : {"naa.", "eui.", "t10.", "scsi."})
		if (name.starts_with(prefix) && name.size() > 4)
			return true;
	auto digits = name.size();
	return (digits == 16 || digits == 17 || digits == 32 || digits == 33) && all_hex(name);
}

bool may_be_disk(const std::string &name)
{
	auto letters = std::string_view(name).substr(std::min<std::size_t>(2, name.size()));
	return (name.starts_with("sd") || name.starts_with("sr") || name.starts_with("st") ||
		name.starts_with("sg")) &&
	       !letters.empty() && letters.size() < 8 &&
	       std::all_of(letters.begin(), letters.end(),
			   [](unsigned char c) { return islower(c) || isdigit(c); });
}

// As multipathd and the kernel name maps. A name of another kind that is gone tells nothing.
bool may_be_map(const std::string &name)
{
	auto all = [&](std::size_t from, int (*fits)(int)) {
		return name.size() > from &&
		       std::all_of(name.begin() + static_cast<long>(from), name.end(),
				   [&](unsigned char c) { return fits(c) != 0; });
	};
	return (name.starts_with("mpath") && all(5, islower)) ||
	       (name.starts_with("dm-") && all(3, isdigit));
}

} // namespace scl
