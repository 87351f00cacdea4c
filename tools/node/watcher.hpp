// SPDX-License-Identifier: GPL-2.0
// Follows nodes as their records come, and hosts as udevd tells of their removals.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "node/node.hpp"
#include "print/event.hpp"
#include "source/root.hpp"

struct sd_event;
struct sd_device_monitor;

namespace scl {

// A node and its place in the loop.
struct Followed;

class Watcher {
public:
	using Tell = std::function<void(const Event &)>;
	// Whether all was read anew; it is called again after a while where it was not.
	using Lost = std::function<bool()>;

	// Hears from now on of each device that comes, and tells of it in run().
	Watcher(const std::string &root, Tell tell);
	~Watcher();
	Watcher(const Watcher &) = delete;
	Watcher &operator=(const Watcher &) = delete;

	// Of these devices alone, with their WWIDs, as sysfs or the module has them. What comes to
	// the address of one later is told where it has the same WWID, or where the one that was
	// named has none and was not seen yet. It is not waited for: the device that was named has
	// gone.
	void only(const std::map<Address, std::string> &devices);
	// Opens the device's node; its errno, or 0. One that is followed already is told once.
	int add(const Address &address);
	// Those whose node could not be opened.
	const std::set<Address> &unfollowed() const { return unfollowed_; }
	// Until SIGINT or SIGTERM, where they are not ignored, the deadline, or all devices that
	// were named are gone. Calls `lost` where udevd told more than could be kept: what was
	// not heard has to be read. Whether one that was named and is followed was left at the
	// deadline.
	bool run(std::optional<Time> deadline, const Lost &lost);
	// A sentence where udevd cannot be heard.
	const std::string &unseen() const { return unseen_; }

	// What the loop calls.
	void node_speaks(Followed &followed);
	void device_speaks(const char *subsystem, const char *action, const char *name,
			   const std::function<const char *(const char *)> &property);

private:
	bool wanted(const Address &address) const;
	// A device that was not there when the watcher began is late.
	int follow(const Address &address, bool is_late);
	bool is_theirs(const Address &address, bool is_first);
	// Of those that were named, whether one is followed still.
	bool any_left() const;
	void listen();
	// How many of udevd's events were dropped, ever.
	std::uint32_t dropped() const;

	Root root_;
	// What came could not be read, and may be one of those that were named.
	bool missed_ = false;
	std::map<Address, std::string> named_;
	std::set<Address> unfollowed_;
	// Where one came that may be the one that was named.
	std::set<Address> met_;
	Tell tell_;
	std::map<Node::Identity, std::unique_ptr<Followed>> nodes_;
	sd_event *loop_ = nullptr;
	sd_device_monitor *monitor_ = nullptr;
	std::uint32_t dropped_ = 0;
	bool runs_ = false;
	std::string unseen_;
};

} // namespace scl
