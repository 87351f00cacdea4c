// SPDX-License-Identifier: GPL-2.0
#include "source/gather.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fmt/core.h>
#include <map>
#include <poll.h>
#include <set>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "base/text.hpp"
#include "source/pattern.hpp"
#include "source/sources.hpp"

namespace scl {

// A file that hangs is passed over, so many of an area.
static constexpr int hanging_files = 3;

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
			 "sys/class/scsi_lifecycle/*:*/{holds,teardown_tmo}",
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
			{"sys/bus/scsi/devices/*:*:*:*/{state,vendor,model,type,wwid,timeout}",
			 "@sys/bus/scsi/devices/*:*:*:*", "@sys/bus/scsi/devices/target*",
			 "sys/bus/", "sys/bus/scsi/devices/*:*:*:*/block/",
			 "sys/bus/scsi/devices/target*/",
			 "sys/class/scsi_disk/*:*:*:*/cache_type"}};
	case Area::maps:
		return {"disks and maps",
			{"sys/class/block/*/dev", "@sys/class/block/*",
			 "sys/class/block/*/holders/",
			 "sys/class/block/dm-*/dm/{name,uuid,suspended}",
			 "sys/class/block/dm-*/slaves/", "proc/self/mountinfo", "proc/swaps"}};
	case Area::queues:
		return {"the queues of disks", {"sys/kernel/debug/block/{sd,sr}*/state"}};
	case Area::users:
		return {"what processes have open",
			{"#proc/[0-9]*/fd/*", "proc/[0-9]*/comm", "@proc/[0-9]*/ns/mnt",
			 "@proc/self/ns/pid",
			 "sys/bus/scsi/devices/*:*:*:*/{scsi_generic,bsg,scsi_tape}/*/dev",
			 "sys/bus/scsi/devices/*:*:*:*/scsi_changer/*/dev",
			 "sys/class/block/loop*/loop/backing_file", "sys/fs/btrfs/*/devices/"}};
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

namespace {

// What the child writes before each path and its data.
struct Head {
	Sink::Kind kind;
	std::uint32_t path, data;
};

bool write_all(int file, const void *data, std::size_t size)
{
	auto *bytes = static_cast<const char *>(data);
	while (size) {
		auto written = write(file, bytes, size);
		if (written < 0)
			return false;
		bytes += written;
		size -= static_cast<std::size_t>(written);
	}
	return true;
}

int read_all(int file, const std::string &root, const std::vector<std::string> &patterns,
	     const std::set<std::string> &skip)
{
	Sink sink{[file](Sink::Kind kind, const std::string &path, std::string_view data) {
		Head head{kind, static_cast<std::uint32_t>(path.size()),
			  static_cast<std::uint32_t>(data.size())};
		if (!write_all(file, &head, sizeof(head)) ||
		    !write_all(file, path.data(), path.size()) ||
		    !write_all(file, data.data(), data.size()))
			_exit(1);
	}};
	for (const auto &pattern : patterns)
		read_pattern(root, pattern, skip, sink);
	return 0;
}

// Enters what the child has written so far.
class Received {
public:
	explicit Received(Snapshot &snapshot) : snapshot_(snapshot) {}

	void add(const char *data, std::size_t size)
	{
		pending_.append(data, size);
		std::size_t at = 0;
		Head head;
		while (pending_.size() - at >= sizeof(head)) {
			pending_.copy(reinterpret_cast<char *>(&head), sizeof(head), at);
			auto whole = sizeof(head) + head.path + head.data;
			if (pending_.size() - at < whole)
				break;
			auto path = pending_.substr(at + sizeof(head), head.path);
			auto text = pending_.substr(at + sizeof(head) + head.path, head.data);
			enter(head.kind, path, text);
			at += whole;
		}
		pending_.erase(0, at);
	}

	// The path that is being read.
	const std::string &current() const { return current_; }

private:
	void enter(Sink::Kind kind, const std::string &path, const std::string &data)
	{
		switch (kind) {
		case Sink::Kind::begin: current_ = path; return;
		case Sink::Kind::text: return snapshot_.put_text(path, data);
		case Sink::Kind::link: return snapshot_.put_link(path, data);
		case Sink::Kind::error:
			return snapshot_.put_error(path, to_number<int>(data).value_or(EIO));
		case Sink::Kind::list:
			std::vector<std::string> names;
			for (auto name : split(data, '\0'))
				if (!name.empty())
					names.emplace_back(name);
			return snapshot_.put_list(path, std::move(names));
		}
	}

	Snapshot &snapshot_;
	std::string pending_, current_;
};

} // namespace

// Whether the child has written all by the deadline.
static bool receive(int file, Time deadline, Received &received)
{
	std::array<char, 65536> buffer;
	for (;;) {
		pollfd ready = {file, POLLIN, 0};
		int count = poll(&ready, 1, left_ms(deadline));
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		auto got = read(file, buffer.data(), buffer.size());
		if (got <= 0)
			return got == 0;
		received.add(buffer.data(), static_cast<std::size_t>(got));
	}
}

Snapshot gather(const std::string &root, const std::string &words,
		const std::vector<std::string> &patterns, Milliseconds time)
{
	Snapshot snapshot;
	std::set<std::string> skip;
	auto deadline = Clock::now() + time;
	for (int hung = 0; hung <= hanging_files; hung++) {
		int ends[2];
		if (pipe(ends) != 0)
			throw std::system_error(errno, std::generic_category(), "pipe");
		Child child([&] { return read_all(ends[1], root, patterns, skip); }, ends[1]);
		close(ends[1]);
		Received received(snapshot);
		bool all = receive(ends[0], deadline, received);
		close(ends[0]);
		if (all && child.wait(deadline) == 0)
			return snapshot;
		auto left =
			child.kill() ? "" : fmt::format("; process {} is left in it", child.pid());
		snapshot.put_unseen(fmt::format("{}: reading /{} did not end within {} ms{}", words,
						received.current(), time.count(), left));
		skip.insert(received.current());
		deadline = Clock::now() + time;
	}
	snapshot.put_unseen(fmt::format("{}: the rest was not read", words));
	return snapshot;
}

// A process of a mount namespace may end before its mounts are read: another is asked then.
static void gather_mounts(const std::string &root, const std::string &words, Snapshot &snapshot)
{
	std::map<std::string, std::vector<std::string>> spaces;
	for (const auto &[path, space] : snapshot.links())
		if (path.ends_with("/ns/mnt"))
			spaces[space].push_back(path.substr(0, path.size() - 6) + "mountinfo");
	for (std::size_t attempt = 0; attempt < 3; attempt++) {
		std::vector<std::string> patterns;
		for (const auto &[space, files] : spaces)
			if (attempt < files.size() &&
			    (attempt == 0 || !snapshot.has(files[attempt - 1])))
				patterns.push_back(files[attempt]);
		if (!patterns.empty())
			snapshot.merge(gather(root, words, patterns));
	}
}

Snapshot gather(const std::string &root, std::initializer_list<Area> areas)
{
	Snapshot snapshot;
	for (auto area : areas) {
		auto reads = reads_of(area);
		snapshot.merge(gather(root, reads.words, reads.patterns));
		if (area != Area::users)
			continue;
		gather_mounts(root, reads.words, snapshot);
		std::vector<std::string> patterns;
		for (const auto &path : sources_of(snapshot))
			if (path.find_first_of("*?[]{}\\") == path.npos)
				patterns.push_back("%" + path);
		snapshot.merge(gather(root, reads.words, patterns));
	}
	return snapshot;
}

// The state of a thread stands behind its name, which may have parentheses itself.
static bool waits_in_kernel(const std::string &stat)
{
	auto name = stat.rfind(')');
	return name != stat.npos && stat.compare(name, 3, ") D") == 0;
}

Snapshot gather_stuck(const std::string &root)
{
	auto threads = gather(root, "the threads", {"proc/[0-9]*/task/[0-9]*/stat", "proc/uptime"});
	Snapshot snapshot;
	snapshot.put_text("proc/uptime", threads.whole("proc/uptime"));
	for (const auto &sentence : threads.unseen())
		snapshot.put_unseen(sentence);
	std::vector<std::string> patterns;
	for (const auto &[path, stat] : threads.texts()) {
		if (!path.ends_with("/stat") || !waits_in_kernel(stat))
			continue;
		auto thread = path.substr(0, path.size() - 5);
		auto process = thread.substr(0, thread.find("/task/"));
		patterns.push_back(thread + "/{stack,comm}");
		patterns.push_back("@" + process + "/fd/*");
		snapshot.put_text(path, stat);
	}
	snapshot.merge(gather(root, "the threads that wait in the kernel", patterns));
	return snapshot;
}

} // namespace scl
