// SPDX-License-Identifier: GPL-2.0
#include "base/text.hpp"

#include <fmt/core.h>
#include <fnmatch.h>

namespace scl {

static constexpr std::string_view white = " \t\r\n\v\f";
static constexpr std::size_t longest = 400;

std::string_view trim(std::string_view text)
{
	auto begin = text.find_first_not_of(white);
	if (begin == text.npos)
		return {};
	return text.substr(begin, text.find_last_not_of(white) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
	std::vector<std::string_view> parts;
	for (std::size_t begin = 0;;) {
		auto end = text.find(separator, begin);
		parts.push_back(text.substr(begin, end - begin));
		if (end == text.npos)
			return parts;
		begin = end + 1;
	}
}

std::vector<std::string_view> words(std::string_view text)
{
	std::vector<std::string_view> found;
	for (std::size_t begin = text.find_first_not_of(white); begin != text.npos;) {
		auto end = text.find_first_of(white, begin);
		found.push_back(text.substr(begin, end - begin));
		begin = end == text.npos ? end : text.find_first_not_of(white, end);
	}
	return found;
}

std::vector<std::string_view> lines(std::string_view text)
{
	auto found = split(text, '\n');
	if (found.back().empty())
		found.pop_back();
	return found;
}

std::optional<std::string> value_of(std::string_view name,
				    const std::vector<std::string_view> &words)
{
	for (auto word : words) {
		if (word.size() <= name.size() || !word.starts_with(name) ||
		    word[name.size()] != '=')
			continue;
		auto value = word.substr(name.size() + 1);
		if (value.empty() || value == "-")
			return std::nullopt;
		return std::string(value);
	}
	return std::nullopt;
}

std::vector<std::string_view> stat_fields(std::string_view stat)
{
	auto name = stat.rfind(')');
	return name == stat.npos ? std::vector<std::string_view>() : words(stat.substr(name + 1));
}

std::string join(const std::vector<std::string> &parts, std::string_view separator)
{
	std::string joined;
	for (const auto &part : parts) {
		if (!joined.empty())
			joined += separator;
		joined += part;
	}
	return joined;
}

std::string plural(std::size_t count, std::string_view noun)
{
	return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

static std::string escaped(std::string_view text, std::string_view kept)
{
	std::string shown;
	for (unsigned char c : text) {
		if ((c < 0x20 || c >= 0x7f) && kept.find(static_cast<char>(c)) == kept.npos)
			shown += fmt::format("\\x{:02x}", c);
		else
			shown += static_cast<char>(c);
	}
	return shown;
}

std::string printable(std::string_view text)
{
	auto shown = escaped(text.substr(0, longest), "");
	return text.size() > longest ? shown + "..." : shown;
}

std::string printable_text(std::string_view text)
{
	return escaped(text, "\n\t");
}

std::string in_quotes(std::string_view text)
{
	return '"' + printable(text) + '"';
}

bool fits(const std::string &pattern, const std::string &text)
{
	return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

} // namespace scl
