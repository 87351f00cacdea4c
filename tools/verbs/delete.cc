// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <fmt/core.h>

#include "base/text.hpp"
#include "diagnosis/risk.hpp"
#include "print/text.hpp"
#include "print/words.hpp"
#include "verbs/ending.hpp"

namespace scl {

// A slip of the pen shall not remove a host's disks.
static void refuse_hosts(const Context &context, const DeleteOptions &options)
{
	if (options.recursive)
		return;
	for (const auto &name : context.wanted.names)
		if (number_after("host", name))
			throw Failure(Exit::usage,
				      in_quotes(name) +
					      " is a host: say -r to delete all its devices");
}

// All are looked at before one is deleted.
static void refuse_users(const Sight &sight)
{
	std::vector<std::string> sentences;
	Uses uses(sight.snapshot);
	for (const auto *device : sight.devices())
		for (const auto &user : users_of(sight.machine, sight.snapshot, uses, *device))
			sentences.push_back(name_of(*device) + ": " + user);
	if (!sentences.empty())
		throw Failure(Exit::refused,
			      join(sentences, "; ") + "; nothing was deleted (--force)");
}

// A user that could not be seen may be there.
static void refuse_unseen(const Sight &sight)
{
	auto devices = sight.devices();
	auto sentences = unseen_users(sight.snapshot, devices);
	if (!sentences.empty() && !devices.empty())
		throw Failure(
			Exit::cannot_tell,
			join(sentences, "; ") +
				": the users of the device are not known; nothing was deleted "
				"(--force)");
}

Exit remove(const Context &context, const DeleteOptions &options, bool need_outcome)
{
	need_devices(context, "delete");
	refuse_hosts(context, options);
	auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded,
				   Area::maps, Area::users});
	if (!options.force) {
		refuse_users(sight);
		refuse_unseen(sight);
	}
	note(context, unseen_text(sight.machine));
	auto removals = removals_of(context.root, sight.snapshot, sight.devices(), context.begun);
	for (auto &removal : removals)
		removal.begin(context.deadline());
	return tell_endings(context, sight, removals, need_outcome);
}

} // namespace scl
