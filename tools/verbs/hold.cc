// SPDX-License-Identifier: GPL-2.0
// The nodes' ioctls: a hold, and the end of a teardown.
#include "verbs/verb.hpp"

#include <cerrno>
#include <csignal>
#include <deque>
#include <fmt/core.h>
#include <functional>
#include <sys/wait.h>

#include "base/output.hpp"
#include "model/identity.hpp"
#include "print/words.hpp"
#include "verbs/held.hpp"
#include "verbs/same.hpp"

namespace scl {

static Failure refused(const Device &device, const char *verb, int error)
{
	auto what = fmt::format("{} {}", verb, name_of(device));
	if (error == ENOTTY)
		return Failure(Exit::needs_module,
			       what + ": the module or this program is too old");
	return failure_of(error, what, Exit::refused);
}

// The devices once more, read when the first of them is refused.
class Again {
public:
	Again(const Context &context, const std::vector<const Device *> &devices)
		: context_(context)
	{
		context_.wanted = {};
		for (const auto *device : devices)
			context_.wanted.names.push_back(to_text(device->address));
	}

	const Sight &sight()
	{
		if (!sight_) {
			context_.look_anew();
			sight_ = see(context_, {Area::module, Area::devices, Area::guarded});
		}
		return *sight_;
	}

private:
	Context context_;
	std::optional<Sight> sight_;
};

// Its node is not there, or takes neither a hold nor an end: it may be there all the same.
static Failure refused_here(Again &again, const Device &device, const char *verb, int error)
{
	if (error != ENOENT && error != ENODEV && error != ENXIO)
		return refused(device, verb, error);
	const auto &now = again.sight();
	const auto *found = now.machine.device(device.address);
	auto what = fmt::format("{} {}: ", verb, name_of(device));
	for (const auto &unsure : now.selection.unsure)
		if (!found && unsure.name == to_text(device.address))
			return Failure(Exit::cannot_tell, what + unsure.why);
	if (!found || is_another(device, *found) || has_just_ended(*found))
		return Failure(Exit::flush_unknown, what + "it is gone");
	const char *why = error == ENODEV  ? "its time is up already, and it is still there"
			  : found->going() ? "it has no node: its removal had left sysfs when the "
					     "module was loaded"
					   : "it is there, and has no node";
	return Failure(Exit::refused, what + why);
}

static std::deque<Node> open_nodes(const Context &context, const Sight &sight, const char *verb)
{
	need_devices(context, verb);
	need_module(sight.machine);
	for (const auto &name : sight.selection.gone)
		throw Failure(Exit::flush_unknown, fmt::format("{} {}: it is gone", verb, name));
	for (const auto &map : sight.selection.pathless)
		throw Failure(Exit::flush_unknown,
			      fmt::format("{} {}: its paths are gone", verb, map.name));
	for (const auto &unsure : sight.selection.unsure)
		throw Failure(Exit::cannot_tell,
			      fmt::format("{} {}: {}", verb, unsure.name, unsure.why));
	std::deque<Node> nodes;
	for (const auto *device : sight.devices()) {
		const auto &node = nodes.emplace_back(context.root.path, device->address);
		if (Again again(context, {device}); !node.is_open())
			throw refused_here(again, *device, verb, node.error());
	}
	need_same(context, sight.devices(), verb);
	return nodes;
}

Exit hold(const Context &context, const std::vector<std::string> &command)
{
	auto sight =
		see(context, {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	auto nodes = open_nodes(context, sight, "hold");
	auto devices = sight.devices();
	Again again(context, devices);
	for (std::size_t i = 0; i < nodes.size(); i++)
		if (int error = nodes[i].hold())
			throw error == EACCES
				? Failure(Exit::refused, fmt::format("hold {}: forbidden, hold_max "
								     "may be 0",
								     name_of(*devices[i])))
				: refused_here(again, *devices[i], "hold", error);
	if (!command.empty())
		return run_held(context, devices, nodes, command);
	for (const auto *device : devices)
		note(context, name_of(*device) + ": held\n");
	return keep_held(context, devices, nodes);
}

// What the end of its time does not end.
static std::string left_of(const Device &device)
{
	if (!device.guarded || !device.guarded->waits_for.unread().empty())
		return "for what was not read";
	auto waits_for = device.guarded->waits_for.text();
	if (waits_for == "path")
		return "no longer";
	if (waits_for == "lld")
		return "for its driver alone, and what that has is asked back";
	if (waits_for == "error_handling")
		return fmt::format("for the error handling of host{} alone", device.address.host);
	if (parse_address(waits_for))
		return fmt::format("for {} alone", waits_for);
	return "for nothing that the module knows of";
}

// In a child: the kernel takes the device's state_mutex, and may wait for that.
static void begin_end(const Context &context, const Device &device, Node &node,
		      std::optional<Child> &child)
{
	auto what = "end " + name_of(device);
	auto name = left_name(context.root.path + "/dev/scsi_lifecycle/" + to_text(device.address));
	const auto &left = left_in(context.root);
	if (auto found = left.find(name); found != left.end())
		throw Failure(Exit::timed_out,
			      fmt::format("{}: process {} of an earlier call hangs in it", what,
					  found->second));
	if (Clock::now() >= context.deadline())
		throw Failure(Exit::timed_out, what + ": its time was over; it was not ended");
	// The status is an errno.
	child.emplace(
		[name, &node] {
			take_name(name);
			return node.end();
		},
		node.descriptor());
}

// What dies of SIGKILL dies within this time.
static constexpr Milliseconds dies_within{100};

// Of all at once: the deadline is theirs together.
static void wait_for_ends(const Context &context, std::deque<std::optional<Child>> &children)
{
	for (auto &child : children)
		if (child && !child->wait(context.deadline()))
			::kill(child->pid(), SIGKILL);
	auto until = Clock::now() + dies_within;
	for (auto &child : children)
		if (child)
			child->wait(until);
}

// Returns an errno.
static int result_of(const Device &device, Child &child)
{
	auto what = "end " + name_of(device);
	auto status = child.wait(Clock::now());
	if (!status)
		throw Failure(
			Exit::timed_out,
			fmt::format("{} has not ended in time, and may end it yet: process {} is "
				    "left in it",
				    what, child.pid()));
	if (WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL)
		throw Failure(Exit::timed_out,
			      what + " has not ended in time: whether it was ended is not known");
	if (!WIFEXITED(*status))
		throw Failure(Exit::cannot_tell, what + " was cut off");
	return WEXITSTATUS(*status);
}

// Runs it for each of the devices; the worst code.
static Exit for_each(const std::vector<const Device *> &devices,
		     const std::function<void(std::size_t)> &work)
{
	auto code = Exit::done;
	for (std::size_t i = 0; i < devices.size(); i++) {
		try {
			work(i);
		} catch (const Failure &failure) {
			complain(failure.what());
			code = worse(code, failure.code);
		} catch (const std::exception &error) {
			complain(fmt::format("end {}: {}", name_of(*devices[i]), error.what()));
			code = worse(code, Exit::cannot_tell);
		}
	}
	return code;
}

// What was ended is told, also where others were not.
Exit end(const Context &context)
{
	auto sight =
		see(context, {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	auto nodes = open_nodes(context, sight, "end");
	auto devices = sight.devices();
	for (const auto *device : devices)
		if (device->guarded && !device->guarded->going())
			throw Failure(Exit::refused, fmt::format("end {}: it is not being removed",
								 name_of(*device)));
	// All at once: none takes the time of the others.
	std::deque<std::optional<Child>> children(nodes.size());
	auto code = for_each(devices, [&](std::size_t i) {
		begin_end(context, *devices[i], nodes[i], children[i]);
	});
	wait_for_ends(context, children);
	std::string out;
	// What was refused is read when all have answered.
	Again again(context, devices);
	auto finish = [&](std::size_t i) {
		if (!children[i])
			return;
		if (int error = result_of(*devices[i], *children[i]))
			throw refused_here(again, *devices[i], "end", error);
		out += fmt::format("{}: its removal waits {}\n", name_of(*devices[i]),
				   left_of(*devices[i]));
	};
	code = worse(code, for_each(devices, finish));
	return print_result(out, code);
}

} // namespace scl
