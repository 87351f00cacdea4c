// SPDX-License-Identifier: GPL-2.0
#include "print/metrics.hpp"

#include "base/write.hpp"
#include "print/text.hpp"
#include "verbs/verb.hpp"

namespace scl {

Exit metrics(const Context &context, const std::string &file)
{
	auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded});
	auto text = metrics_text(sight.machine);
	if (file.empty())
		print(text);
	else
		replace_file(file, text);
	note(context, unseen_text(sight.machine));
	return Exit::done;
}

} // namespace scl
