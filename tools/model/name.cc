// SPDX-License-Identifier: GPL-2.0
#include "model/name.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/text.hpp"

namespace scl {

// How sysfs and multipath (scsi_id) begin a name of each kind.
static constexpr struct {
	std::string_view sysfs, multipath;
} kinds[] = {{"naa.", "3"}, {"eui.", "2"}, {"t10.", "1"}};

// In small letters, as multipath writes it, and its kind taken off.
static std::string plain(const std::string &wwid, bool &has_kind)
{
	std::string small;
	for (char c : wwid)
		small += static_cast<char>(tolower(static_cast<unsigned char>(c)));
	for (const auto &kind : kinds) {
		if (!small.starts_with(kind.sysfs))
			continue;
		has_kind = true;
		std::string text(kind.multipath);
		for (auto word : words(std::string_view(small).substr(kind.sysfs.size())))
			text += (text.size() > kind.multipath.size() ? "_" : "") +
				std::string(word);
		return text;
	}
	return small;
}

bool is_wwid(const std::string &name, const std::string &wwid)
{
	if (wwid.empty() || name.empty())
		return false;
	bool has_kind = false, named = false;
	auto known = plain(wwid, has_kind), wanted = plain(name, named);
	return wanted == known || (has_kind && !named && wanted == known.substr(1));
}

std::string wwid_in_sysfs(const std::string &wwid)
{
	for (const auto &kind : kinds)
		if (kind.sysfs != "t10." && wwid.starts_with(kind.multipath))
			return std::string(kind.sysfs) + wwid.substr(kind.multipath.size());
	return wwid;
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
