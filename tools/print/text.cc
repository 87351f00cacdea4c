// SPDX-License-Identifier: GPL-2.0
#include "print/text.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/text.hpp"
#include "print/words.hpp"

namespace scl {

static std::string module_words(const Module &module)
{
	if (!module.loaded.has_value())
		return "whether the module is loaded was not read";
	if (module.loaded == false)
		return "the module is not loaded";
	return fmt::format("module {}{}", module.version ? printable(*module.version) : "loaded",
			   module.livepatch == true ? ", livepatch on" : "");
}

static std::string summary(const Machine &machine)
{
	auto count = [&](auto fits) {
		return std::count_if(machine.devices.begin(), machine.devices.end(), fits);
	};
	auto going = count([](const Device &device) { return device.going(); });
	auto blocked = count([](const Device &d) { return d.blocked() && !d.going(); });
	auto unread = count([](const Device &device) { return !device.unread().empty(); });
	bool whole = !unread && machine.hosts.unread.empty() && machine.devices.unread.empty();
	auto some = [](auto number) { return number ? std::to_string(number) : "none"; };
	return fmt::format("{}, {}, {} blocked, {} being removed{}; {}\n",
			   plural(machine.hosts.size(), "host"),
			   plural(machine.devices.size(), "device"), some(blocked), some(going),
			   whole ? "" : ", of what was read", module_words(machine.module));
}

static std::string host_line(const Machine &machine, const Device &device)
{
	const auto *host = machine.host(device.address.host);
	auto line =
		fmt::format("host{}  {}", device.address.host,
			    host			   ? printable(host->driver.text())
			    : machine.hosts.unread.empty() ? std::string("is not there any more")
							   : std::string("was not read"));
	if (auto condition = condition_of(device.transport); !condition.empty())
		line += "  " + condition;
	if (!device.transport.peer.empty())
		line += "  " + printable(device.transport.peer);
	return line + "\n";
}

static std::string waits_words(const Guarded &guarded)
{
	auto what = guarded.waits_for.text();
	if (what == "path")
		what = "its path";
	else if (what == "lld")
		what = "its driver";
	else if (what == "error_handling")
		what = "error handling";
	auto words = "  waits for " + printable(what);
	if (guarded.deadline)
		words += fmt::format(", ends in {}", duration(*guarded.deadline));
	else if (guarded.waits_for == "path" && guarded.endless)
		words += ", without end: teardown_tmo is off";
	return words;
}

static std::string since_words(const Guarded &guarded)
{
	return guarded.since ? " " + duration(*guarded.since) : "";
}

static std::string state_words(const Value<std::string> &state)
{
	return state.unread().empty() ? printable(state.text()) : "its state was not read";
}

static std::string condition(const Device &device, const Paint &paint)
{
	if (!device.guarded)
		return device.half_removed ? paint.bad("half removed") : state_words(device.state);
	const auto &guarded = *device.guarded;
	std::string words;
	if (guarded.going())
		words = paint.bad("being removed" + since_words(guarded));
	else if (device.blocked())
		words = paint.bad("blocked" + since_words(guarded));
	else
		words = state_words(guarded.state);
	if (!guarded.waits_for.text().empty())
		words += waits_words(guarded);
	if (guarded.holds.value_or(0)) {
		words += fmt::format("  held by {}", plural(*guarded.holds, "open file"));
		if (guarded.openers)
			words += "  " + openers_words(*guarded.openers);
	}
	return words;
}

static std::string maps_above(const Machine &machine, const Device &device)
{
	std::vector<std::string> names;
	if (!device.disk.empty())
		for (const auto *map : machine.above(device.disk))
			names.push_back(map->name.empty() ? map->disk : printable(map->name));
	return join(names, ",");
}

static std::string disk_column(const Device &device)
{
	if (device.disk.empty() && !device.was_disk.empty())
		return "(was " + printable(device.was_disk) + ")";
	return printable(device.disk);
}

// The columns are as wide as their widest cell.
static std::string table(const std::vector<std::vector<std::string>> &rows)
{
	std::vector<std::size_t> widths;
	for (const auto &row : rows) {
		widths.resize(std::max(widths.size(), row.size()));
		for (std::size_t i = 0; i < row.size(); i++)
			widths[i] = std::max(widths[i], row[i].size());
	}
	std::string text;
	for (const auto &row : rows) {
		std::string line = " ";
		for (std::size_t i = 0; i < row.size(); i++)
			if (widths[i])
				line += fmt::format(" {:<{}} ", row[i],
						    i + 1 < row.size() ? widths[i] : 0);
		text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
	}
	return text;
}

std::string status_text(const Machine &machine, const std::vector<const Device *> &devices,
			const Paint &paint)
{
	std::string text, header;
	std::vector<std::vector<std::string>> rows;
	auto end_host = [&] { text += table(rows), rows.clear(); };
	for (const auto *device : devices) {
		if (auto line = host_line(machine, *device); line != header) {
			end_host();
			text += header = line;
		}
		rows.push_back({to_text(device->address), disk_column(*device),
				maps_above(machine, *device),
				printable(device->known_wwid().text()), condition(*device, paint)});
	}
	end_host();
	return text + summary(machine);
}

static std::string labelled(const std::string &label, const std::string &text)
{
	return fmt::format("     {:<10} {}\n", label, text);
}

static std::string names_of(const std::vector<const Task *> &tasks)
{
	std::vector<std::string> names;
	for (const auto *task : tasks) {
		auto activity = activity_of(*task);
		names.push_back(name_of(*task) + (activity.empty() ? "" : ", " + activity));
	}
	return join(names, "; ");
}

std::string why_text(const Diagnosis &diagnosis, const Machine &machine, const Paint &paint)
{
	std::string text;
	const auto &loaded = machine.module.loaded;
	if (loaded != true && !diagnosis.cases.empty())
		text += fmt::format("{}: this is what the kernel shows.\n",
				    loaded.has_value()
					    ? "The module is not loaded"
					    : "Whether the module is loaded was not read");
	int number = 0;
	for (const auto &c : diagnosis.cases) {
		text += fmt::format("{:>2}. {}\n", ++number, paint.bold(printable(c.what)));
		std::string before;
		for (const auto &[label, sentence] : c.lines) {
			text += labelled(label == before ? "" : label, printable(sentence));
			before = label;
		}
		if (!c.behind.empty())
			text += labelled("behind it", names_of(c.behind));
	}
	if (!diagnosis.behind.empty())
		text += fmt::format("Behind one of these, or of what is not seen, wait: {}\n",
				    names_of(diagnosis.behind));
	if (text.empty())
		text = diagnosis.unread.empty()
			       ? "Nothing hangs, as far as can be seen.\n"
			       : "Whether something hangs is not known: not all was read.\n";
	return text;
}

std::string check_text(const std::vector<Risk> &risks, const Paint &paint)
{
	std::string text;
	for (const auto &risk : risks) {
		auto name = to_text(risk.device->address);
		if (!risk.device->disk.empty())
			name = printable(risk.device->disk) + " " + name;
		const char *verdict = risk.verdict == Exit::done    ? "fine"
				      : risk.verdict == Exit::found ? "at risk"
								    : "cannot tell";
		text += fmt::format("{}  {}\n", name,
				    risk.verdict == Exit::found ? paint.bad(verdict) : verdict);
		for (const auto &reason : risk.reasons)
			text += "  " + printable(reason) + "\n";
		if (!risk.users.empty())
			text += "  open: " + printable(join(risk.users, "; ")) + "\n";
	}
	return text;
}

std::string doctor_text(const std::vector<Finding> &findings, const Paint &paint)
{
	std::string text;
	for (const auto &finding : findings) {
		static constexpr const char *levels[] = {"good ", "note ", "wrong", "unread"};
		std::string level = levels[static_cast<int>(finding.level)];
		bool wrong = finding.level == Finding::Level::wrong;
		text += (wrong ? paint.bad(level) : level) + "  " + printable(finding.text) + "\n";
	}
	return text;
}

std::string ending_text(const Ending &ending, const Paint &paint)
{
	auto text = printable(ending.name);
	if (!ending.disk.empty() && ending.disk != ending.name)
		text = printable(ending.disk) + " " + text;
	if (ending.unsure)
		return text + "  " + printable(ending.note) + "\n";
	if (!ending.gone) {
		text += "  " + paint.bad("still there");
	} else {
		text += ending.took ? "  gone in " + duration(*ending.took) : "  gone";
		if (!ending.flush.empty()) {
			auto outcome = outcome_words(ending.flush);
			text += ", " + (ending.code == Exit::done ? outcome : paint.bad(outcome));
		}
	}
	return text + (ending.note.empty() ? "\n" : "; " + printable(ending.note) + "\n");
}

std::string unseen_text(const Machine &machine)
{
	std::string text;
	for (const auto &sentence : machine.unseen)
		text += "not seen: " + printable(sentence) + "\n";
	return text;
}

} // namespace scl
