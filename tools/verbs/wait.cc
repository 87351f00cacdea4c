// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include "print/text.hpp"
#include "verbs/ending.hpp"

namespace scl {

Exit wait(const Context &context, bool need_outcome)
{
	need_devices(context, "wait");
	auto sight =
		see(context, {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	note(context, unseen_text(sight.machine));
	auto removals = removals_of(context.root, sight.snapshot, sight.devices(), context.begun);
	return tell_endings(context, sight, removals, need_outcome);
}

} // namespace scl
