// SPDX-License-Identifier: GPL-2.0
#include "model/name.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace scl {

// How sysfs and multipath (scsi_id) begin a name in digits.
static constexpr struct {
	std::string_view sysfs, multipath;
} kinds[] = {{"naa.", "3"}, {"eui.", "2"}};
static constexpr std::string_view text_in_sysfs = "t10.", text_in_multipath = "1";

static std::string in_small_letters(const std::string &text)
{
	std::string small;
	for (char c : text)
		small += static_cast<char>(tolower(static_cast<unsigned char>(c)));
	return small;
}

static bool are_same_digits(const std::string &one, const std::string &other)
{
	for (const auto &kind : kinds)
		if (one.starts_with(kind.sysfs)) {
			auto digits = one.substr(kind.sysfs.size());
			return other == digits || other == std::string(kind.multipath) + digits;
		}
	return false;
}

// scsi_id, whose names multipath takes, writes "_" for each other character, and ends at a NUL,
// which sysfs writes as "\0".
static bool is_kept_by_multipath(char c)
{
	return isascii(c) && (isalnum(static_cast<unsigned char>(c)) ||
			      std::string_view("#+-.:=@").find(c) != std::string_view::npos);
}

// What is between those that multipath, or the module, does not keep.
static std::vector<std::string> parts_of(std::string_view text)
{
	std::vector<std::string> parts = {""};
	for (char c : text.substr(0, text.find("\\0")))
		if (is_kept_by_multipath(c))
			parts.back() += c;
		else if (!parts.back().empty())
			parts.emplace_back();
	if (parts.back().empty())
		parts.pop_back();
	return parts;
}

static bool have_same_parts(std::string_view one, std::string_view other,
			    std::string_view begin_of_other)
{
	return one.starts_with(text_in_sysfs) && other.starts_with(begin_of_other) &&
	       parts_of(one.substr(text_in_sysfs.size())) ==
		       parts_of(other.substr(begin_of_other.size()));
}

// A disk may end its name in blanks.
bool is_wwid(const std::string &untrimmed, const std::string &wwid)
{
	std::string name(trim(untrimmed));
	if (wwid.empty() || name.empty())
		return false;
	if (name == wwid || have_same_parts(name, wwid, text_in_multipath) ||
	    have_same_parts(wwid, name, text_in_multipath))
		return true;
	auto one = in_small_letters(name), other = in_small_letters(wwid);
	bool are_text = one.starts_with(text_in_sysfs) || other.starts_with(text_in_sysfs);
	return !are_text &&
	       (one == other || are_same_digits(one, other) || are_same_digits(other, one));
}

std::string wwid_of_file(const std::string &text)
{
	return text.substr(0, text.find('\0'));
}

bool is_kept_wwid(const std::string &name, const std::string &wwid)
{
	return is_wwid(name, wwid) || have_same_parts(name, wwid, text_in_sysfs);
}

std::string wwid_in_sysfs(const std::string &wwid)
{
	for (const auto &kind : kinds)
		if (wwid.starts_with(kind.multipath))
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

bool may_be_wwid_in_text(const std::string &name)
{
	return name.starts_with(text_in_multipath) && name.find('_') != name.npos;
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
