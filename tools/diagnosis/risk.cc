// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/risk.hpp"

#include <fmt/core.h>

#include "diagnosis/case.hpp"
#include "print/words.hpp"

namespace scl {

namespace {

// Each question adds what it finds; the worst decides.
class Questions {
public:
	Questions(const Machine &machine, const Device &device) : machine_(machine), device_(device)
	{
		risk_.device = &device;
	}

	Risk ask()
	{
		if (device_.going()) {
			found("is being removed already: see scsi-lifecycle why");
			return std::move(risk_);
		}
		for (const auto &reason : device_.unread())
			cannot_tell(reason);
		for (const auto &reason : machine_.devices.unread)
			cannot_tell(reason);
		if (!device_.unread_disk.empty())
			cannot_tell(device_.unread_disk);
		if (!device_.state && device_.state.unread().empty())
			cannot_tell("it has no state: it went while it was read");
		state();
		path();
		siblings();
		host();
		driver();
		if (risk_.reasons.empty())
			risk_.reasons.push_back(
				device_.disk.starts_with("sd")
					? "its removal would flush its cache and end"
					: "it has no disk: its removal would flush nothing, and "
					  "end");
		if (device_.write_cache == false)
			risk_.reasons.push_back("it has no write cache: there is nothing to flush");
		return std::move(risk_);
	}

private:
	void found(std::string sentence)
	{
		risk_.verdict = worse(risk_.verdict, Exit::found);
		risk_.reasons.push_back(std::move(sentence));
	}

	void cannot_tell(std::string sentence)
	{
		risk_.verdict = worse(risk_.verdict, Exit::cannot_tell);
		risk_.reasons.push_back(std::move(sentence));
	}

	// Nothing where neither debugfs nor the module shows it.
	std::optional<bool> stopped() const
	{
		if (device_.queue_stopped || !device_.guarded)
			return device_.queue_stopped;
		return device_.guarded->blocked.found();
	}

	// What becomes of it with the module, and on stock.
	std::string either(const char *with, const char *without) const
	{
		const auto &loaded = machine_.module.loaded;
		if (loaded.has_value())
			return loaded == true ? with : without;
		return fmt::format("{}, or {} where the module is loaded, which is not known",
				   without, with);
	}

	void state()
	{
		const auto &module = machine_.module;
		auto state = device_.state.text();
		if (state == "blocked" || state == "created-blocked") {
			if (module.livepatch == true)
				found("blocked: its removal would wait teardown_tmo for the path");
			else
				found("blocked: its removal would lose the flush without an error; "
				      "the livepatch prevents that");
		} else if (stopped().value_or(false)) {
			found(fmt::format(
				"{}, but its queue is stopped: its removal would {}", state,
				either("wait teardown_tmo, and then lose the flush", "hang")));
		} else if (state == "quiesce") {
			found(fmt::format("quiesced: its removal would wait {}",
					  either("teardown_tmo", "until it is resumed")));
		} else if (!stopped()) {
			cannot_tell(fmt::format(
				"{}; whether its queue is stopped is not seen: {}",
				state.empty() ? "its state is not known" : state,
				device_.disk.empty()
					? "of a device without a disk only the module shows it"
					: "neither the module nor debugfs shows it"));
		} else if (state == "offline" || state == "transport-offline") {
			found(state + ": its flush would fail");
		}
	}

	void path()
	{
		if (device_.transport.lost)
			found(condition_of(device_.transport) +
			      ": its path is lost, the flush would not arrive");
	}

	// A removal that leaves one LUN of two freezes the queue of that one, but for the module.
	void siblings()
	{
		if (machine_.module.loaded == true)
			return;
		for (const auto &other : machine_.devices) {
			if (!is_sibling(other) || other.going())
				continue;
			if (other.stopped())
				found(fmt::format(
					"{}, another LUN of its host, is blocked: if that "
					"holds commands, this removal may wait for it",
					name_of(other)));
			else
				for (const auto &reason : other.unread())
					cannot_tell(fmt::format("{}, another LUN of its host: {}",
								name_of(other), reason));
		}
	}

	bool is_sibling(const Device &other) const
	{
		return other.address.host == device_.address.host &&
		       other.address != device_.address;
	}

	void host()
	{
		const auto *host = machine_.host(device_.address.host);
		const auto &hosts = machine_.hosts.unread;
		if (!host && !hosts.empty())
			cannot_tell(hosts.front());
		if (host && !host->state.unread().empty())
			cannot_tell(host->state.unread());
		if (host && host->recovering())
			found(fmt::format("host{} is in error handling: its removal would wait for "
					  "that",
					  host->number));
		for (const auto &other : machine_.devices) {
			if (!is_sibling(other))
				continue;
			if (other.going())
				found(fmt::format(
					"{} of the same host is being removed: this removal "
					"would wait for it",
					name_of(other)));
			else if (other.guarded && !other.guarded->state.unread().empty())
				cannot_tell(fmt::format("{} of the same host: {}", name_of(other),
							other.guarded->state.unread()));
		}
	}

	void driver()
	{
		auto driver = device_.driver.text();
		if (renews_timers(driver) && risk_.verdict != Exit::done)
			risk_.reasons.push_back(driver +
						" renews its timers for ever: a flush that it has "
						"and does not answer is ended by nothing");
	}

	const Machine &machine_;
	const Device &device_;
	Risk risk_;
};

} // namespace

Risk risk_of(const Machine &machine, const Snapshot &snapshot, const Uses &uses,
	     const Device &device)
{
	auto risk = Questions(machine, device).ask();
	risk.users = users_of(machine, snapshot, uses, device);
	return risk;
}

} // namespace scl
