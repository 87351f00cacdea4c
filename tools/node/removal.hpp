// SPDX-License-Identifier: GPL-2.0
// The removal of one device, followed to its end: by its node, or, without the module, as far as
// sysfs shows it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "base/exit.hpp"
#include "model/machine.hpp"
#include "node/node.hpp"
#include "source/root.hpp"

namespace scl {

// Of an outcome as the module names it: a caller has to know whether the flush is lost.
Exit code_of_flush(const std::string &flush);

// What became of it.
struct Ending {
	std::string name; // as the user has named it, or H:C:T:L
	std::optional<Address> address;
	std::string disk;
	bool gone = false;
	// Whether it is gone is not known.
	bool unsure = false;
	std::string flush; // as the module names outcomes; "unknown" without it
	std::optional<Ms> took;
	// A sentence for what the outcome does not say.
	std::string note;
	Exit code = Exit::timed_out;
};

class Removal {
public:
	// Opens the node now: one that is opened later can miss the end. The device may have ended
	// since it was seen, which is when the reading of the snapshot began.
	Removal(const std::string &root, const Snapshot &snapshot, const Device &device,
		Time seen = Clock::now());

	// The device as it is after that. Another one at its address is not removed.
	void compare(const Device &now);

	// Begins it: writes the device's `delete`, in a child. Not one whose time is over, nor
	// that of a device which may be another one by now.
	void begin(Time deadline);

	// Reads what has come. Does not wait.
	void look();
	bool ended() const { return ended_; }
	// It ended by what sysfs shows alone: its queue may be waited for still.
	bool has_left_sysfs() const;
	// It has not: the device is there by what else shows it.
	void go_on(const Device &now);
	// What the module has listed of those that ended: the node may go before it is open.
	void look_up(const std::vector<Removed> &removed);
	const Address &address() const { return device_.address; }
	// To be waited for, with poll(2); what has no descriptor is to be looked at again soon.
	std::vector<int> descriptors() const;
	bool is_followed() const { return node_.is_open(); }
	int node_error() const { return node_.error(); }
	// As far as it has come.
	Ending ending() const;

private:
	void read_node();
	void read_child();
	bool directory_gone() const;
	bool remover_writes() const;
	void refuse(Exit code, const std::string &why);

	std::string root_, directory_;
	const Device &device_;
	Node node_;
	std::optional<Child> child_;
	std::optional<ino_t> inode_;
	std::string remover_;
	std::optional<Record> first_, gone_;
	std::optional<Removed> listed_;
	// Of what the module has listed, more than one may be it.
	bool is_one_of_several_ = false;
	Time started_ = Clock::now(), seen_;
	std::optional<Time> ended_at_;
	bool ended_ = false, written_ = false;
	// Something else has begun it; another device is at its address.
	bool others_ = false, replaced_ = false;
	bool is_same_ = false;
	// Something else has begun its removal since the first reading.
	bool goes_ = false;
	std::optional<Exit> refused_;
	std::string refusal_;
	int error_ = 0;
};

// The devices as they are by now.
Machine read_again(const Root &root);

// Of each of these devices of the snapshot, compared with what is there once the nodes are open.
std::deque<Removal> removals_of(const Root &root, const Snapshot &snapshot,
				const std::vector<const Device *> &devices,
				Time seen = Clock::now());

// Until all have ended, or the deadline.
void follow(std::deque<Removal> &removals, Time deadline);

} // namespace scl
