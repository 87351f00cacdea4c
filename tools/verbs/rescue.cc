// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include "base/write.hpp"
#include "print/words.hpp"
#include "source/writing.hpp"

namespace scl {

// Removals that the module knows are bounded already.
static std::vector<const Device *> not_known(const Machine &machine)
{
	std::vector<const Device *> devices;
	for (const auto &device : machine.devices)
		if (device.half_removed && !device.guarded)
			devices.push_back(&device);
	return devices;
}

// debugfs has the file too, in older modules there alone.
static std::string file_of(const Context &context)
{
	auto path = context.root.path + "/sys/class/scsi_lifecycle/rescue";
	return access(path.c_str(), F_OK) == 0
		       ? path
		       : context.root.path + "/sys/kernel/debug/scsi_lifecycle/rescue";
}

Exit rescue(const Context &given, bool dry_run)
{
	auto context = given;
	auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded});
	need_module(sight.machine);
	auto hanging = not_known(sight.machine);
	bool is_whole = sight.machine.module.lists_all && sight.machine.devices.unread.empty();
	std::string out;
	for (const auto *device : hanging)
		out += fmt::format("{}: a removal that the module does not {}\n", name_of(*device),
				   is_whole ? "know" : "show, and may know");
	if (dry_run) {
		print(out);
		if (hanging.empty())
			need_whole(sight.machine.devices);
		else if (!is_whole)
			throw Failure(
				Exit::cannot_tell,
				"the module's list in debugfs was not read, or not all of sysfs");
		return hanging.empty() ? Exit::done : Exit::found;
	}
	auto file = file_of(context);
	run_writing(context.root, file, {"rescue", context.deadline(), [&] {
						 if (int error = write_now(file, "1"))
							 throw failure_of(error, "rescue",
									  Exit::needs_module);
					 }});
	context.look_anew();
	auto after = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded});
	for (const auto &device : after.machine.devices)
		if (device.guarded && device.guarded->going())
			out += fmt::format("{}: is being removed, and has its time\n",
					   name_of(device));
	return print_result(out, Exit::done);
}

} // namespace scl
