// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <algorithm>

#include "diagnosis/doctor.hpp"
#include "model/policy.hpp"
#include "print/json.hpp"
#include "print/text.hpp"

namespace scl {

Exit doctor(const Context &context)
{
	auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded});
	auto findings = examine(sight.machine, read_policy(context.root).failures);
	print(context.json ? doctor_json(findings, sight.machine)
			   : doctor_text(findings, Paint(context.colour)));
	note(context, unseen_text(sight.machine));
	auto has = [&](Finding::Level level) {
		return std::any_of(findings.begin(), findings.end(),
				   [&](const Finding &finding) { return finding.level == level; });
	};
	if (has(Finding::Level::wrong))
		return Exit::found;
	return has(Finding::Level::unread) ? Exit::cannot_tell : Exit::done;
}

} // namespace scl
