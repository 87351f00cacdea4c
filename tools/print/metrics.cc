// SPDX-License-Identifier: GPL-2.0
#include "print/metrics.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>

namespace scl {

namespace {

class Metrics {
public:
	// A family's samples follow its head.
	void family(const char *name, const char *type, const char *help)
	{
		name_ = fmt::format("scsi_lifecycle_{}", name);
		text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name_, help, name_, type);
	}

	void sample(const std::string &value, const std::string &labels = "")
	{
		text_ += name_ + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
	}

	void one(const char *name, const char *type, const char *help, unsigned long long value)
	{
		family(name, type, help);
		sample(std::to_string(value));
	}

	// What a reason names is left out, and counted.
	void leave_out(const std::string &reason) { left_out_.lacks(reason); }
	void leave_out(const std::vector<std::string> &reasons)
	{
		for (const auto &reason : reasons)
			leave_out(reason);
	}

	MetricsPage take()
	{
		one("unread_values", "gauge", "Values that were not read, and are left out.",
		    left_out_.unread.size());
		return {std::move(text_), std::move(left_out_.unread)};
	}

private:
	std::string text_, name_;
	List<std::string> left_out_;
};

// A version is what the module's author wrote; a label's value is in quotes.
std::string escaped(const std::string &value)
{
	std::string text;
	for (char c : value) {
		if (c == '\\' || c == '"')
			text += '\\';
		text += c == '\n' ? ' ' : c;
	}
	return text;
}

void counters(Metrics &metrics, const Module &module)
{
	static const std::pair<const char *, const char *> singles[] = {
		{"removals", "Removals that began, or were found hanging."},
		{"commands_killed", "Commands that were failed: their time was up, their path was "
				    "given up, or their driver was gone."},
		{"rescued", "Removals that hung before the module was loaded, and ended."}};
	for (const auto &[name, help] : singles)
		for (const auto &counter : module.counters)
			if (counter.name == name)
				metrics.one(fmt::format("{}_total", name).c_str(), "counter", help,
					    counter.value);
	const std::string prefix = "flushes_";
	bool any = false;
	for (const auto &counter : module.counters) {
		if (!counter.name.starts_with(prefix))
			continue;
		if (!any)
			metrics.family("flushes_total", "counter",
				       "Cache flushes of removals, by their outcome.");
		any = true;
		metrics.sample(
			std::to_string(counter.value),
			fmt::format("outcome=\"{}\"", escaped(counter.name.substr(prefix.size()))));
	}
}

std::string kind_of_wait(const std::string &waits_for)
{
	if (waits_for.empty())
		return "none";
	return parse_address(waits_for) ? "sibling" : waits_for;
}

// What says whether it is being removed, or blocked; or why its wait has no time, or no kind.
std::vector<std::string> unread_of(const Device &device)
{
	const auto &guarded = device.guarded;
	if (!guarded)
		return {device.state.unread()};
	std::vector<std::string> reasons = {guarded->state.unread(), guarded->blocked.unread()};
	if (!guarded->blocked.has_value())
		reasons.push_back(device.state.unread());
	if (guarded->going())
		reasons.insert(reasons.end(),
			       {guarded->since.unread(), guarded->waits_for.unread()});
	return reasons;
}

bool may_be_going(const Device &device)
{
	return !device.going() && device.guarded && !device.guarded->state.unread().empty();
}

bool may_be_blocked(const Device &device)
{
	if (device.guarded && device.guarded->blocked.has_value())
		return false;
	bool by_module = device.guarded && !device.guarded->blocked.unread().empty();
	return !device.blocked() && (by_module || !device.state.unread().empty());
}

void devices(Metrics &metrics, const Machine &machine)
{
	std::map<std::string, Ms> oldest;
	std::map<unsigned, unsigned> blocked;
	unsigned pending = 0;
	bool all = machine.devices.unread.empty(), all_pending = all, all_blocked = all;
	for (const auto &device : machine.devices) {
		pending += device.going();
		all_pending &= !may_be_going(device);
		all_blocked &= !may_be_blocked(device);
		if (device.blocked())
			blocked[device.address.host]++;
		metrics.leave_out(unread_of(device));
		if (device.half_removed && !device.guarded && machine.module.loaded == true &&
		    !machine.module.lists_all)
			metrics.leave_out({to_text(device.address) +
					   ": the module's list in debugfs was not read"});
		if (!device.guarded || !device.guarded->going() || !device.guarded->since ||
		    !device.guarded->waits_for.unread().empty())
			continue;
		auto labels = fmt::format("host=\"{}\",waits_for=\"{}\"", device.address.host,
					  escaped(kind_of_wait(device.guarded->waits_for.text())));
		oldest[labels] = std::max(oldest[labels], *device.guarded->since);
	}
	metrics.leave_out(machine.devices.unread);
	if (!machine.devices_seen ||
	    (machine.module.loaded == true && !machine.module.lists_devices))
		return;
	// Where there may be more, those that were seen are told, but no 0.
	if (all_pending || pending)
		metrics.one("removals_pending", "gauge", "Devices that are being removed.",
			    pending);
	if (all_pending || !oldest.empty())
		metrics.family("removal_oldest_seconds", "gauge",
			       "How long the oldest removal of a host has been in its state.");
	for (const auto &[labels, ms] : oldest)
		metrics.sample(fmt::format("{}", static_cast<double>(ms) / 1000), labels);
	if (all_blocked || !blocked.empty())
		metrics.family("devices_blocked", "gauge",
			       "Devices that their transport has blocked.");
	for (const auto &[host, count] : blocked)
		metrics.sample(std::to_string(count), fmt::format("host=\"{}\"", host));
}

} // namespace

MetricsPage metrics_of(const Machine &machine)
{
	Metrics metrics;
	const auto &module = machine.module;
	if (module.loaded.has_value())
		metrics.one("loaded", "gauge", "Whether the module is loaded.", *module.loaded);
	if (module.livepatch.has_value())
		metrics.one("livepatch_enabled", "gauge", "Whether the livepatch is on.",
			    *module.livepatch);
	if (module.version) {
		metrics.family("info", "gauge", "The module's version.");
		metrics.sample("1", fmt::format("version=\"{}\"", escaped(*module.version)));
	}
	for (const auto *reason :
	     {&module.loaded.unread(), &module.livepatch.unread(), &module.version.unread()})
		metrics.leave_out(*reason);
	if (module.loaded != false)
		metrics.leave_out(module.counters.unread);
	counters(metrics, module);
	devices(metrics, machine);
	metrics.one("hanging_reads", "gauge",
		    "Files that were not read, since a read does not end.", machine.hanging_reads);
	return metrics.take();
}

} // namespace scl
