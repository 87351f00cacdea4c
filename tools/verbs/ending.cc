// SPDX-License-Identifier: GPL-2.0
#include "verbs/ending.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <poll.h>

#include "diagnosis/pending.hpp"
#include "print/json.hpp"
#include "print/text.hpp"
#include "print/words.hpp"

namespace scl {

// The module's list of ended removals may have it.
static Ending gone_before(const Machine &machine, const std::string &name, bool need_outcome)
{
	Ending ending;
	ending.name = name;
	ending.gone = true;
	ending.note = "it was not there";
	ending.flush = "unknown";
	if (const auto *removed = find_removed(machine, name)) {
		ending.address = removed->address;
		ending.disk = removed->disk;
		ending.flush = removed->flush;
		ending.took = removed->took;
		ending.note = removed->ago ? fmt::format("{} ago", duration(*removed->ago))
					   : "before this was called";
		if (const auto *doubt = doubt_of(machine, name, *removed)) {
			ending.address.reset();
			ending.took.reset();
			ending.flush = "unknown";
			ending.note = fmt::format("{} was removed later, and may have been it: its "
						  "names are not known",
						  to_text(doubt->address));
		}
	}
	ending.code = need_outcome ? code_of_flush(ending.flush) : Exit::done;
	return ending;
}

// By the map's WWID its last path may be there.
static Ending lost_paths(const Machine &machine, const Selection::Pathless &map, bool need_outcome)
{
	auto ending = gone_before(machine, map.wwid, need_outcome);
	ending.name = map.name;
	if (!ending.address)
		ending.note = "it has no paths";
	return ending;
}

// Not 0: what is not there may hang.
static Ending unsure_of(Ending ending, const std::string &why)
{
	ending.gone = false;
	ending.unsure = true;
	ending.flush.clear();
	ending.took.reset();
	ending.note = why;
	ending.code = Exit::cannot_tell;
	return ending;
}

static constexpr int looks_again_after = 100;

// Where the module lists no devices, threads tell: the directory of a device goes before its queue
// is destroyed, which may wait.
static Machine look_behind(const Context &context)
{
	auto until = std::max(context.deadline(), Clock::now() + Context::least_reading);
	auto root = context.root.anew(until);
	auto snapshot = gather(root, {Area::module, Area::guarded});
	if (auto machine = machine_of(snapshot); machine.module.lists_devices)
		return machine;
	snapshot.merge(gather_stuck(root));
	return machine_of(snapshot);
}

// By name, why it may be there still.
using Doubts = std::map<std::string, std::string>;

// Those that are there go on.
static Doubts doubts_of(const Context &context, std::deque<Removal> &removals)
{
	Doubts doubts;
	Selection selection;
	std::vector<Removal *> left;
	for (auto &removal : removals)
		if (removal.has_left_sysfs())
			left.push_back(&removal);
	if (left.empty())
		return doubts;
	auto machine = look_behind(context);
	for (auto *removal : left) {
		removal->look_up(machine.removed);
		if (const auto *device = machine.device(removal->address()))
			removal->go_on(*device);
		else
			selection.gone.push_back(to_text(removal->address()));
	}
	if (!machine.module.lists_devices)
		doubt(machine, selection);
	for (const auto &unsure : selection.unsure)
		doubts[unsure.name] = unsure.why;
	return doubts;
}

static bool all_ended(const std::deque<Removal> &removals)
{
	return std::all_of(removals.begin(), removals.end(),
			   [](const Removal &removal) { return removal.ended(); });
}

// Until it is known of all that they have ended, or the deadline.
static Doubts follow_behind_sysfs(const Context &context, std::deque<Removal> &removals)
{
	for (;;) {
		follow(removals, context.deadline());
		auto doubts = doubts_of(context, removals);
		auto left = left_ms(context.deadline());
		if ((doubts.empty() && all_ended(removals)) || left == 0)
			return doubts;
		poll(nullptr, 0, std::min(left, looks_again_after));
	}
}

Exit tell_endings(const Context &context, const Sight &sight, std::deque<Removal> &removals,
		  bool need_outcome)
{
	std::vector<Ending> endings;
	auto code = Exit::done;
	auto doubts = follow_behind_sysfs(context, removals);
	for (const auto &name : sight.selection.gone)
		endings.push_back(gone_before(sight.machine, name, need_outcome));
	for (const auto &map : sight.selection.pathless)
		endings.push_back(lost_paths(sight.machine, map, need_outcome));
	for (const auto &[name, why] : sight.selection.unsure) {
		endings.emplace_back().name = name;
		endings.back() = unsure_of(endings.back(), why);
	}
	auto before = endings.size();
	for (const auto &removal : removals) {
		endings.push_back(removal.ending());
		if (auto found = doubts.find(endings.back().name); found != doubts.end())
			endings.back() = unsure_of(endings.back(), found->second);
	}
	for (const auto &ending : endings)
		code = worse(code, ending.code);
	std::string out = context.json ? endings_json(endings, code) : "";
	for (std::size_t i = 0; i < endings.size(); i++) {
		auto text = ending_text(endings[i], Paint(context.colour));
		if (i < before)
			note(context, text);
		else if (!context.json)
			out += text;
	}
	return print_result(out, code);
}

} // namespace scl
