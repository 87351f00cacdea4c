// SPDX-License-Identifier: GPL-2.0
// What the module shows: in sysfs, or where that is not there in debugfs.
#include "model/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/core.h>

#include "base/text.hpp"

namespace scl {

static const std::string module_dir = "sys/module/scsi_lifecycle/";
static const std::string class_dir = "sys/class/scsi_lifecycle/";
static const std::string debug_dir = "sys/kernel/debug/scsi_lifecycle/";
static const std::string livepatch_dir = "sys/kernel/livepatch/scsi_lifecycle_livepatch/";

static Value<std::string> either(const Snapshot &snapshot, const std::string &name)
{
	auto text = snapshot.text(class_dir + name);
	return text || !text.unread().empty() ? text : snapshot.text(debug_dir + name);
}

// A directory that is listed is a fact, whatever of it can be read.
static Value<bool> is_loaded(const Snapshot &snapshot)
{
	const std::string directory = "sys/module";
	const auto &modules = snapshot.list(directory);
	if (std::find(modules.begin(), modules.end(), "scsi_lifecycle") != modules.end() ||
	    snapshot.has(module_dir + "initstate") || snapshot.has(module_dir + "refcnt"))
		return true;
	if (snapshot.has(directory))
		return false;
	auto reason = snapshot.unread_list(directory);
	return Value<bool>::not_read(reason.empty() ? "/sys/module is not there" : reason);
}

static Value<bool> has_livepatch(const Snapshot &snapshot)
{
	auto enabled = snapshot.number(livepatch_dir + "enabled");
	auto transition = snapshot.number(livepatch_dir + "transition");
	if (!enabled && enabled.unread().empty() && !snapshot.has("sys/kernel"))
		return Value<bool>::not_read("/sys/kernel was not read");
	for (const auto *value : {&enabled, &transition})
		if (!value->unread().empty())
			return Value<bool>::not_read(value->unread());
	return enabled == 1u && transition.value_or(0) == 0;
}

static Value<unsigned> seconds_of(const Snapshot &snapshot, const std::string &name)
{
	auto path = module_dir + "parameters/" + name;
	auto text = snapshot.text(path);
	if (text == "off" || text == "default")
		return {};
	return snapshot.number(path).as(
		[](auto number) { return std::optional(static_cast<unsigned>(number)); });
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

static std::string complain(Machine &machine, const std::string &file, std::string_view line)
{
	return machine.unseen.emplace_back(
		fmt::format("{}: not understood: {}", file, in_quotes(line)));
}

static void read_counters(const Snapshot &snapshot, Machine &machine)
{
	auto &counters = machine.module.counters;
	auto file = either(snapshot, "counters");
	counters.lacks(file.unread());
	auto text = file.text();
	for (auto line : lines(text)) {
		auto fields = words(line);
		auto value = fields.size() == 2 ? to_number<unsigned long long>(fields[1])
						: std::nullopt;
		if (value)
			counters.push_back({std::string(fields[0]), *value});
		else
			counters.lacks(complain(machine, "counters", line));
	}
}

void read_module(const Snapshot &snapshot, Machine &machine)
{
	auto &module = machine.module;
	module.loaded = is_loaded(snapshot);
	module.version = snapshot.text(module_dir + "version");
	module.taint = snapshot.text(module_dir + "taint");
	module.livepatch = has_livepatch(snapshot);
	module.teardown_text = snapshot.text(module_dir + "parameters/teardown_tmo").text();
	module.teardown_tmo = seconds_of(snapshot, "teardown_tmo");
	module.flush_tmo = seconds_of(snapshot, "flush_tmo");
	module.hold_max = seconds_of(snapshot, "hold_max");
	read_counters(snapshot, machine);
	auto removed = snapshot.whole(class_dir + "removed");
	for (auto line : lines(removed)) {
		if (auto parsed = parse_removed(line))
			machine.removed.push_back(*parsed);
		else
			complain(machine, "removed", line);
	}
	machine.lockdown = chosen(snapshot.text("sys/kernel/security/lockdown").value_or(""));
	machine.hung_task_seconds =
		snapshot.number("proc/sys/kernel/hung_task_timeout_secs").as([](auto number) {
			return std::optional(static_cast<unsigned>(number));
		});
	auto modules = snapshot.whole("proc/modules");
	machine.unloading.lacks(snapshot.text("proc/modules").unread());
	for (auto line : lines(modules)) {
		auto fields = words(line);
		if (fields.size() > 4 && fields[4] == "Unloading")
			machine.unloading.emplace_back(fields[0]);
	}
}

static std::optional<bool> yes_or_no(const std::string &word)
{
	return word == "yes" || word == "no" ? std::optional(word == "yes") : std::nullopt;
}

// `field` gives what stands there of a name, `place` where that is.
template <typename Field> static Guarded guarded_of(Field field, const std::string &place)
{
	auto known = [&](const char *name) {
		Value<std::string> value = field(name);
		return value == "-" ? Value<std::string>() : value;
	};
	auto reason = [&](const char *name) {
		return fmt::format("/{}: {} is not understood", place, name);
	};
	Guarded guarded;
	guarded.state = known("state");
	guarded.blocked = known("blocked").as(yes_or_no, reason("blocked"));
	guarded.since = known("since").as([](const auto &text) { return to_number<Ms>(text); },
					  reason("since"));
	guarded.deadline = to_number<Ms>(known("deadline").text());
	guarded.endless = field("deadline") == "-";
	guarded.waits_for = known("waits_for");
	guarded.holds = to_number<unsigned>(known("holds").text());
	return guarded;
}

static bool read_class(const Snapshot &snapshot, Machine &machine)
{
	// A list without a device is a list, where the rest of the class was read.
	bool any = snapshot.has(class_dir + "counters") && snapshot.has("sys/class/scsi_lifecycle");
	machine.devices.lacks(snapshot.unread_list("sys/class/scsi_lifecycle"));
	for (const auto &name : snapshot.list("sys/class/scsi_lifecycle")) {
		auto address = parse_address(name);
		auto file = [&](const char *field) {
			return snapshot.text(class_dir + name + "/" + field);
		};
		if (!address)
			continue;
		// Its removal has just ended: the node goes, and has the outcome. One that the bus
		// has is another, which came to its address, or is not remembered.
		const auto *known = machine.device(*address);
		bool ends = snapshot.error(class_dir + name + "/state") == ENODEV &&
			    file("number") && (!known || known->half_removed);
		if ((!ends && !file("state") && file("state").unread().empty()))
			continue;
		auto guarded = guarded_of(file, class_dir + name);
		guarded.ends = ends;
		if (ends)
			guarded.state = std::string("del");
		guarded.number = to_number<unsigned>(file("number").text());
		any = true;
		// It came after the bus's list was read.
		if (!known && guarded.state && !guarded.going())
			continue;
		machine.enter(*address).guarded = std::move(guarded);
	}
	return any;
}

// An open file keeps a device in the list, also when its removal has ended. An older module does
// not say so, and no module while another removal of the host runs.
static bool has_ended(const Machine &machine, const Address &address, const Guarded &guarded,
		      const Value<std::string> &gone)
{
	if (gone == "yes")
		return true;
	return guarded.state == "del" && guarded.since.has_value() &&
	       std::any_of(machine.removed.begin(), machine.removed.end(),
			   [&](const Removed &removed) {
				   return removed.address == address && removed.ago &&
					  *removed.ago <= *guarded.since;
			   });
}

// Of a device that the class has, its own words there count; where there is a class, debugfs adds
// the removals that had left sysfs when the module was loaded.
static void read_line(Machine &machine, std::string_view line)
{
	auto fields = words(line);
	auto address = fields.empty() ? std::nullopt : parse_address(fields[0]);
	auto field = [&](const char *name) { return Value<std::string>(value_of(name, fields)); };
	if (!address || !field("state"))
		return machine.devices.lacks(complain(machine, "devices", line));
	auto guarded = guarded_of(field, debug_dir + "devices");
	guarded.endless = std::find(fields.begin(), fields.end(), "deadline=-") != fields.end();
	const auto *known = machine.device(*address);
	if (has_ended(machine, *address, guarded, field("gone")))
		return;
	if (machine.module.lists_devices && ((known && known->guarded) || !guarded.going()))
		return;
	auto &device = machine.enter(*address);
	device.guarded = std::move(guarded);
	device.was_disk = field("disk").text();
	device.was_wwid = field("wwid").text();
	device.knows_wwid = std::any_of(fields.begin(), fields.end(),
					[](auto word) { return word.starts_with("wwid="); });
}

void read_guarded(const Snapshot &snapshot, Machine &machine)
{
	machine.module.has_class = read_class(snapshot, machine);
	machine.module.lists_devices = machine.module.has_class;
	auto path = debug_dir + "devices";
	auto text = snapshot.whole(path);
	for (auto line : lines(text))
		read_line(machine, line);
	machine.module.lists_all = snapshot.has(path);
	machine.module.lists_devices |= machine.module.lists_all;
	if (machine.module.loaded == false || machine.module.lists_devices)
		return;
	auto unread = snapshot.text(path).unread();
	machine.devices.lacks(unread);
	if (machine.module.loaded == true && unread.empty())
		machine.devices.lacks(machine.unseen.emplace_back(
			"the module's list of devices: neither sysfs nor debugfs has it (is "
			"debugfs mounted?)"));
}

} // namespace scl
