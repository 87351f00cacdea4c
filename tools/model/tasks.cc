// SPDX-License-Identifier: GPL-2.0
// Threads in uninterruptible sleep, and what each is about.
#include "model/machine.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <map>

#include "base/text.hpp"
#include "source/gather.hpp"

namespace scl {

// USER_HZ, what /proc counts in: the same on every architecture of Linux but alpha.
static constexpr Ms tick = 10;

// "[<0>] blk_execute_rq+0x1a/0x20": the name of the function. A line that is none is left out.
static std::optional<std::string> function_of(std::string_view line)
{
	auto fields = words(line);
	if (fields.size() < 2)
		return std::nullopt;
	auto name = fields[1].substr(0, fields[1].find('+'));
	return std::string(name);
}

// "kworker/u4:1+scsi_wq_7", "scsi_eh_7", "kworker/u4:0+iscsi_ctrl_7:3": the host's number stands
// behind the name, and of iSCSI the session's behind that.
static std::optional<unsigned> host_in(std::string_view comm)
{
	for (std::string_view name :
	     {"iscsi_ctrl_", "scsi_wq_", "fc_wq_", "fc_dl_", "scsi_eh_", "scsi_tmf_"}) {
		auto at = comm.find(name);
		if (at == comm.npos)
			continue;
		auto number = comm.substr(at + name.size());
		return to_number<unsigned>(number.substr(0, number.find(':')));
	}
	return std::nullopt;
}

// ".../target7:0:0/7:0:0:1/delete". The write takes the file away before it removes the device.
// A file of that name elsewhere is none of the kernel's.
static std::optional<Address> deleted_by(const Snapshot &snapshot, std::string_view file)
{
	constexpr std::string_view gone = " (deleted)";
	if (file.ends_with(gone))
		file.remove_suffix(gone.size());
	auto parts = split(file, '/');
	if (!file.starts_with("/sys/devices/") || parts.size() < 5 || parts.back() != "delete" ||
	    !parts[parts.size() - 3].starts_with("target"))
		return std::nullopt;
	auto name = std::string(parts[parts.size() - 2]);
	// While the device is on the bus, its directory is known: "../../../devices/...".
	auto place = snapshot.link("sys/bus/scsi/devices/" + name);
	auto below = place ? place->find("devices/") : std::string::npos;
	if (below != std::string::npos && file != "/sys/" + place->substr(below) + "/delete")
		return std::nullopt;
	return parse_address(name);
}

// Its file of that name may be of a namespace that has another /sys, or the write is over.
static bool is_elsewhere(const Task &task)
{
	return !task.stack.empty() &&
	       std::none_of(task.stack.begin(), task.stack.end(), [](const std::string &function) {
		       return function.starts_with("sdev_store_delete");
	       });
}

// "/sys/block/sdc/device/delete", as an argument or in a shell's program.
static std::set<std::string> disks_in(std::string_view command)
{
	constexpr std::string_view before = "/block/", behind = "/device/delete";
	std::set<std::string> disks;
	for (auto end = command.find(behind); end != command.npos;
	     end = command.find(behind, end + 1)) {
		auto path = command.substr(0, end);
		auto begin = path.rfind(before);
		auto disk = begin == path.npos ? "" : path.substr(begin + before.size());
		if (!disk.empty() && disk.find('/') == disk.npos)
			disks.emplace(disk);
	}
	return disks;
}

// The 22nd field of stat, 20 behind the name: when the process was started, in ticks since the
// machine was.
static std::optional<Ms> age_of(std::string_view stat, std::string_view uptime)
{
	auto fields = stat_fields(stat);
	auto point = uptime.find('.');
	if (fields.size() < 20 || point == uptime.npos)
		return std::nullopt;
	auto seconds = to_number<Ms>(uptime.substr(0, point));
	auto hundredths = to_number<Ms>(uptime.substr(point + 1, 2));
	auto started = to_number<Ms>(fields[19]);
	if (!started || !seconds || !hundredths)
		return std::nullopt;
	auto now = *seconds * 1000 + *hundredths * 10;
	if (*started > now / tick)
		return std::nullopt;
	return now - *started * tick;
}

// What may have threads that are not seen.
static void read_gaps(const Snapshot &snapshot, Machine &machine)
{
	if (!snapshot.has("proc"))
		machine.tasks.lacks("/proc was not read");
	for (const auto &[path, reason] : snapshot.failures())
		if (path.starts_with("proc/") &&
		    (path.ends_with("/task") || path.ends_with("/stat")))
			machine.tasks.lacks(reason);
	for (const auto &sentence : snapshot.unseen())
		if (sentence.starts_with(words_of_threads))
			machine.tasks.lacks(sentence);
}

static void read_stack(const Snapshot &snapshot, const std::string &thread, Task &task)
{
	auto text = snapshot.text(thread + "/stack");
	task.stack.lacks(text.unread());
	auto whole = text.text();
	for (auto line : lines(whole))
		if (auto function = function_of(line))
			task.stack.push_back(*function);
	// One that has ended has no stack, and that of one that runs meanwhile is empty: neither
	// hangs.
	if (task.stack.empty() && (text ? !text->empty() : snapshot.has(thread + "/comm")))
		task.stack.lacks(fmt::format("no stack of {} ({}) was read", printable(task.comm),
					     task.pid));
}

// Of several whose `delete` its process has open, as `tee` has, the thread may be done with some
// and not have begun with others: it is the one that is going, or it is not seen which.
static void find_deleted(Machine &machine, std::map<Address, std::string> open, Task &task)
{
	if (open.size() > 1) {
		auto host = open.begin()->first.host;
		if (std::all_of(open.begin(), open.end(),
				[&](const auto &each) { return each.first.host == host; }))
			task.host = host;
		std::erase_if(open, [&](const auto &each) {
			const auto *device = machine.device(each.first);
			return !device || !device->going();
		});
	}
	if (open.size() != 1)
		return;
	task.deletes = open.begin()->first;
	// Its directory goes before the queue is destroyed, which may wait.
	machine.enter(*task.deletes).remover = open.begin()->second;
}

void read_tasks(const Snapshot &snapshot, Machine &machine)
{
	read_gaps(snapshot, machine);
	auto uptime = snapshot.text("proc/uptime").value_or("");
	for (const auto &[path, stat] : snapshot.texts()) {
		auto parts = split(path, '/');
		if (parts.size() != 5 || parts[0] != "proc" || parts[2] != "task" ||
		    parts[4] != "stat")
			continue;
		auto thread = path.substr(0, path.rfind('/'));
		Task task;
		task.pid = to_number<unsigned>(parts[3]).value_or(0);
		task.comm = snapshot.text(thread + "/comm").value_or("");
		task.host = host_in(task.comm);
		task.age = age_of(stat, uptime);
		read_stack(snapshot, thread, task);
		machine.stacks_seen |= !task.stack.empty();
		std::map<Address, std::string> open;
		auto files = "proc/" + std::string(parts[1]) + "/fd/";
		for (auto link = snapshot.links().lower_bound(files);
		     link != snapshot.links().end() && link->first.starts_with(files); ++link)
			if (auto address = deleted_by(snapshot, link->second);
			    address && !is_elsewhere(task))
				open[*address] = link->first;
		if (open.size() == 1)
			task.wrote = disks_in(
				snapshot.whole("proc/" + std::string(parts[1]) + "/cmdline"));
		find_deleted(machine, std::move(open), task);
		machine.tasks.push_back(std::move(task));
	}
	std::sort(machine.tasks.begin(), machine.tasks.end(),
		  [](const Task &a, const Task &b) { return a.pid < b.pid; });
}

} // namespace scl
