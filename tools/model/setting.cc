// SPDX-License-Identifier: GPL-2.0
#include "model/setting.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/exit.hpp"
#include "base/text.hpp"

namespace scl {

// The two highest values of an unsigned int are the module's "off" and "default".
static constexpr unsigned most_seconds = ~0u - 2;

// What a parameter may be besides seconds.
struct Parameter {
	std::string name;
	bool seconds;
	std::vector<std::string> words;
	// What else the module takes for one of them.
	std::vector<std::string> synonyms = {};
};

static const std::vector<Parameter> &parameters()
{
	static const std::vector<Parameter> all = {
		{"teardown_tmo", true, {"off"}},
		{"flush_tmo", true, {"off", "default"}},
		{"reboot_tmo", true, {"off", "default"}},
		{"hold_max", true, {}},
		{"uevents", false, {"off", "removals", "all"}},
		{"expedite", false, {"Y", "N"}, {"y", "1", "n", "0"}},
	};
	return all;
}

const std::vector<std::string> &parameter_names()
{
	static const std::vector<std::string> names = [] {
		std::vector<std::string> found;
		for (const auto &parameter : parameters())
			found.push_back(parameter.name);
		return found;
	}();
	return names;
}

static bool has(const std::vector<std::string> &all, const std::string &one)
{
	return std::find(all.begin(), all.end(), one) != all.end();
}

static Parameter parameter_of(const std::string &name, Scope scope)
{
	if (scope == Scope::device) {
		if (name == "teardown_tmo")
			return {name, true, {"off", "default", "auto"}};
		if (has(parameter_names(), name))
			throw Failure(Exit::usage, name + " is a parameter of the whole module: a "
							  "device or a host has a teardown_tmo of "
							  "its own, and nothing else");
		throw Failure(Exit::usage, in_quotes(name) + " is not a setting of a device or a "
							     "host: only teardown_tmo is");
	}
	for (const auto &parameter : parameters())
		if (parameter.name == name)
			return parameter;
	throw Failure(Exit::usage, in_quotes(name) + " is not a setting: expected " +
					   join(parameter_names(), ", "));
}

// "seconds, off or default"
static std::string expected_of(const Parameter &parameter)
{
	auto expected = parameter.words;
	if (parameter.seconds)
		expected.insert(expected.begin(), "seconds");
	auto last = expected.back();
	expected.pop_back();
	return expected.empty() ? last : join(expected, ", ") + " or " + last;
}

Setting parse_setting(std::string_view text, Scope scope)
{
	auto equals = text.find('=');
	if (equals == text.npos)
		throw Failure(Exit::usage, in_quotes(text) + " is not NAME=VALUE");
	Setting setting{std::string(trim(text.substr(0, equals))),
			std::string(trim(text.substr(equals + 1)))};
	auto parameter = parameter_of(setting.name, scope);
	auto seconds = to_number<unsigned>(setting.value);
	bool is_word =
		has(parameter.words, setting.value) || has(parameter.synonyms, setting.value);
	if (is_word || (parameter.seconds && seconds && *seconds <= most_seconds))
		return setting;
	throw Failure(Exit::usage, fmt::format("{} takes {}, not {}", setting.name,
					       expected_of(parameter), in_quotes(setting.value)));
}

std::string value_for(const Setting &setting, const Transport &transport)
{
	if (setting.value != "auto")
		return setting.value;
	for (const auto *reason : {&transport.kind.unread(), &transport.timer_seconds.unread()})
		if (!reason->empty())
			throw Failure(Exit::cannot_tell,
				      *reason + ": which time \"auto\" is, is not known");
	if (!transport.timer_seconds)
		return transport.keeps_lost_paths ? std::to_string(longest) : "default";
	auto seconds = *transport.timer_seconds;
	return std::to_string(seconds >= longest ? longest : std::min(longest, seconds + margin));
}

} // namespace scl
