// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include "diagnosis/risk.hpp"
#include "print/json.hpp"
#include "print/text.hpp"

namespace scl {

Exit check(const Context &context)
{
	need_devices(context, "check");
	auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded,
				   Area::maps, Area::queues, Area::users});
	std::vector<Risk> risks;
	auto code = Exit::done;
	Uses uses(sight.snapshot);
	for (const auto *device : sight.devices()) {
		risks.push_back(risk_of(sight.machine, sight.snapshot, uses, *device));
		code = worse(code, risks.back().verdict);
	}
	tell_unread(sight.machine, unseen_users(sight.snapshot, sight.devices()));
	print(context.json ? check_json(risks, sight.machine)
			   : check_text(risks, Paint(context.colour)));
	note_absent(context, sight.selection);
	if (!sight.selection.gone.empty())
		code = worse(code, Exit::usage);
	if (!sight.selection.unsure.empty())
		code = worse(code, Exit::cannot_tell);
	note(context, unseen_text(sight.machine));
	return code;
}

} // namespace scl
