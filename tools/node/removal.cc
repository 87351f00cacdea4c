// SPDX-License-Identifier: GPL-2.0
#include "node/removal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/core.h>
#include <poll.h>
#include <sys/wait.h>

#include "base/write.hpp"
#include "model/identity.hpp"
#include "model/name.hpp"
#include "source/gather.hpp"

namespace scl {

// How often sysfs is looked at where no descriptor tells.
static constexpr Milliseconds again{100};
// Two areas, with all that hangs in them.
static constexpr Milliseconds again_time{4000};

// The bus's link goes when the removal begins, the directory that it points to at its end.
static std::string directory_of(const std::string &root, const Snapshot &snapshot,
				const Address &address)
{
	const std::string bus = "sys/bus/scsi/devices/";
	auto name = to_text(address);
	auto place = snapshot.link(bus + name);
	if (!place) {
		auto target =
			fmt::format("target{}:{}:{}", address.host, address.channel, address.id);
		place = snapshot.link(bus + target).value_or(target) + "/" + name;
	}
	return std::filesystem::path(root + "/" + bus + *place).lexically_normal().string();
}

Removal::Removal(const std::string &root, const Snapshot &snapshot, const Device &device, Time seen)
	: root_(root), directory_(directory_of(root, snapshot, device.address)), device_(device),
	  node_(root, device.address), inode_(inode_of(directory_)), remover_(device.remover),
	  seen_(seen)
{
	ended_ = !node_.is_open() && directory_gone();
}

// The device's directory goes before its queue is destroyed, which may wait.
bool Removal::remover_writes() const
{
	if (remover_.empty())
		return false;
	std::error_code error;
	auto target = std::filesystem::read_symlink(root_ + "/" + remover_, error).string();
	return target.find("/" + to_text(device_.address) + "/delete") != target.npos;
}

void Removal::compare(const Device &now)
{
	replaced_ = is_another(device_, now);
	is_same_ = is_same(device_, now);
	ended_ |= replaced_;
	// Such a removal has taken the WWID from sysfs.
	bool is_it = has_same_number(device_, now) || (inode_ && inode_of(directory_) == inode_);
	goes_ = now.going() && is_it && !replaced_ && !is_same_;
}

void Removal::refuse(Exit code, const std::string &why)
{
	refused_ = code;
	refusal_ = why;
	ended_ = true;
}

void Removal::begin(Time deadline)
{
	if (replaced_)
		return;
	if (Clock::now() >= deadline)
		return refuse(Exit::timed_out, "its time was over; nothing was deleted");
	others_ = goes_ || (!inode_ && remover_writes());
	if (others_)
		return;
	if (!is_same_ && !directory_gone())
		return refuse(Exit::cannot_tell,
			      "whether it is still the same device was not seen; nothing was "
			      "deleted");
	started_ = Clock::now();
	// The status is an errno: the child's memory is not the parent's.
	child_.emplace([this] {
		take_name(left_name(directory_ + "/delete"));
		return write_in(directory_, inode_, "delete", "1");
	});
}

void Removal::read_node()
{
	for (const auto &record : node_.read()) {
		if (begins_removal(record) && !first_)
			first_ = record;
		if (is_gone(record))
			gone_ = record;
	}
	if (node_.ended())
		ended_ = true;
}

void Removal::read_child()
{
	if (!child_ || written_)
		return;
	auto status = child_->wait(Clock::now());
	if (!status)
		return;
	written_ = true;
	error_ = WIFEXITED(*status) ? WEXITSTATUS(*status) : EINTR;
	// The file goes, and the device is refused, when its removal begins: perhaps another's.
	others_ = error_ == ENOENT || error_ == ENODEV;
	if (others_)
		error_ = 0;
	if (error_)
		ended_ = true;
}

bool Removal::directory_gone() const
{
	return (!inode_ || inode_of(directory_) != inode_) && !remover_writes();
}

void Removal::look()
{
	if (ended_)
		return;
	read_child();
	if (node_.is_open())
		read_node();
	else if ((!child_ || written_) && directory_gone())
		ended_ = true;
	if (ended_)
		ended_at_ = Clock::now();
}

bool Removal::has_left_sysfs() const
{
	bool has_ended_itself = written_ && !others_;
	return ended_ && !node_.is_open() && !has_ended_itself && !error_ && !replaced_ &&
	       !refused_;
}

void Removal::go_on(const Device &now)
{
	compare(now);
	if (replaced_)
		return;
	ended_ = false;
	ended_at_.reset();
	remover_ = now.remover;
}

// As far as both are known.
static bool has_names_of(const Device &device, const Removed &removed)
{
	const auto &disk = device.known_disk();
	auto wwid = device.known_wwid().text();
	return (disk.empty() || removed.disk.empty() || disk == removed.disk) &&
	       (wwid.empty() || removed.wwid.empty() || wwid == removed.wwid ||
		is_kept_wwid(wwid, removed.wwid));
}

// A device whose number is not known is the one that ended at its address since it was seen. Where
// several did, it may be any of them.
void Removal::look_up(const std::vector<Removed> &removed)
{
	auto followed = std::chrono::duration_cast<Milliseconds>(Clock::now() - seen_);
	bool has_number = device_.guarded && device_.guarded->number;
	int found = 0;
	for (const auto &each : removed) {
		bool is_it = has_number
				     ? *device_.guarded->number == each.number
				     : each.ago && *each.ago <= static_cast<Ms>(followed.count()) &&
					       has_names_of(device_, each);
		if (each.address != device_.address || !is_it)
			continue;
		listed_ = each;
		found++;
	}
	is_one_of_several_ = found > 1;
	if (is_one_of_several_)
		listed_.reset();
}

std::vector<int> Removal::descriptors() const
{
	std::vector<int> found;
	if (node_.is_open())
		found.push_back(node_.descriptor());
	if (child_ && !written_)
		found.push_back(child_->descriptor());
	return found;
}

Exit code_of_flush(const std::string &flush)
{
	if (flush == "completed" || flush == "none")
		return Exit::done;
	return flush == "killed" ? Exit::flush_lost : Exit::flush_unknown;
}

Ending Removal::ending() const
{
	Ending ending;
	ending.name = to_text(device_.address);
	ending.address = device_.address;
	ending.disk = device_.known_disk();
	if (refused_) {
		ending.note = refusal_;
		ending.code = *refused_;
		return ending;
	}
	if (error_) {
		auto failure = failure_of(error_, "delete", Exit::timed_out);
		ending.note = failure.what();
		ending.code = failure.code;
		return ending;
	}
	if (!ended_) {
		if (child_ && !written_)
			ending.note = fmt::format("process {} waits in its delete", child_->pid());
		else if (others_)
			ending.note = "something else removes it";
		return ending;
	}
	ending.gone = true;
	if (replaced_) {
		ending.flush = "unknown";
		ending.note = "another device has its address now, and was left alone";
		ending.code = code_of_flush(ending.flush);
		return ending;
	}
	auto took =
		std::chrono::duration_cast<Milliseconds>(ended_at_.value_or(started_) - started_);
	ending.took = static_cast<Ms>(took.count());
	if (first_ && gone_ && gone_->time >= first_->time)
		ending.took = (gone_->time - first_->time) / 1000000;
	if (gone_) {
		ending.flush = flush_name(*gone_);
	} else if (listed_) {
		ending.flush = listed_->flush;
		ending.took = listed_->took ? listed_->took : ending.took;
	} else {
		ending.flush =
			device_.write_cache == false || !device_.flushes ? "none" : "unknown";
	}
	if (gone_ && gone_->flush == SCSI_LIFECYCLE_FLUSH_FAILED)
		ending.note = fmt::format("result 0x{:08x}, sense {:x}/{:02x}/{:02x}",
					  gone_->result, gone_->sense_key, gone_->asc, gone_->ascq);
	bool forbidden = node_.error() == EACCES || node_.error() == EPERM;
	if (!gone_ && !listed_)
		ending.note = forbidden ? "its node may not be opened"
			      : is_one_of_several_
				      ? "several at its address have ended since this was called"
				      : "the module did not see it";
	ending.code = code_of_flush(ending.flush);
	return ending;
}

// In a time of its own: that of the reading before may be used up.
Machine read_again(const Root &root)
{
	auto until = std::max(root.until, Clock::now() + again_time);
	return machine_of(gather(root.anew(until), {Area::guarded, Area::devices}));
}

std::deque<Removal> removals_of(const Root &root, const Snapshot &snapshot,
				const std::vector<const Device *> &devices, Time seen)
{
	std::deque<Removal> removals;
	for (const auto *device : devices)
		removals.emplace_back(root.path, snapshot, *device, seen);
	auto now = read_again(root);
	for (std::size_t i = 0; i < devices.size(); i++)
		if (const auto *device = now.device(devices[i]->address))
			removals[i].compare(*device);
	return removals;
}

void follow(std::deque<Removal> &removals, Time deadline)
{
	for (;;) {
		std::vector<pollfd> files;
		bool all = true, blind = false;
		for (auto &removal : removals) {
			removal.look();
			if (removal.ended())
				continue;
			all = false;
			auto descriptors = removal.descriptors();
			blind |= descriptors.empty();
			for (int descriptor : descriptors) {
				blind |= descriptor < 0;
				files.push_back({descriptor, POLLIN, 0});
			}
		}
		int left = left_ms(deadline);
		if (all || left == 0)
			return;
		if (blind)
			left = std::min(left, static_cast<int>(again.count()));
		poll(files.data(), files.size(), left);
	}
}

} // namespace scl
