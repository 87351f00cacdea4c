// SPDX-License-Identifier: GPL-2.0
#include "print/json.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "print/event.hpp"

namespace scl {

using Json = nlohmann::ordered_json;

static constexpr int version = 1;

template <typename T> static Json maybe(const std::optional<T> &value)
{
	return value ? Json(*value) : Json(nullptr);
}

static Json maybe(const std::string &text)
{
	return text.empty() ? Json(nullptr) : Json(text);
}

template <typename T> static Json maybe(const Value<T> &value)
{
	return maybe(value.found());
}

static Json maybe(const Value<std::string> &value)
{
	return maybe(value.text());
}

// A "no" holds only where all was read that may have said yes.
static Json sure(bool yes, bool read)
{
	return yes || read ? Json(yes) : Json(nullptr);
}

static Json maybe(const std::optional<Address> &address)
{
	return address ? Json(to_text(*address)) : Json(nullptr);
}

// A name that is no UTF-8 is shown as well as can be: a disk names itself.
static std::string dump(const Json &json)
{
	return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

static Json module_json(const Module &module)
{
	return {{"loaded", maybe(module.loaded)},
		{"version", maybe(module.version)},
		{"livepatch", maybe(module.livepatch)}};
}

static Json begin(const Machine &machine)
{
	return {{"version", version},
		{"module", module_json(machine.module)},
		{"unseen", machine.unseen}};
}

static Json transport_json(const Transport &transport)
{
	return {{"kind", maybe(transport.kind)},
		{"name", maybe(transport.name)},
		{"peer", maybe(transport.peer)},
		{"state", maybe(transport.state)},
		{"lost", sure(transport.lost,
			      transport.kind.unread().empty() && transport.state.unread().empty())},
		{"timer", maybe(transport.timer)},
		{"timer_s", maybe(transport.timer_seconds)}};
}

static Json waits_json(const std::string &waits_for)
{
	if (waits_for.empty())
		return nullptr;
	if (parse_address(waits_for))
		return {{"what", "sibling"}, {"hctl", waits_for}};
	return {{"what", waits_for}, {"hctl", nullptr}};
}

static Json openers_json(const std::optional<std::vector<Opener>> &openers)
{
	if (!openers)
		return nullptr;
	auto json = Json::array();
	for (const auto &opener : *openers)
		json.push_back({{"pid", opener.pid}, {"comm", opener.comm}});
	return json;
}

static Json device_json(const Machine &machine, const Device &device)
{
	std::vector<std::string> maps;
	const auto &guarded = device.guarded;
	if (!device.disk.empty())
		for (const auto *map : machine.above(device.disk))
			maps.push_back(map->name.empty() ? map->disk : map->name);
	Json json = {
		{"hctl", to_text(device.address)},
		{"disk", maybe(device.known_disk())},
		{"wwid", maybe(device.known_wwid())},
		{"vendor", maybe(device.vendor)},
		{"model", maybe(device.model)},
		{"host", {{"no", device.address.host}, {"driver", maybe(device.driver)}}},
		{"transport", transport_json(device.transport)},
		{"maps", maps},
		{"state", maybe(guarded ? guarded->state : device.state)},
		{"blocked", sure(device.blocked(), device.unread().empty())},
		{"removing", sure(device.going(), !guarded || guarded->state.unread().empty())},
		{"queue_stopped", maybe(device.queue_stopped)},
		{"write_cache", maybe(device.write_cache)}};
	json["number"] = guarded ? maybe(guarded->number) : Json(nullptr);
	json["since_ms"] = guarded ? maybe(guarded->since) : Json(nullptr);
	json["deadline_ms"] = guarded ? maybe(guarded->deadline) : Json(nullptr);
	json["waits_for"] = guarded ? waits_json(guarded->waits_for.text()) : Json(nullptr);
	json["holds"] = guarded ? maybe(guarded->holds) : Json(nullptr);
	json["node_open_in"] = guarded ? openers_json(guarded->openers) : Json(nullptr);
	return json;
}

std::string status_json(const Machine &machine, const std::vector<const Device *> &devices)
{
	auto json = begin(machine);
	json["devices"] = Json::array();
	for (const auto *device : devices)
		json["devices"].push_back(device_json(machine, *device));
	return dump(json);
}

static Json task_json(const Task &task)
{
	return {{"pid", task.pid},
		{"comm", task.comm},
		{"activity", maybe(activity_of(task))},
		{"stack", task.stack}};
}

static Json tasks_json(const std::vector<const Task *> &tasks)
{
	auto json = Json::array();
	for (const auto *task : tasks)
		json.push_back(task_json(*task));
	return json;
}

static Json case_json(const Case &c)
{
	auto lines = Json::array();
	for (const auto &[label, text] : c.lines)
		lines.push_back({{"label", label}, {"text", text}});
	return {{"what", c.what},
		{"hctl", maybe(c.device)},
		{"waits_for", maybe(c.waits_for)},
		{"ends", maybe(c.ends)},
		{"ends_in_ms", maybe(c.ends_in)},
		{"lines", lines},
		{"culprit", c.culprit ? task_json(*c.culprit) : Json(nullptr)},
		{"behind", tasks_json(c.behind)}};
}

std::string why_json(const Diagnosis &diagnosis, const Machine &machine)
{
	auto json = begin(machine);
	json["cases"] = Json::array();
	for (const auto &c : diagnosis.cases)
		json["cases"].push_back(case_json(c));
	json["behind"] = tasks_json(diagnosis.behind);
	return dump(json);
}

std::string check_json(const std::vector<Risk> &risks, const Machine &machine)
{
	auto json = begin(machine);
	json["devices"] = Json::array();
	for (const auto &risk : risks) {
		auto device = device_json(machine, *risk.device);
		const char *verdict = risk.verdict == Exit::done    ? "fine"
				      : risk.verdict == Exit::found ? "risk"
								    : "unknown";
		device["verdict"] = verdict;
		device["reasons"] = risk.reasons;
		device["users"] = risk.users;
		json["devices"].push_back(device);
	}
	return dump(json);
}

std::string doctor_json(const std::vector<Finding> &findings, const Machine &machine)
{
	static constexpr const char *levels[] = {"good", "note", "wrong", "unread"};
	auto json = begin(machine);
	json["findings"] = Json::array();
	for (const auto &finding : findings)
		json["findings"].push_back({{"level", levels[static_cast<int>(finding.level)]},
					    {"text", finding.text}});
	return dump(json);
}

std::string endings_json(const std::vector<Ending> &endings, Exit code)
{
	Json json = {{"version", version}, {"exit", static_cast<int>(code)}};
	json["results"] = Json::array();
	for (const auto &ending : endings)
		json["results"].push_back(
			{{"name", ending.name},
			 {"hctl", maybe(ending.address)},
			 {"disk", maybe(ending.disk)},
			 {"gone", ending.unsure ? Json(nullptr) : Json(ending.gone)},
			 {"flush", maybe(ending.flush)},
			 {"took_ms", maybe(ending.took)},
			 {"note", maybe(ending.note)},
			 {"exit", static_cast<int>(ending.code)}});
	return dump(json);
}

std::string event_json(const Event &event)
{
	return dump({{"version", version},
		     {"time_ns", event.time_ns},
		     {"hctl", to_text(event.address)},
		     {"event", event.what},
		     {"from", maybe(event.from)},
		     {"to", maybe(event.to)},
		     {"cause", maybe(event.cause)},
		     {"flush", maybe(event.flush)},
		     {"lost", event.lost},
		     {"number", maybe(event.number)},
		     {"disk", maybe(event.disk)},
		     {"wwid", maybe(event.wwid)},
		     {"took_ms", maybe(event.took)}});
}

} // namespace scl
