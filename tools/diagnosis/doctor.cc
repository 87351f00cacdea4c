// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/doctor.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <set>

#include "base/text.hpp"
#include "diagnosis/case.hpp"
#include "model/setting.hpp"
#include "print/words.hpp"

namespace scl {

namespace {

class Doctor {
public:
	explicit Doctor(const Machine &machine) : machine_(machine), module_(machine.module) {}

	std::vector<Finding> examine(const std::vector<Failure> &of_policy)
	{
		module();
		lockdown();
		if (module_.loaded == true) {
			off();
			sum("teardown_tmo", module_.teardown_tmo);
			sum("hold_max", module_.hold_max);
			overrides();
		}
		transports();
		drivers();
		for (const auto *list :
		     {&machine_.hosts.unread, &machine_.devices.unread, &machine_.unloading.unread})
			for (const auto &reason : *list)
				unread(reason);
		for (const auto &name : machine_.unloading)
			wrong(fmt::format("the unload of {} has begun and has not ended: see "
					  "scsi-lifecycle why",
					  printable(name)));
		for (const auto &failure : of_policy)
			if (failure.code == Exit::usage)
				wrong(failure.what());
			else
				unread(failure.what());
		return std::move(findings_);
	}

private:
	void say(Finding::Level level, std::string text)
	{
		findings_.push_back({level, std::move(text)});
	}
	void good(std::string text) { say(Finding::Level::good, std::move(text)); }
	void note(std::string text) { say(Finding::Level::note, std::move(text)); }
	void wrong(std::string text) { say(Finding::Level::wrong, std::move(text)); }
	// Nothing where there is no reason.
	void unread(const std::string &reason)
	{
		bool known = std::any_of(findings_.begin(), findings_.end(),
					 [&](const auto &f) { return f.text == reason; });
		if (!reason.empty() && !known)
			say(Finding::Level::unread, reason);
	}

	void module()
	{
		if (!module_.loaded.has_value())
			return unread("whether the module is loaded is not known: " +
				      module_.loaded.unread());
		if (module_.loaded == false)
			return wrong("the module is not loaded: modprobe scsi_lifecycle; after an "
				     "upgrade of the kernel, dkms status");
		good(fmt::format("the module is loaded{}{}", module_.version ? ", version " : "",
				 module_.version.text()));
		unread(module_.taint.unread());
		if (module_.taint.text().find('E') != std::string::npos)
			note("the module is not signed, or by a key that this kernel does not "
			     "know: Secure Boot would refuse it");
		if (!module_.lists_devices)
			wrong("neither /sys/class/scsi_lifecycle nor debugfs shows the module's "
			      "devices: mount debugfs, or call this as root");
		if (!module_.livepatch.has_value())
			unread(module_.livepatch.unread());
		else if (module_.livepatch == true)
			good("the livepatch is on");
		else
			note("the livepatch is off: a flush of a device that is blocked when its "
			     "removal begins is lost");
	}

	void lockdown()
	{
		if (!machine_.lockdown.empty() && machine_.lockdown != "none")
			note(fmt::format(
				"the kernel is in lockdown ({}): no file of debugfs can be "
				"written",
				machine_.lockdown));
	}

	void off()
	{
		if (module_.teardown_text == "off")
			wrong("teardown_tmo is off: a removal waits for a lost path for ever, as "
			      "on "
			      "stock");
	}

	// What queues behind a removal is reported by hung_task, which may panic.
	void sum(const char *name, const Value<unsigned> &seconds)
	{
		auto limit = machine_.hung_task_seconds.value_or(0);
		for (const auto *value :
		     {&machine_.hung_task_seconds, &seconds, &module_.flush_tmo})
			unread(value->unread());
		if (!limit || !seconds || !module_.flush_tmo.unread().empty())
			return;
		if (!module_.flush_tmo) {
			if (*seconds >= limit)
				wrong(fmt::format("{} {} s is not below hung_task_timeout_secs {}",
						  name, *seconds, limit));
			return;
		}
		auto both = 0ull + *seconds + *module_.flush_tmo;
		if (both >= limit)
			wrong(fmt::format(
				"{} {} s and flush_tmo {} s are {} s together, which is not "
				"below hung_task_timeout_secs {}",
				name, *seconds, *module_.flush_tmo, both, limit));
	}

	static bool is_set(const Value<std::string> &override)
	{
		return !override.unread().empty() || (override && *override != "default");
	}

	static Value<unsigned> seconds_of(const Value<std::string> &override)
	{
		return override.as([](const auto &text) { return to_number<unsigned>(text); },
				   "teardown_tmo of a device or a host is not understood");
	}

	// Many devices have the same: one line stands for them.
	void overrides()
	{
		std::map<std::string, std::vector<std::string>> owners;
		auto add = [&](const std::string &name, const Value<std::string> &override) {
			unread(override.unread());
			if (is_set(override) && override)
				owners[*override].push_back(name);
		};
		for (const auto &host : machine_.hosts)
			add(fmt::format("host{}", host.number), host.teardown_tmo);
		for (const auto &device : machine_.devices)
			add(name_of(device), device.teardown_tmo);
		for (const auto &[value, names] : owners) {
			auto name = "teardown_tmo of " + names.front();
			if (names.size() > 1)
				name += fmt::format(" and {} more", names.size() - 1);
			if (value == "off")
				wrong(name +
				      " is off: a removal waits for a lost path for ever, as on "
				      "stock");
			else
				sum(name.c_str(), seconds_of(value));
		}
	}

	// The device's, its host's, or the module's; nothing where it is off, or was not read.
	std::optional<unsigned> in_force(const Device &device) const
	{
		const auto *host = machine_.host(device.address.host);
		if (is_set(device.teardown_tmo))
			return seconds_of(device.teardown_tmo).found();
		if (host && is_set(host->teardown_tmo))
			return seconds_of(host->teardown_tmo).found();
		return module_.teardown_tmo.found();
	}

	void transports()
	{
		std::set<std::string> seen;
		for (const auto &device : machine_.devices) {
			const auto &transport = device.transport;
			unread(transport.kind.unread());
			unread(transport.timer_seconds.unread());
			auto limit = in_force(device);
			if (!transport.timer_seconds || !limit ||
			    *transport.timer_seconds <= *limit ||
			    !seen.insert(transport.name).second)
				continue;
			note(fmt::format("{}: {} {} s is longer than teardown_tmo {} s: a removal "
					 "gives a lost path up before its transport does ({})",
					 printable(transport.name), transport.timer,
					 *transport.timer_seconds, *limit, auto_for(transport)));
		}
	}

	// What the setting "auto" does for it.
	static std::string auto_for(const Transport &transport)
	{
		if (*transport.timer_seconds <= longest - margin)
			return "teardown_tmo=auto follows it";
		return fmt::format("teardown_tmo=auto stops at {} s, so that what waits behind a "
				   "removal stays below hung_task's 120 s: lower {} to {} s or "
				   "less for auto to follow it",
				   longest, transport.timer, longest - margin);
	}

	void drivers()
	{
		std::set<std::string> seen;
		for (const auto &host : machine_.hosts) {
			auto driver = host.driver.text();
			unread(host.driver.unread());
			if (renews_timers(driver) && seen.insert(driver).second)
				note(fmt::format("{} renews its commands' timers for ever: a flush "
						 "that it does not answer is ended by nothing",
						 driver));
		}
	}

	const Machine &machine_;
	const Module &module_;
	std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> examine(const Machine &machine, const std::vector<Failure> &of_policy)
{
	return Doctor(machine).examine(of_policy);
}

} // namespace scl
