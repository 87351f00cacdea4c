// SPDX-License-Identifier: GPL-2.0
// What the module shows: in sysfs, or where that is not there in debugfs.
#include "model/machine.hpp"

#include <fmt/core.h>

#include "base/text.hpp"

namespace scl {

static const std::string module_dir = "sys/module/scsi_lifecycle/";
static const std::string class_dir = "sys/class/scsi_lifecycle/";
static const std::string debug_dir = "sys/kernel/debug/scsi_lifecycle/";
static const std::string livepatch_dir = "sys/kernel/livepatch/scsi_lifecycle_livepatch/";

static std::string either(const Snapshot &snapshot, const std::string &name)
{
	auto path = snapshot.has(class_dir + name) ? class_dir + name : debug_dir + name;
	return snapshot.whole(path);
}

static void read_parameter(const Snapshot &snapshot, const std::string &name, std::string &text,
			   std::optional<unsigned> &value)
{
	text = snapshot.text(module_dir + "parameters/" + name).value_or("");
	value = to_number<unsigned>(text);
}

// "[none] integrity confidentiality": the one in brackets is in force.
static std::string chosen(const std::string &choices)
{
	auto begin = choices.find('['), end = choices.find(']');
	if (begin == choices.npos || end == choices.npos || end < begin)
		return {};
	return choices.substr(begin + 1, end - begin - 1);
}

static std::optional<Removed> parse_removed(std::string_view line)
{
	auto fields = words(line);
	auto number = value_of("number", fields);
	auto address = value_of("device", fields);
	auto parsed = address ? parse_address(*address) : std::nullopt;
	if (!number || !parsed || !to_number<unsigned>(*number))
		return std::nullopt;
	Removed removed;
	removed.number = *to_number<unsigned>(*number);
	removed.address = *parsed;
	removed.disk = value_of("disk", fields).value_or("");
	removed.wwid = value_of("wwid", fields).value_or("");
	removed.took = to_number<Ms>(value_of("took_ms", fields).value_or(""));
	removed.ago = to_number<Ms>(value_of("ago_ms", fields).value_or(""));
	removed.flush = value_of("flush", fields).value_or("unknown");
	return removed;
}

static void complain(Machine &machine, const std::string &file, std::string_view line)
{
	machine.unseen.push_back(fmt::format("{}: not understood: {}", file, in_quotes(line)));
}

static void read_counters(const Snapshot &snapshot, Machine &machine)
{
	auto text = either(snapshot, "counters");
	for (auto line : lines(text)) {
		auto fields = words(line);
		auto value = fields.size() == 2 ? to_number<unsigned long long>(fields[1])
						: std::nullopt;
		if (value)
			machine.module.counters.push_back({std::string(fields[0]), *value});
		else
			complain(machine, "counters", line);
	}
}

void read_module(const Snapshot &snapshot, Machine &machine)
{
	auto &module = machine.module;
	machine.modules_seen = snapshot.has("sys/module") && snapshot.has("sys/kernel");
	module.loaded =
		snapshot.has(module_dir + "initstate") || snapshot.has(module_dir + "refcnt");
	module.version = snapshot.text(module_dir + "version").value_or("");
	module.taint = snapshot.text(module_dir + "taint").value_or("");
	module.livepatch = snapshot.number(livepatch_dir + "enabled") == 1 &&
			   snapshot.number(livepatch_dir + "transition").value_or(0) == 0;
	read_parameter(snapshot, "teardown_tmo", module.teardown_text, module.teardown_tmo);
	read_parameter(snapshot, "flush_tmo", module.flush_text, module.flush_tmo);
	read_parameter(snapshot, "hold_max", module.hold_text, module.hold_max);
	read_counters(snapshot, machine);
	auto removed = snapshot.whole(class_dir + "removed");
	for (auto line : lines(removed)) {
		if (auto parsed = parse_removed(line))
			machine.removed.push_back(*parsed);
		else
			complain(machine, "removed", line);
	}
	machine.lockdown = chosen(snapshot.text("sys/kernel/security/lockdown").value_or(""));
	if (auto seconds = snapshot.number("proc/sys/kernel/hung_task_timeout_secs"))
		machine.hung_task_seconds = static_cast<unsigned>(*seconds);
	auto modules = snapshot.whole("proc/modules");
	for (auto line : lines(modules)) {
		auto fields = words(line);
		if (fields.size() > 4 && fields[4] == "Unloading")
			machine.unloading.emplace_back(fields[0]);
	}
}

static Guarded guarded_of(std::string state, std::string_view blocked, std::string_view since,
			  std::string_view deadline, std::string waits_for, std::string_view holds)
{
	Guarded guarded;
	guarded.state = std::move(state);
	if (blocked == "yes" || blocked == "no")
		guarded.blocked = blocked == "yes";
	guarded.since = to_number<Ms>(since);
	guarded.deadline = to_number<Ms>(deadline);
	guarded.endless = deadline == "-";
	guarded.waits_for = waits_for == "-" ? "" : std::move(waits_for);
	guarded.holds = to_number<unsigned>(holds);
	return guarded;
}

static bool read_class(const Snapshot &snapshot, Machine &machine)
{
	// A list without a device is a list, where the rest of the class was read.
	bool any = snapshot.has(class_dir + "counters") && snapshot.has("sys/class/scsi_lifecycle");
	for (const auto &name : snapshot.list("sys/class/scsi_lifecycle")) {
		auto address = parse_address(name);
		auto file = [&](const char *field) {
			return snapshot.text(class_dir + name + "/" + field).value_or("");
		};
		if (!address || file("state").empty())
			continue;
		auto guarded = guarded_of(file("state"), file("blocked"), file("since"),
					  file("deadline"), file("waits_for"), file("holds"));
		guarded.number = to_number<unsigned>(file("number"));
		machine.enter(*address).guarded = std::move(guarded);
		any = true;
	}
	return any;
}

// Of a device that the class has, its own words there count; where there is a class, debugfs adds
// the removals that had left sysfs when the module was loaded.
static void read_line(Machine &machine, std::string_view line)
{
	auto fields = words(line);
	auto address = fields.empty() ? std::nullopt : parse_address(fields[0]);
	auto state = value_of("state", fields);
	if (!address || !state)
		return complain(machine, "devices", line);
	auto field = [&](const char *name) { return value_of(name, fields).value_or(""); };
	auto guarded = guarded_of(*state, field("blocked"), field("since"), field("deadline"),
				  field("waits_for"), field("holds"));
	const auto *known = machine.device(*address);
	if (machine.module.lists_devices && ((known && known->guarded) || !guarded.going()))
		return;
	auto &device = machine.enter(*address);
	device.guarded = std::move(guarded);
	device.was_disk = field("disk");
	device.was_wwid = field("wwid");
}

void read_guarded(const Snapshot &snapshot, Machine &machine)
{
	machine.module.lists_devices = read_class(snapshot, machine);
	auto path = debug_dir + "devices";
	auto text = snapshot.whole(path);
	for (auto line : lines(text))
		read_line(machine, line);
	machine.module.lists_devices |= snapshot.has(path);
	if (machine.module.loaded && !machine.module.lists_devices && snapshot.error(path) == 0 &&
	    snapshot.error("sys/kernel/debug") == 0)
		machine.unseen.push_back("the module's list of devices: neither sysfs nor debugfs "
					 "has it (is debugfs mounted?)");
}

} // namespace scl
