// SPDX-License-Identifier: GPL-2.0
// Shows and sets timeouts: of the module, of devices and of hosts.
#include "verbs/verb.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/core.h>
#include <sys/types.h>

#include "base/output.hpp"
#include "base/text.hpp"
#include "base/write.hpp"
#include "model/identity.hpp"
#include "model/policy.hpp"
#include "node/removal.hpp"
#include "print/words.hpp"
#include "source/writing.hpp"
#include "verbs/persistence.hpp"
#include "verbs/same.hpp"

namespace scl {

namespace {

// A value that is to be written.
struct Writing {
	Writing(const Context &context, const std::string &its_path, const Setting &its_setting,
		const Device *its_device)
		: path(its_path), setting(its_setting), device(its_device),
		  directory(context.root.path + "/" + path.substr(0, path.rfind('/'))),
		  inode(inode_of(directory))
	{
	}

	std::string path;
	Setting setting;
	// Whose it is; none of a host's or the module's.
	const Device *device;
	// The path may lead to another device's by then, and not to this directory.
	std::string directory;
	std::optional<ino_t> inode;
};

} // namespace

static void write_setting(const Context &context, const Writing &writing)
{
	const auto &[path, setting, device, directory, inode] = writing;
	auto what = fmt::format("{}={}: /{}", setting.name, setting.value, path);
	auto name = path.substr(path.rfind('/') + 1);
	run_writing(context.root, directory + "/" + name,
		    {what, context.deadline(), [&] {
			     int error = write_in(directory, inode, name, setting.value);
			     if (error)
				     throw failure_of(error, what,
						      error == EINVAL ? Exit::usage
								      : Exit::needs_module);
		     }});
}

// The file goes with the module too, and with the begin of a removal: that is no device that is
// gone.
static void write_or_gone(const Context &context, const Writing &writing)
{
	try {
		write_setting(context, writing);
	} catch (const Failure &failure) {
		if (!writing.device || failure.code != Exit::needs_module)
			throw;
		auto again = read_again(context.root);
		const auto *now = again.device(writing.device->address);
		bool is_gone = now ? is_another(*writing.device, *now) || has_just_ended(*now)
				   : again.devices.unread.empty();
		if (!is_gone)
			throw;
		throw Failure(Exit::flush_unknown,
			      fmt::format("set {}: it is gone", name_of(*writing.device)));
	}
}

// A file that the caller may not read, the caller may not write either: the write says so.
static void need_place(const Snapshot &snapshot, const std::string &path)
{
	int error = snapshot.error(path);
	auto unread = snapshot.text(path).unread();
	if (!unread.empty() && error != EACCES && error != EPERM)
		throw Failure(Exit::cannot_tell, unread + "; nothing was set");
	if (!snapshot.has(path) && unread.empty())
		throw failure_of(ENOENT, "/" + path, Exit::needs_module);
}

namespace {

// All names and values are checked before the first is written.
class Plan {
public:
	Plan(const Context &context, const Sight &sight, bool persistent)
		: context_(context), sight_(sight), persistent_(persistent),
		  persistence_(context.root, context.deadline())
	{
	}

	void module(const Setting &setting)
	{
		if (!persistent_)
			need_module(sight_.machine);
		else if (!sight_.machine.module.loaded.has_value())
			need_module(sight_.machine);
		if (sight_.machine.module.loaded == true)
			add("sys/module/scsi_lifecycle/parameters/" + setting.name, setting);
		if (persistent_)
			persistence_.add(setting);
	}

	void device(const Device &device, const Setting &setting)
	{
		devices_.push_back(&device);
		add(teardown_tmo_path(sight_.snapshot, device.address),
		    {setting.name, value_for(setting, device.transport)}, &device);
		if (persistent_)
			persistence_.add(setting, device);
	}

	void host(unsigned number, const Setting &setting)
	{
		const auto &hosts = sight_.machine.hosts;
		if (std::none_of(hosts.begin(), hosts.end(),
				 [&](const Host &host) { return host.number == number; })) {
			need_whole(hosts);
			throw Failure(Exit::usage,
				      fmt::format("host{} is not there; nothing was set", number));
		}
		if (setting.value == "auto")
			throw Failure(Exit::usage, "teardown_tmo=auto is for devices: their "
						   "transports have the timers");
		add(fmt::format("sys/bus/scsi/devices/host{}/teardown_tmo", number), setting);
	}

	void write() const
	{
		need_same(context_, devices_, "set");
		for (const auto &writing : writes_)
			write_or_gone(context_, writing);
		persistence_.write();
	}

private:
	void add(const std::string &path, const Setting &setting, const Device *device = nullptr)
	{
		need_place(sight_.snapshot, path);
		writes_.emplace_back(context_, path, setting, device);
	}

	const Context &context_;
	const Sight &sight_;
	bool persistent_;
	std::vector<Writing> writes_;
	std::vector<const Device *> devices_;
	Persistence persistence_;
};

} // namespace

static Exit show(const Sight &sight)
{
	need_module(sight.machine);
	std::vector<std::string> unread;
	auto read = [&](const std::string &path) {
		auto value = sight.snapshot.text(path);
		if (!value.unread().empty())
			unread.push_back(value.unread());
		return value;
	};
	for (const auto &name : parameter_names()) {
		auto value = read("sys/module/scsi_lifecycle/parameters/" + name);
		print(fmt::format("{}={}\n", name, value ? printable(*value) : "?"));
	}
	auto overridden = [&](const std::string &name, const std::string &path) {
		auto value = read(path);
		if (value && *value != "default")
			print(fmt::format("{} teardown_tmo={}\n", name, printable(*value)));
	};
	for (const auto &host : sight.machine.hosts) {
		auto name = fmt::format("host{}", host.number);
		overridden(name, "sys/bus/scsi/devices/" + name + "/teardown_tmo");
	}
	for (const auto &device : sight.machine.devices)
		overridden(name_of(device), teardown_tmo_path(sight.snapshot, device.address));
	need_whole(sight.machine.hosts);
	need_whole(sight.machine.devices);
	if (!unread.empty())
		throw Failure(Exit::cannot_tell, join(unread, "; "));
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
	bool of_module = !of_devices && hosts.empty();
	if (!of_module)
		need_module(sight.machine);
	for (const auto &name : sight.selection.gone)
		throw Failure(Exit::usage, name + " is not there; nothing was set");
	for (const auto &map : sight.selection.pathless)
		throw Failure(Exit::usage, map.name + " has no paths; nothing was set");
	for (const auto &unsure : sight.selection.unsure)
		throw Failure(Exit::cannot_tell,
			      unsure.name + ": " + unsure.why + "; nothing was set");
	Plan plan(context, sight, persistent);
	for (const auto &setting : settings) {
		if (of_module)
			plan.module(setting);
		if (of_devices)
			for (const auto *device : sight.devices())
				plan.device(*device, setting);
		for (auto host : hosts)
			plan.host(host, setting);
	}
	plan.write();
	return Exit::done;
}

Exit apply_policy(const Context &context, const std::string &name)
{
	auto address = parse_address(name);
	if (!address)
		throw Failure(Exit::usage, in_quotes(name) + " is not H:C:T:L");
	auto policy = read_policy(context.root);
	auto code = Exit::done;
	for (const auto &failure : policy.failures) {
		complain(failure.what());
		code = worse(code, failure.code);
	}
	if (policy.rules.empty())
		return code;
	auto snapshot = gather_device(context.root, *address);
	auto machine = machine_of(snapshot);
	const auto *device = machine.device(*address);
	if (!device || !machine.devices_seen)
		need_whole(machine.devices);
	const auto *rule = device ? rule_for(policy.rules, *device) : nullptr;
	if (rule) {
		auto place = teardown_tmo_path(snapshot, *address);
		auto value = value_for(rule->setting, device->transport);
		need_place(snapshot, place);
		write_setting(context, {context, place, {rule->setting.name, value}, nullptr});
	}
	return code;
}

} // namespace scl
