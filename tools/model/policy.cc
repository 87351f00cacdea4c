// SPDX-License-Identifier: GPL-2.0
#include "model/policy.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>

#include "base/exit.hpp"
#include "base/text.hpp"
#include "source/gather.hpp"

namespace scl {

static constexpr std::array keys = {"vendor", "model", "transport", "driver", "wwid"};

namespace {

class Parser {
public:
	explicit Parser(const std::string &file) : file_(file) {}

	void line(std::string_view text)
	{
		number_++;
		text = trim(text);
		if (text.empty() || text[0] == '#')
			return;
		if (text[0] == '[')
			return section(text);
		if (!open_)
			fail(in_quotes(text) + " stands before the first [device]");
		auto equals = text.find('=');
		if (equals == text.npos)
			fail(in_quotes(text) + " is not KEY = VALUE");
		entry(std::string(trim(text.substr(0, equals))),
		      std::string(trim(text.substr(equals + 1))));
	}

	std::vector<Rule> end()
	{
		close();
		return std::move(rules_);
	}

private:
	[[noreturn]] void fail(const std::string &what) const
	{
		throw Failure(Exit::usage,
			      fmt::format("{}, line {}: {}", printable(file_), number_, what));
	}

	void section(std::string_view text)
	{
		if (text != "[device]")
			fail(in_quotes(text) + " is not [device]");
		close();
		open_ = true;
		rule_ = {};
	}

	void entry(const std::string &key, const std::string &value)
	{
		if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
			if (value.empty())
				fail(in_quotes(key) + " has no value");
			return rule_.patterns.emplace_back(key, value), void();
		}
		if (!rule_.setting.name.empty() && rule_.setting.name == key)
			fail(in_quotes(key) + " stands twice in this section");
		try {
			rule_.setting = parse_setting(key + "=" + value, Scope::device);
		} catch (const Failure &failure) {
			fail(failure.what());
		}
	}

	void close()
	{
		if (open_ && rule_.setting.name.empty())
			fail("the section that ends here has no teardown_tmo");
		if (open_)
			rules_.push_back(rule_);
		open_ = false;
	}

	const std::string &file_;
	unsigned number_ = 0;
	bool open_ = false;
	Rule rule_;
	std::vector<Rule> rules_;
};

} // namespace

std::vector<Rule> parse_policy(const std::string &file, const std::string &text)
{
	Parser parser(file);
	for (auto line : lines(text))
		parser.line(line);
	return parser.end();
}

static const Value<std::string> &field(const Device &device, const std::string &key)
{
	if (key == "vendor")
		return device.vendor;
	if (key == "model")
		return device.model;
	if (key == "transport")
		return device.transport.kind;
	if (key == "driver")
		return device.driver;
	return device.wwid;
}

// A field that was not read decides where all others fit.
static bool fits(const Rule &rule, const Device &device)
{
	std::string unread;
	for (const auto &[key, pattern] : rule.patterns) {
		const auto &value = field(device, key);
		if (!value.unread().empty())
			unread = value.unread();
		else if (!fits(pattern, value.text()))
			return false;
	}
	if (!unread.empty())
		throw Failure(Exit::cannot_tell,
			      unread + ": which section of the policy fits is not known");
	return true;
}

const Rule *rule_for(const std::vector<Rule> &rules, const Device &device)
{
	auto found = std::find_if(rules.rbegin(), rules.rend(),
				  [&](const Rule &rule) { return fits(rule, device); });
	return found == rules.rend() ? nullptr : &*found;
}

Policy read_policy(const Root &root)
{
	const std::string directory = policy_directory;
	auto snapshot = gather(root, "the policy", {directory + "/*.conf"});
	Policy policy;
	auto fail = [&](const std::string &path) {
		policy.rules.clear();
		int error = snapshot.error(path);
		policy.failures.push_back(
			error ? failure_of(error, "/" + printable(path), Exit::cannot_tell)
			      : Failure(Exit::cannot_tell,
					fmt::format("/{}: it could not be read", printable(path))));
	};
	if (!snapshot.unread_list(directory).empty())
		fail(directory);
	for (const auto &name : snapshot.list(directory)) {
		auto path = directory + "/" + name;
		if (!name.ends_with(".conf"))
			continue;
		if (!snapshot.has(path)) {
			fail(path);
			continue;
		}
		try {
			auto more = parse_policy("/" + path, snapshot.whole(path));
			policy.rules.insert(policy.rules.end(), more.begin(), more.end());
		} catch (const Failure &failure) {
			policy.failures.push_back(failure);
		}
	}
	return policy;
}

} // namespace scl
