// SPDX-License-Identifier: GPL-2.0
#include "print/words.hpp"

#include <fmt/core.h>

#include "base/text.hpp"

namespace scl {

std::string duration(Ms ms)
{
	if (ms < 10000)
		return fmt::format("{}.{} s", ms / 1000, ms % 1000 / 100);
	auto seconds = ms / 1000;
	if (seconds < 600)
		return fmt::format("{} s", seconds);
	if (seconds < 36000)
		return fmt::format("{} min", seconds / 60);
	return fmt::format("{} h", seconds / 3600);
}

std::string name_of(const Device &device)
{
	auto address = to_text(device.address);
	const auto &disk = device.known_disk();
	return disk.empty() ? address
			    : fmt::format("{} ({}{})", address, device.disk.empty() ? "was " : "",
					  printable(disk));
}

std::string name_of(const Task &task)
{
	return fmt::format("{} ({})", printable(task.comm), task.pid);
}

std::string openers_words(const std::vector<Opener> &openers)
{
	std::vector<std::string> names;
	for (const auto &opener : openers)
		names.push_back(fmt::format("{} ({})", printable(opener.comm), opener.pid));
	return "its node is open in " +
	       (names.empty() ? "no program that is seen" : join(names, ", "));
}

std::string condition_of(const Transport &transport)
{
	static const std::pair<const char *, const char *> kinds[] = {
		{"iscsi", "iSCSI"}, {"fc", "FC"}, {"srp", "SRP"}};
	if (transport.state.text().empty())
		return {};
	std::string kind;
	for (const auto &[short_name, name] : kinds)
		if (transport.kind == short_name)
			kind = fmt::format("{} ", name);
	auto words = fmt::format("{}{} is {}", kind, printable(transport.name),
				 printable(*transport.state));
	if (transport.timer_seconds)
		words += fmt::format(", {} {}", transport.timer, *transport.timer_seconds);
	return words;
}

std::string name_of(const Map &map)
{
	return map.name.empty() ? map.disk : fmt::format("{} ({})", map.disk, printable(map.name));
}

std::string outcome_words(const std::string &flush)
{
	if (flush == "completed")
		return "flush completed";
	if (flush == "none")
		return "nothing to flush";
	if (flush == "killed")
		return "flush LOST: it was cut off, or never sent";
	if (flush == "failed")
		return "flush FAILED: the disk or its transport refused it";
	return "the flush's outcome is not known";
}

} // namespace scl
