// SPDX-License-Identifier: GPL-2.0
#include "print/metrics.hpp"

#include <system_error>

#include "base/text.hpp"
#include "base/write.hpp"
#include "print/text.hpp"
#include "source/writing.hpp"
#include "verbs/verb.hpp"

namespace scl {

static void replace(const Context &context, const std::string &file, const std::string &text)
{
	auto temporary = temporary_name(file);
	run_writing(context.root, file,
		    {in_quotes(file),
		     context.deadline(),
		     [&] { replace_file(file, text, temporary); },
		     {temporary}});
}

// A file that stays as it was is told from one that lacks a value.
static void replace_or_fail(const Context &context, const std::string &file,
			    const std::string &text)
{
	try {
		replace(context, file, text);
	} catch (const Failure &failure) {
		if (failure.code != Exit::cannot_tell)
			throw;
		throw Failure(Exit::timed_out, failure.what());
	} catch (const std::system_error &error) {
		throw Failure(Exit::timed_out, error.what());
	}
}

Exit metrics(const Context &context, const std::string &file)
{
	auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded});
	auto [text, unread] = metrics_of(sight.machine);
	tell_unread(sight.machine, unread);
	note(context, unseen_text(sight.machine));
	if (file.empty())
		print(text);
	else if (sight.machine.devices_seen || sight.machine.module.loaded.has_value())
		replace_or_fail(context, file, text);
	else
		throw Failure(Exit::cannot_tell,
			      "sysfs could not be read: " + in_quotes(file) + " is as it was");
	return unread.empty() ? Exit::done : Exit::cannot_tell;
}

} // namespace scl
