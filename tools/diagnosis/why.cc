// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/why.hpp"

#include <algorithm>

#include "print/words.hpp"

namespace scl {

namespace {

class Diagnoser {
public:
	Diagnoser(const Machine &machine, const std::vector<Address> &devices)
		: machine_(machine), devices_(devices)
	{
	}

	Diagnosis run()
	{
		sort_tasks();
		for (const auto &device : machine_.devices)
			if (device.guarded && device.guarded->going() && wanted(device.address))
				cases().push_back(
					guarded_case(machine_, device, culprit_of(device)));
		// Error handling is what others wait for: these come first.
		for (bool recovery : {false, true})
			for (const auto *task : culprits_)
				if (!explained(task) &&
				    recovery == (wait_of(*task) == Wait::recovery))
					found(*task);
		for (const auto &device : machine_.devices)
			if (device.half_removed && wanted(device.address) &&
			    !explained(device.address))
				cases().push_back(half_removed_case(machine_, device));
		for (const auto &map : machine_.maps)
			if (map.suspended && wanted(map))
				cases().push_back(suspended_case(map));
		for (const auto *task : victims_)
			put_behind(task);
		for (auto &c : cases())
			say_hung_task(c);
		gaps();
		return std::move(diagnosis_);
	}

private:
	std::vector<Case> &cases() { return diagnosis_.cases; }

	bool wanted(const Address &address) const
	{
		return devices_.empty() ||
		       std::find(devices_.begin(), devices_.end(), address) != devices_.end();
	}

	bool wanted(const Device *device) const
	{
		return device ? wanted(device->address) : devices_.empty();
	}

	// A device that is named stands for the maps above it.
	bool wanted(const Map &map) const
	{
		return devices_.empty() ||
		       std::any_of(devices_.begin(), devices_.end(), [&](const Address &address) {
			       const auto *device = machine_.device(address);
			       auto maps = device && !device->disk.empty()
						   ? machine_.above(device->disk)
						   : std::vector<const Map *>();
			       return std::find(maps.begin(), maps.end(), &map) != maps.end();
		       });
	}

	void sort_tasks()
	{
		for (const auto &task : machine_.tasks) {
			auto wait = wait_of(task);
			if (wait == Wait::behind)
				victims_.push_back(&task);
			else if (wait != Wait::none)
				culprits_.push_back(&task);
		}
	}

	// Of a removal that the module lists, it says more than a stack.
	bool is_listed(const Task &task) const
	{
		const auto *device = task.deletes ? machine_.device(*task.deletes) : nullptr;
		return device && device->guarded;
	}

	void gaps()
	{
		List<Case> gaps;
		for (const auto *list :
		     {&machine_.devices.unread, &machine_.tasks.unread, &machine_.maps.unread})
			for (const auto &reason : *list)
				gaps.lacks(reason);
		for (const auto &device : machine_.devices)
			if (device.guarded && wanted(device.address))
				gaps.lacks(device.guarded->state.unread());
		for (const auto &task : machine_.tasks)
			if (!is_listed(task))
				gaps.lacks(gap_of(task));
		diagnosis_.unread = gaps.unread;
	}

	// A wait for error handling has one reason, however many devices wait.
	void found(const Task &task)
	{
		auto *device = device_of(task);
		bool known = false;
		for (auto &c : cases()) {
			if (wait_of(task) != Wait::recovery || c.waits_for != "error_handling" ||
			    !c.device || c.device->host != task.host)
				continue;
			c.say("stack", name_of(task) + ": " + chain_of(task));
			known = true;
		}
		if (!known && wanted(device))
			cases().push_back(case_of(task, device));
	}

	Case case_of(const Task &task, const Device *device) const
	{
		if (is_reboot(task))
			return reboot_case(machine_, task, device);
		return is_suspend(task) ? suspend_case(machine_, task, device)
					: stock_case(machine_, task, device);
	}

	bool explained(const Task *task) const
	{
		return std::any_of(diagnosis_.cases.begin(), diagnosis_.cases.end(),
				   [&](const Case &c) { return c.culprit == task; });
	}

	bool explained(const Address &address) const
	{
		return std::any_of(diagnosis_.cases.begin(), diagnosis_.cases.end(),
				   [&](const Case &c) { return c.device == address; });
	}

	// The device that a culprit removes: the one whose `delete` it writes, or the only one of
	// its host, or of the machine, that is under removal. A reboot and a suspend remove none,
	// and wait for one that is stopped.
	const Device *device_of(const Task &task) const
	{
		if (task.deletes)
			return machine_.device(*task.deletes);
		const Device *only = nullptr;
		for (const auto &device : machine_.devices) {
			bool removes = !is_reboot(task) && !is_suspend(task);
			bool fits = removes ? device.going() : device.stopped() && !device.going();
			if (!fits || (task.host && device.address.host != *task.host))
				continue;
			if (only)
				return nullptr;
			only = &device;
		}
		return only;
	}

	const Task *culprit_of(const Device &device) const
	{
		for (const auto *task : culprits_)
			if (device_of(*task) == &device && wait_of(*task) != Wait::recovery)
				return task;
		return nullptr;
	}

	// A victim belongs to the case of its host; where there is one case, to that.
	void put_behind(const Task *task)
	{
		Case *owner = nullptr;
		auto host = task->deletes ? std::optional(task->deletes->host) : task->host;
		for (auto &c : cases())
			if (host && c.device && c.device->host == *host)
				owner = &c;
		if (!host && cases().size() == 1)
			owner = &cases().front();
		if (owner)
			owner->behind.push_back(task);
		else if (devices_.empty())
			diagnosis_.behind.push_back(task);
	}

	// blk_execute_rq() sleeps in slices that the kernel's report of hung tasks does not count.
	// A flush that waits for a tag or to enter the queue has not come there.
	void say_hung_task(Case &c) const
	{
		const auto *task = c.culprit;
		if (machine_.module.loaded != false || c.behind.empty() || !task ||
		    !machine_.hung_task_seconds.value_or(0))
			return;
		if (sleeps_in_slices(*task) && !is_reboot(*task) && !is_suspend(*task))
			c.say("hung_task", "the kernel's hung-task report names the tasks that "
					   "wait behind this, not the removal itself");
	}

	const Machine &machine_;
	const std::vector<Address> &devices_;
	std::vector<const Task *> culprits_, victims_;
	Diagnosis diagnosis_;
};

} // namespace

std::string gap_of(const Task &task)
{
	return task.stack.unread.empty() ? "" : task.stack.unread.front();
}

Diagnosis diagnose(const Machine &machine, const std::vector<Address> &devices)
{
	return Diagnoser(machine, devices).run();
}

} // namespace scl
