// SPDX-License-Identifier: GPL-2.0
// Follows nodes as their records come, and hosts as udevd tells of their removals.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "print/event.hpp"

struct sd_event;
struct sd_device_monitor;

namespace scl {

// A node and its place in the loop.
struct Followed;

class Watcher {
public:
	using Tell = std::function<void(const Event &)>;

	// Of these devices; of all, those that come later too, where there are none.
	Watcher(const std::string &root, const std::vector<Address> &devices, Tell tell);
	~Watcher();
	Watcher(const Watcher &) = delete;
	Watcher &operator=(const Watcher &) = delete;

	// Opens the device's node; its errno, or 0.
	int add(const Address &address);
	// Until SIGINT, SIGTERM, the time is up, or all devices that were named are gone.
	void run(std::optional<double> seconds);
	// A sentence where udevd cannot be heard.
	const std::string &unseen() const { return unseen_; }

	// What the loop calls.
	void node_speaks(const Address &address);
	void device_speaks(const char *subsystem, const char *action, const char *name,
			   const std::function<const char *(const char *)> &property);

private:
	bool wanted(const Address &address) const;
	void listen();

	std::string root_;
	std::set<Address> named_;
	Tell tell_;
	std::map<Address, std::unique_ptr<Followed>> nodes_;
	sd_event *loop_ = nullptr;
	sd_device_monitor *monitor_ = nullptr;
	std::string unseen_;
};

} // namespace scl
