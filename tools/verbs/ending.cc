// SPDX-License-Identifier: GPL-2.0
#include "verbs/ending.hpp"

#include <fmt/core.h>

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
static Ending of_unsure(const Selection::Unsure &unsure)
{
	Ending ending;
	ending.name = unsure.name;
	ending.unsure = true;
	ending.note = unsure.why;
	ending.code = Exit::cannot_tell;
	return ending;
}

Exit tell_endings(const Context &context, const Sight &sight, std::deque<Removal> &removals,
		  bool need_outcome)
{
	std::vector<Ending> endings;
	auto code = Exit::done;
	follow(removals, context.deadline());
	for (const auto &name : sight.selection.gone)
		endings.push_back(gone_before(sight.machine, name, need_outcome));
	for (const auto &map : sight.selection.pathless)
		endings.push_back(lost_paths(sight.machine, map, need_outcome));
	for (const auto &unsure : sight.selection.unsure)
		endings.push_back(of_unsure(unsure));
	auto before = endings.size();
	for (const auto &removal : removals)
		endings.push_back(removal.ending());
	for (const auto &ending : endings)
		code = worse(code, ending.code);
	if (context.json)
		print(endings_json(endings, code));
	for (std::size_t i = 0; i < endings.size(); i++) {
		auto text = ending_text(endings[i], Paint(context.colour));
		if (i < before)
			note(context, text);
		else if (!context.json)
			print(text);
	}
	return code;
}

} // namespace scl
