// SPDX-License-Identifier: GPL-2.0
#include "node/watcher.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fmt/core.h>
#include <limits>
#include <linux/sock_diag.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <systemd/sd-device.h>
#include <systemd/sd-event.h>
#include <utility>

#include "base/signals.hpp"
#include "model/name.hpp"
#include "source/gather.hpp"

namespace scl {

// For the events of many devices that come while the machine is read.
static constexpr std::size_t event_bytes = 16 << 20;
static constexpr std::chrono::seconds reads_again_after{1};
// Nothing else is heard meanwhile.
static constexpr Milliseconds new_device_time{1000};

struct Followed {
	Followed(Watcher &its_watcher, const std::string &root, const Address &its_address,
		 bool is_waited_for)
		: watcher(its_watcher), address(its_address), node(root, its_address),
		  waited_for(is_waited_for)
	{
	}
	~Followed() { sd_event_source_disable_unref(source); }

	Watcher &watcher;
	Address address;
	Node node;
	// It is one of those that were named, or there when the watcher began.
	bool waited_for;
	sd_event_source *source = nullptr;
};

static void check(int result, const char *what)
{
	if (result < 0)
		throw std::system_error(-result, std::generic_category(), what);
}

static int on_node(sd_event_source *, int, std::uint32_t, void *data)
{
	auto *followed = static_cast<Followed *>(data);
	followed->watcher.node_speaks(*followed);
	return 0;
}

static int on_device(sd_device_monitor *, sd_device *device, void *data)
{
	const char *subsystem = "", *name = "", *action = "";
	sd_device_get_subsystem(device, &subsystem);
	sd_device_get_sysname(device, &name);
	sd_device_get_property_value(device, "ACTION", &action);
	static_cast<Watcher *>(data)->device_speaks(
		subsystem, action, name, [device](const char *property) -> const char * {
			const char *value = nullptr;
			sd_device_get_property_value(device, property, &value);
			return value;
		});
	return 0;
}

Watcher::Watcher(const std::string &root, Tell tell) : root_(root), tell_(std::move(tell))
{
	check(sd_event_new(&loop_), "sd_event_new");
	// A test's tree has no udevd.
	if (root_.path.empty())
		listen();
}

Watcher::~Watcher()
{
	nodes_.clear();
	sd_device_monitor_unref(monitor_);
	sd_event_unref(loop_);
}

void Watcher::listen()
{
	int result = sd_device_monitor_new(&monitor_);
	// The last is of a host whose own removal is complete, and of older modules.
	for (const char *subsystem : {"scsi_lifecycle", "scsi_host", "scsi"})
		if (result >= 0)
			result = sd_device_monitor_filter_add_match_subsystem_devtype(
				monitor_, subsystem, nullptr);
	if (result >= 0)
		sd_device_monitor_set_receive_buffer_size(monitor_, event_bytes);
	if (result >= 0)
		result = sd_device_monitor_attach_event(monitor_, loop_);
	if (result >= 0)
		result = sd_device_monitor_start(monitor_, on_device, this);
	if (result < 0)
		unseen_ = fmt::format("udevd's events: {}", std::strerror(-result));
}

void Watcher::only(const std::map<Address, std::string> &devices)
{
	named_ = devices;
}

bool Watcher::wanted(const Address &address) const
{
	return named_.empty() || named_.contains(address);
}

// One that has no WWID is not known again, unless it is the first that is seen there.
bool Watcher::is_theirs(const Address &address, bool is_first)
{
	auto found = named_.find(address);
	if (found == named_.end())
		return named_.empty();
	const auto &named = found->second;
	if (named.empty())
		return is_first;
	auto file = "sys/bus/scsi/devices/" + to_text(address) + "/wwid";
	auto root = root_.anew(Clock::now() + new_device_time);
	auto snapshot = gather(root, "the new device", {file});
	root_.left = root.left;
	missed_ |= !snapshot.text(file).unread().empty();
	auto wwid = wwid_of_file(snapshot.text(file).text());
	return wwid == named || is_kept_wwid(wwid, named);
}

bool Watcher::any_left() const
{
	return std::any_of(nodes_.begin(), nodes_.end(),
			   [](const auto &each) { return each.second->waited_for; });
}

int Watcher::add(const Address &address)
{
	return follow(address, runs_);
}

int Watcher::follow(const Address &address, bool is_late)
{
	bool is_first = !is_late || (unfollowed_.contains(address) && !met_.contains(address));
	// Another may have come to the address of one that has no WWID.
	auto named = named_.find(address);
	bool is_it = !is_late || (is_first && (named == named_.end() || !named->second.empty()));
	auto followed = std::make_unique<Followed>(*this, root_.path, address, is_it);
	auto identity = followed->node.identity();
	if (followed->node.is_open() && nodes_.contains(identity))
		return 0;
	if (is_late && !is_theirs(address, is_first))
		return 0;
	if (!followed->node.is_open()) {
		if (is_first)
			unfollowed_.insert(address);
		return followed->node.error();
	}
	if (is_it)
		unfollowed_.erase(address);
	else
		met_.insert(address);
	int result = sd_event_add_io(loop_, &followed->source, followed->node.descriptor(), EPOLLIN,
				     on_node, followed.get());
	check(result, "sd_event_add_io");
	nodes_[identity] = std::move(followed);
	return 0;
}

void Watcher::node_speaks(Followed &followed)
{
	for (const auto &record : followed.node.read())
		tell_(event_of(followed.address, record));
	if (!followed.node.ended())
		return;
	nodes_.erase(followed.node.identity());
	if (!any_left() && !named_.empty())
		sd_event_exit(loop_, 0);
}

void Watcher::device_speaks(const char *subsystem, const char *action, const char *name,
			    const std::function<const char *(const char *)> &property)
{
	if (subsystem == std::string("scsi_lifecycle")) {
		auto address = parse_address(name);
		// The node of a device that was at the address before may be followed still: its
		// history is not over.
		if (action == std::string("add") && address && wanted(*address))
			follow(*address, true);
		return;
	}
	timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	auto ns = static_cast<unsigned long long>(now.tv_sec) * 1000000000ull +
		  static_cast<unsigned long long>(now.tv_nsec);
	if (auto event = event_of(property, ns); event && wanted(event->address))
		tell_(*event);
}

// sd-device is silent where the socket's buffer was full (ENOBUFS). The kernel counts.
std::uint32_t Watcher::dropped() const
{
	std::array<std::uint32_t, SK_MEMINFO_VARS> counts = {};
	socklen_t size = sizeof(counts);
	auto *source = monitor_ ? sd_device_monitor_get_event_source(monitor_) : nullptr;
	if (source)
		getsockopt(sd_event_source_get_io_fd(source), SOL_SOCKET, SO_MEMINFO, counts.data(),
			   &size);
	return counts[SK_MEMINFO_DROPS];
}

// As sd_event_run() takes it.
static std::uint64_t time_until(Time time)
{
	if (time == Time::max())
		return std::numeric_limits<std::uint64_t>::max();
	auto left = std::max(time - Clock::now(), Clock::duration::zero());
	return static_cast<std::uint64_t>(
		std::chrono::ceil<std::chrono::microseconds>(left).count());
}

bool Watcher::run(std::optional<Time> deadline, const Lost &lost)
{
	auto signals = not_ignored({SIGINT, SIGTERM});
	sigprocmask(SIG_BLOCK, &signals, nullptr);
	for (int signal : {SIGINT, SIGTERM}) {
		if (!sigismember(&signals, signal))
			continue;
		check(sd_event_add_signal(loop_, nullptr, signal, nullptr, nullptr),
		      "sd_event_add_signal");
	}
	if (deadline) {
		auto time = deadline->time_since_epoch();
		auto us = std::chrono::ceil<std::chrono::microseconds>(time).count();
		check(sd_event_add_time(loop_, nullptr, CLOCK_MONOTONIC,
					static_cast<std::uint64_t>(us), 1, nullptr, nullptr),
		      "sd_event_add_time");
	}
	if (!any_left() && !named_.empty())
		return false;
	runs_ = true;
	auto reads_again = Time::max();
	while (sd_event_get_state(loop_) != SD_EVENT_FINISHED) {
		if (std::exchange(missed_, false))
			reads_again = std::min(reads_again, Clock::now() + reads_again_after);
		check(sd_event_run(loop_, time_until(reads_again)), "sd_event_run");
		if (dropped() == dropped_ && Clock::now() < reads_again)
			continue;
		dropped_ = dropped();
		reads_again = lost() ? Time::max() : Clock::now() + reads_again_after;
	}
	return deadline && Clock::now() >= *deadline && !named_.empty() && any_left();
}

} // namespace scl
