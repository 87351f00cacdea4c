// SPDX-License-Identifier: GPL-2.0
#include "source/gather.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <map>
#include <unistd.h>
#include <utility>

#include "base/text.hpp"
#include "source/reading.hpp"
#include "source/sources.hpp"

namespace scl {

static const std::string own_namespace = "proc/self/ns/pid";

struct Reads {
	const char *words;
	std::vector<std::string> patterns;
};

// The whole of what the tool reads of a machine, but for threads (below) and the names that a user
// gives. No pattern may fit `scan`, `rescan` or another file that takes scan_mutex.
static Reads reads_of(Area area)
{
	switch (area) {
	case Area::module:
		return {"the module",
			{"sys/module/scsi_lifecycle/{version,taint,refcnt,initstate}",
			 "sys/module/scsi_lifecycle/parameters/*", "sys/module/", "sys/kernel/",
			 "sys/kernel/livepatch/scsi_lifecycle_livepatch/{enabled,transition}",
			 "sys/class/scsi_lifecycle/{counters,removed}", "sys/kernel/debug/",
			 "sys/kernel/debug/scsi_lifecycle/counters", "sys/kernel/security/lockdown",
			 "proc/sys/kernel/{osrelease,hung_task_timeout_secs,hung_task_panic}",
			 "proc/modules"}};
	case Area::guarded:
		return {"the devices that the module knows",
			{"sys/class/scsi_lifecycle/*:*/"
			 "{number,state,blocked,since,deadline,waits_for}",
			 "sys/class/scsi_lifecycle/*:*/{holds,teardown_tmo,disk,wwid}",
			 "sys/kernel/debug/scsi_lifecycle/{devices,nodes}"}};
	case Area::hosts:
		return {"the SCSI hosts",
			{"sys/class/scsi_host/host*/{proc_name,state,host_busy}",
			 "sys/bus/scsi/devices/host*/teardown_tmo",
			 "sys/class/iscsi_session/session*/{state,recovery_tmo,targetname}",
			 "@sys/class/iscsi_session/session*",
			 "sys/class/fc_remote_ports/rport-*/{port_state,port_name}",
			 "sys/class/fc_remote_ports/rport-*/{fast_io_fail_tmo,dev_loss_tmo}",
			 "sys/class/srp_remote_ports/port-*/"
			 "{state,fast_io_fail_tmo,dev_loss_tmo}"}};
	case Area::devices:
		return {"the SCSI devices",
			{"sys/bus/scsi/devices/*:*:*:*/"
			 "{state,vendor,model,type,wwid,timeout,teardown_tmo}",
			 "@sys/bus/scsi/devices/*:*:*:*", "@sys/bus/scsi/devices/target*",
			 "sys/bus/", "sys/bus/scsi/devices/*:*:*:*/block/",
			 "sys/bus/scsi/devices/target*/",
			 "sys/class/scsi_disk/*:*:*:*/cache_type"}};
	case Area::maps:
		return {"disks and maps",
			{"sys/class/block/*/dev", "@sys/class/block/*",
			 "sys/class/block/*/holders/",
			 "sys/class/block/dm-*/dm/{name,uuid,suspended}",
			 "sys/class/block/dm-*/slaves/", "@sys/class/block/dm-*/slaves/*",
			 "proc/self/mountinfo", "proc/swaps"}};
	case Area::queues:
		return {"the queues of disks", {"sys/kernel/debug/block/{sd,sr}*/state"}};
	case Area::users:
		return {"what processes have open",
			{"#proc/[0-9]*/fd/*", "proc/[0-9]*/comm", "@proc/[0-9]*/{ns/mnt,root}",
			 "@" + own_namespace,
			 "sys/bus/scsi/devices/*:*:*:*/{scsi_generic,bsg,scsi_tape}/*/dev",
			 "sys/bus/scsi/devices/*:*:*:*/scsi_changer/*/dev",
			 "sys/class/block/loop*/loop/backing_file", "sys/fs/btrfs/*/devices/",
			 "sys/fs/{ext4,xfs,f2fs,nilfs2}/"}};
	}
	return {"", {}};
}

std::string words_of(Area area)
{
	return reads_of(area).words;
}

std::vector<std::string> patterns_of(Area area)
{
	return reads_of(area).patterns;
}

const Left &left_in(const Root &root)
{
	if (root.left)
		return *root.left;
	auto until = Clock::now() + area_time;
	auto read = [&](const std::vector<std::string> &patterns) {
		return read_area(root, "the processes", {}, until, patterns);
	};
	std::vector<std::string> patterns = {"@proc/self/exe"};
	auto snapshot = read({"proc/[0-9]*/comm"});
	for (const auto &[path, name] : snapshot.texts()) {
		auto process = path.substr(0, path.rfind('/'));
		if (may_be_left(std::string(trim(name))))
			patterns.insert(patterns.end(),
					{process + "/status", "@" + process + "/exe"});
	}
	if (patterns.size() > 1)
		snapshot.merge(read(patterns));
	root.left = left_of(snapshot, getuid());
	root.left_unseen = snapshot.unseen();
	return *root.left;
}

// An area's time begins when it is known what earlier calls hang in.
static Time end_of_area(const Root &root)
{
	left_in(root);
	return Clock::now() + area_time;
}

// Any number of files may be open: those have all the time of the verb but that of another area.
static Time end_of_users(const Root &root)
{
	return std::max(end_of_area(root), root.until - area_time);
}

static Snapshot gather(const Root &root, const std::string &words,
		       const std::vector<std::string> &patterns, Time until)
{
	auto snapshot = read_area(root, words, left_in(root), until, patterns);
	for (auto &sentence : std::exchange(root.left_unseen, {}))
		snapshot.put_unseen(std::move(sentence));
	return snapshot;
}

Snapshot gather(const Root &root, const std::string &words,
		const std::vector<std::string> &patterns)
{
	return gather(root, words, patterns, end_of_area(root));
}

// The option by which a /proc shows its reader no process that it may not trace (before Linux 5.8
// a number).
static std::string_view hiding_option(std::string_view mounts)
{
	for (auto line : lines(mounts)) {
		auto fields = words(line);
		if (fields.size() < 6 || fields[4] != "/proc" || line.find(" - proc ") == line.npos)
			continue;
		for (auto option : split(fields.back(), ','))
			for (const char *hides :
			     {"hidepid=invisible", "hidepid=ptraceable", "hidepid=2", "hidepid=4"})
				if (option == hides)
					return option;
	}
	return {};
}

// A reader that sees the first process sees all.
static void note_hidden(const Root &root, const std::string &words, Time until, Snapshot &snapshot)
{
	if (snapshot.has("proc/1/comm") || snapshot.has("proc/1/task/1/stat"))
		return;
	const std::string file = "proc/self/mountinfo";
	auto read = gather(root, words, {file}, until);
	if (int error = read.error(file); error && error != ENOENT)
		snapshot.put_unseen(fmt::format("{}: whether /proc hides those of other users ({})",
						words, std::strerror(error)));
	auto mounts = read.whole(file);
	auto option = hiding_option(mounts);
	if (!option.empty())
		snapshot.put_unseen(fmt::format("{}: /proc hides the processes of other users ({})",
						words, option));
}

// The number of the namespace that all processes of the machine are in, PROC_PID_INIT_INO.
static constexpr const char *all_processes = "pid:[4026531836]";

bool shows_one_namespace(const Snapshot &snapshot)
{
	auto space = snapshot.link(own_namespace);
	return space && *space != all_processes;
}

static void note_namespace(const std::string &words, Snapshot &snapshot)
{
	if (shows_one_namespace(snapshot))
		snapshot.put_unseen(words + ": those outside of this PID namespace");
}

// A mountinfo has the mounts below the root of its process alone (show_mountinfo() leaves out the
// others), so that it is read once for each root in each namespace. A process may end before that:
// another is asked then.
static void gather_mounts(const Root &root, const std::string &words, Snapshot &snapshot,
			  Time until)
{
	std::map<std::pair<std::string, std::string>, std::vector<std::string>> spaces;
	for (const auto &[path, space] : snapshot.links()) {
		if (!path.ends_with("/ns/mnt"))
			continue;
		auto process = path.substr(0, path.size() - 6);
		auto below = snapshot.link(process + "root").value_or("");
		spaces[{space, below}].push_back(process + "mountinfo");
	}
	for (std::size_t attempt = 0; attempt < 3; attempt++) {
		std::vector<std::string> patterns;
		for (const auto &[space, files] : spaces)
			if (attempt < files.size() &&
			    (attempt == 0 || !snapshot.has(files[attempt - 1])))
				patterns.push_back(files[attempt]);
		if (!patterns.empty())
			snapshot.merge(gather(root, words, patterns, until));
	}
}

// A removal that ends while the devices are read is in no list but this one, and in this one only
// when it is read after them.
static void gather_removed(const Root &root, Snapshot &snapshot)
{
	const std::string file = "sys/class/scsi_lifecycle/removed";
	if (!snapshot.has(file))
		return;
	auto later = gather(root, "the module's list of ended removals", {file}, end_of_area(root));
	if (!later.has(file))
		return;
	snapshot.drop_text(file);
	snapshot.merge(std::move(later));
}

Snapshot gather(const Root &root, std::initializer_list<Area> areas)
{
	Snapshot snapshot;
	for (auto area : areas) {
		auto reads = reads_of(area);
		auto until = area == Area::users ? end_of_users(root) : end_of_area(root);
		snapshot.merge(gather(root, reads.words, reads.patterns, until));
		if (area != Area::users)
			continue;
		note_hidden(root, reads.words, until, snapshot);
		gather_mounts(root, reads.words, snapshot, until);
		std::vector<std::string> patterns;
		for (const auto &path : sources_of(snapshot))
			if (path.find_first_of("*?[]{}\\") == path.npos)
				patterns.push_back("%" + path);
		snapshot.merge(gather(root, reads.words, patterns, until));
	}
	if (areas.size() > 1)
		gather_removed(root, snapshot);
	return snapshot;
}

static bool waits_in_kernel(const std::string &stat)
{
	auto fields = stat_fields(stat);
	return !fields.empty() && fields[0] == "D";
}

Snapshot gather_stuck(const Root &root)
{
	auto until = end_of_area(root);
	const std::string words = words_of_threads;
	auto snapshot =
		gather(root, words,
		       {"proc/[0-9]*/task/[0-9]*/stat", "proc/uptime", "@" + own_namespace}, until);
	note_hidden(root, words, until, snapshot);
	note_namespace(words, snapshot);
	std::vector<std::string> patterns, others, garbled;
	for (const auto &[path, stat] : snapshot.texts()) {
		if (!path.ends_with("/stat"))
			continue;
		if (stat_fields(stat).empty())
			garbled.push_back(path);
		if (!waits_in_kernel(stat)) {
			others.push_back(path);
			continue;
		}
		auto thread = path.substr(0, path.size() - 5);
		auto process = thread.substr(0, thread.find("/task/"));
		patterns.push_back(thread + "/{stack,comm}");
		patterns.push_back("@" + process + "/fd/*");
	}
	for (const auto &path : others)
		snapshot.drop_text(path);
	for (const auto &path : garbled)
		snapshot.put_error(path, EBADMSG);
	const std::string waiting = words + " that wait in the kernel";
	snapshot.merge(gather(root, waiting, patterns, until));
	// Of others it is not read: it may wait for a thread that waits for its memory.
	std::vector<std::string> commands;
	for (const auto &[path, target] : snapshot.links())
		if (auto file = path.find("/fd/");
		    file != path.npos && target.find("/delete") != target.npos)
			commands.push_back(path.substr(0, file) + "/cmdline");
	if (!commands.empty())
		snapshot.merge(gather(root, waiting, commands, until));
	return snapshot;
}

Snapshot gather_openers(const Root &root)
{
	auto words = words_of(Area::users);
	auto until = end_of_users(root);
	auto snapshot = gather(root, words,
			       {"sys/class/scsi_lifecycle/*:*/dev", "#proc/[0-9]*/fd/*",
				"proc/[0-9]*/comm", "@" + own_namespace},
			       until);
	note_hidden(root, words, until, snapshot);
	note_namespace(words, snapshot);
	// Where a directory can be listed, its links may be forbidden still.
	int why = 0;
	std::set<std::string> unread;
	auto failures = snapshot.failures();
	for (const auto &[path, sentence] : failures) {
		auto parts = split(path, '/');
		int error = snapshot.error(path);
		if (parts.size() > 2 && parts[2] == "fd" && error)
			why = error, unread.emplace(parts[1]);
	}
	if (!unread.empty())
		snapshot.put_unseen(
			fmt::format("{}: those of {} were not read: {}", words,
				    unread.size() == 1 ? "1 process"
						       : fmt::format("{} processes", unread.size()),
				    std::strerror(why)));
	return snapshot;
}

Snapshot gather_log(const Root &root)
{
	return gather(root, "the kernel's log", {"!dev/kmsg"});
}

} // namespace scl
