// SPDX-License-Identifier: GPL-2.0
// Shows and sets timeouts: of the module, of devices and of hosts.
#include "verbs/verb.hpp"

#include <cerrno>
#include <fmt/core.h>

#include "base/text.hpp"
#include "base/write.hpp"
#include "model/policy.hpp"
#include "print/words.hpp"

namespace scl {

static const std::string modprobe_file = "etc/modprobe.d/scsi_lifecycle.conf";

static void write_setting(const Context &context, const std::string &path, const Setting &setting,
			  const std::string &value)
{
	auto what = fmt::format("{}={}: /{}", setting.name, value, path);
	int error = write_in_child(context.root + "/" + path, value, context.deadline());
	if (error == ETIME)
		throw Failure(Exit::timed_out, what + ": the write has not ended");
	if (error)
		throw failure_of(error, what, error == EINVAL ? Exit::usage : Exit::needs_module);
}

// The override outlives the device's directory in the bus, so the class is preferred.
static std::string place_of(const Snapshot &snapshot, const Address &address)
{
	auto path = "sys/class/scsi_lifecycle/" + to_text(address) + "/teardown_tmo";
	return snapshot.has(path) ? path
				  : "sys/bus/scsi/devices/" + to_text(address) + "/teardown_tmo";
}

// Keeps the other options of the file.
static std::string with_option(const std::string &text, const Setting &setting)
{
	std::string kept, options;
	for (auto line : lines(text)) {
		auto fields = words(line);
		if (fields.size() < 2 || fields[0] != "options" || fields[1] != "scsi_lifecycle") {
			kept += std::string(line) + "\n";
			continue;
		}
		for (std::size_t i = 2; i < fields.size(); i++)
			if (!fields[i].starts_with(setting.name + "="))
				options += " " + std::string(fields[i]);
	}
	return fmt::format("{}options scsi_lifecycle{} {}={}\n", kept, options, setting.name,
			   setting.value);
}

static void persist(const Context &context, const Setting &setting)
{
	auto before = gather(context.root, "modprobe.d", {modprobe_file});
	if (int error = before.error(modprobe_file))
		throw failure_of(error, "/" + modprobe_file, Exit::cannot_tell);
	replace_file(context.root + "/" + modprobe_file,
		     with_option(before.whole(modprobe_file), setting));
}

// A file of each device's own, by its WWID: its address and name may be another's tomorrow.
static void persist(const Context &context, const Setting &setting, const Device &device)
{
	if (device.wwid.empty() || device.wwid.find_first_of("*?[\\\n") != std::string::npos)
		throw Failure(Exit::usage,
			      name_of(device) + ": --persist needs a WWID, and it has none");
	std::string file;
	for (char c : device.wwid)
		file += isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' ? c : '_';
	replace_file(
		fmt::format("{}/{}/90-{}.conf", context.root, policy_directory, file),
		fmt::format("# by scsi-lifecycle set --persist\n[device]\nwwid = {}\n{} = {}\n",
			    device.wwid, setting.name, setting.value));
}

static void set_module(const Context &context, const Sight &sight,
		       const std::vector<Setting> &settings, bool persistent)
{
	if (!persistent)
		need_module(sight.machine);
	for (const auto &setting : settings) {
		if (sight.machine.module.loaded)
			write_setting(context,
				      "sys/module/scsi_lifecycle/parameters/" + setting.name,
				      setting, setting.value);
		if (persistent)
			persist(context, setting);
	}
}

static void set_devices(const Context &context, const Sight &sight,
			const std::vector<Setting> &settings, bool persistent)
{
	need_module(sight.machine);
	for (const auto &name : sight.selection.gone)
		throw Failure(Exit::usage, name + " is not there; nothing was set");
	for (const auto *device : sight.devices())
		for (const auto &setting : settings) {
			auto value = value_for(setting, device->transport);
			write_setting(context, place_of(sight.snapshot, device->address), setting,
				      value);
			if (persistent)
				persist(context, setting, *device);
		}
}

static void set_hosts(const Context &context, const Sight &sight,
		      const std::vector<unsigned> &hosts, const std::vector<Setting> &settings)
{
	if (!hosts.empty())
		need_module(sight.machine);
	for (auto host : hosts)
		for (const auto &setting : settings) {
			if (setting.value == "auto")
				throw Failure(Exit::usage,
					      "teardown_tmo=auto is for devices: their "
					      "transports have the timers");
			write_setting(context,
				      fmt::format("sys/bus/scsi/devices/host{}/teardown_tmo", host),
				      setting, setting.value);
		}
}

static Exit show(const Sight &sight)
{
	need_module(sight.machine);
	for (const auto &name : parameter_names()) {
		auto value = sight.snapshot.text("sys/module/scsi_lifecycle/parameters/" + name);
		print(fmt::format("{}={}\n", name, value ? printable(*value) : "?"));
	}
	auto overridden = [&](const std::string &name, const std::string &path) {
		auto value = sight.snapshot.text(path);
		if (value && *value != "default")
			print(fmt::format("{} teardown_tmo={}\n", name, printable(*value)));
	};
	for (const auto &host : sight.machine.hosts) {
		auto name = fmt::format("host{}", host.number);
		overridden(name, "sys/bus/scsi/devices/" + name + "/teardown_tmo");
	}
	for (const auto &device : sight.machine.devices)
		overridden(name_of(device), place_of(sight.snapshot, device.address));
	return Exit::done;
}

// The words with a '=' are settings, the others devices and hosts.
Exit set(const Context &given, const std::vector<std::string> &arguments, bool persistent)
{
	auto context = given;
	std::vector<std::string> texts;
	std::vector<unsigned> hosts = context.wanted.hosts;
	context.wanted.hosts.clear();
	for (const auto &word : arguments) {
		if (word.find('=') != word.npos)
			texts.push_back(word);
		else if (auto host = number_after("host", word))
			hosts.push_back(*host);
		else
			context.wanted.names.push_back(word);
	}
	bool of_devices = !context.wanted.all();
	std::vector<Setting> settings;
	for (const auto &text : texts)
		settings.push_back(parse_setting(
			text, of_devices || !hosts.empty() ? Scope::device : Scope::module));
	if (persistent && !hosts.empty())
		throw Failure(Exit::usage,
			      "--persist is for the module and for devices: a host's number may be "
			      "another's tomorrow");
	auto sight =
		see(context, {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	if (settings.empty())
		return show(sight);
	if (of_devices)
		set_devices(context, sight, settings, persistent);
	set_hosts(context, sight, hosts, settings);
	if (!of_devices && hosts.empty())
		set_module(context, sight, settings, persistent);
	return Exit::done;
}

Exit apply_policy(const Context &context, const std::string &name)
{
	auto address = parse_address(name);
	if (!address)
		throw Failure(Exit::usage, in_quotes(name) + " is not H:C:T:L");
	auto rules = read_policy(context.root);
	if (rules.empty())
		return Exit::done;
	auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded});
	const auto *device = sight.machine.device(*address);
	const auto *rule = device ? rule_for(rules, *device) : nullptr;
	if (rule)
		write_setting(context, place_of(sight.snapshot, *address), rule->setting,
			      value_for(rule->setting, device->transport));
	return Exit::done;
}

} // namespace scl
