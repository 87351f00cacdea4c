// SPDX-License-Identifier: GPL-2.0
// What is read from files and from the command line, taken apart.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scl {

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
// Separated by any white space; none is empty.
std::vector<std::string_view> words(std::string_view text);
std::vector<std::string_view> lines(std::string_view text);

// The value of NAME=VALUE among words; nothing where the name is not there, or the value is "-".
std::optional<std::string> value_of(std::string_view name,
				    const std::vector<std::string_view> &words);

// Of a thread's `stat` what stands behind its name, which may have blanks and parentheses: its
// state is the first.
std::vector<std::string_view> stat_fields(std::string_view stat);

std::string join(const std::vector<std::string> &parts, std::string_view separator);

// "1 host", "2 hosts"
std::string plural(std::size_t count, std::string_view noun);

// Without what a terminal would obey, and not longer than a line: a disk names its own vendor.
std::string printable(std::string_view text);
// The same of a text of any length, whose line ends and tabs stay.
std::string printable_text(std::string_view text);
std::string in_quotes(std::string_view text);

// A shell pattern; the case of letters counts.
bool fits(const std::string &pattern, const std::string &text);

// Decimal digits and nothing else.
template <typename T> std::optional<T> to_number(std::string_view text)
{
	T value{};
	auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
	if (text.empty() || text[0] == '-' || error != std::errc() ||
	    end != text.data() + text.size())
		return std::nullopt;
	return value;
}

} // namespace scl
