// SPDX-License-Identifier: GPL-2.0
// The machine, as far as a snapshot shows it. Times are milliseconds, and null where not known.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "source/snapshot.hpp"
#include "source/value.hpp"

namespace scl {

using Ms = unsigned long long;

// What was read of a list, and reasons why more may be there.
template <typename T> struct List : std::vector<T> {
	std::vector<std::string> unread;

	void lacks(const std::string &reason)
	{
		if (!reason.empty() &&
		    std::find(unread.begin(), unread.end(), reason) == unread.end())
			unread.push_back(reason);
	}
};

struct Counter {
	std::string name;
	unsigned long long value;
};

// What the module says of itself.
struct Module {
	Value<bool> loaded = false;
	Value<bool> livepatch = false;
	Value<std::string> version;
	// Letters of the kernel: O is out of tree, E unsigned.
	Value<std::string> taint;
	bool lists_devices = false;
	// In sysfs.
	bool has_class = false;
	// Also those whose removal had left sysfs when it was loaded.
	bool lists_all = false;
	List<Counter> counters;
	// Nothing where it is "off" or "default".
	Value<unsigned> teardown_tmo, flush_tmo, hold_max;
	// As the parameter's file has it.
	std::string teardown_text;
};

// A process that has a device's node open.
struct Opener {
	unsigned pid = 0;
	std::string comm;
};

// A line of the module's list of devices.
struct Guarded {
	std::optional<unsigned> number;
	Value<std::string> state;
	Value<bool> blocked;
	Value<Ms> since;
	std::optional<Ms> deadline;
	// It says that there is no deadline.
	bool endless = false;
	// "path", "lld", "error_handling", another device's H:C:T:L, or nothing.
	Value<std::string> waits_for;
	std::optional<unsigned> holds;
	// Those that are seen, by their numbers; nothing where none was looked for, or where none
	// was seen and not all was.
	std::optional<std::vector<Opener>> openers;
	// Its removal is complete, and its node is about to go.
	bool ends = false;

	// Its removal has begun.
	bool going() const { return state == "cancel" || state == "del"; }
};

// A line of the module's list of ended removals.
struct Removed {
	unsigned number = 0;
	Address address;
	std::string disk, wwid;
	std::optional<Ms> took, ago;
	std::string flush;
};

// What brings commands to a device: a session, a remote port, or nothing that is known.
struct Transport {
	Value<std::string> kind;  // "iscsi", "fc", "srp", "sas", "ata", "usb", or nothing
	std::string name;	  // "session3", "rport-2:0-3"
	std::string peer;	  // an IQN or WWPN
	Value<std::string> state; // as the kernel has it
	bool lost = false;
	// Name and value of the timer after which it gives the path up.
	std::string timer;
	Value<unsigned> timer_seconds;
	bool keeps_lost_paths = false; // it has such a timer, and that is off
};

struct Host {
	unsigned number = 0;
	Value<std::string> driver; // "unknown" where it does not say
	Value<std::string> state;
	bool removed = false; // its removal has begun
	// Commands that its driver has.
	std::optional<unsigned> busy;
	// As the module's file has it: seconds, "off", or "default".
	Value<std::string> teardown_tmo;

	// Nothing is sent to its devices meanwhile.
	bool recovering() const { return state.text().find("recovery") != std::string::npos; }
};

struct Device {
	Address address;
	// In the bus's directory no more, but in its target's: the removal of its driver runs.
	bool half_removed = false;
	Value<std::string> state; // as sysfs has it
	std::string disk;
	// Why it may have one that is not known.
	std::string unread_disk;
	Value<std::string> vendor, model, wwid;
	// Its names before its removal took them from sysfs; nothing where they are not known.
	std::string was_disk, was_wwid;
	// The module says whether it has a WWID, and which.
	bool knows_wwid = false;
	// The link of a process to its `delete`, which is there as long as that removes it.
	std::string remover;
	Value<std::string> driver;
	Transport transport;
	std::optional<bool> write_cache;
	// Not where it is known that its driver sends no flush, whatever cache it has.
	bool flushes = true;
	// Nothing where debugfs could not be read.
	std::optional<bool> queue_stopped;
	std::optional<Guarded> guarded;
	// As that of its host.
	Value<std::string> teardown_tmo;

	bool going() const { return half_removed || (guarded && guarded->going()); }
	const std::string &known_disk() const { return disk.empty() ? was_disk : disk; }
	// As sysfs, multipath or the module writes it.
	bool has_wwid(const std::string &name) const;
	Value<std::string> known_wwid() const { return was_wwid.empty() || wwid ? wwid : was_wwid; }
	// The module's word comes first: it sees a block that sysfs does not show.
	bool blocked() const
	{
		return guarded && guarded->blocked.has_value() ? guarded->blocked == true
							       : state == "blocked";
	}
	// Why it may be blocked, or going, and is not seen to be.
	std::vector<std::string> unread() const;
	// Whatever its state says.
	bool stopped() const { return blocked() || queue_stopped.value_or(false); }
};

struct Map {
	std::string disk; // "dm-4"
	std::string name, uuid;
	bool suspended = false;
	std::vector<std::string> slaves;

	// That of the disk that its paths lead to, where it is multipath's.
	std::string wwid() const;
};

// A thread in uninterruptible sleep.
struct Task {
	unsigned pid = 0;
	std::string comm;
	// Function names, the innermost first; none without the right to read them.
	List<std::string> stack;
	// The device whose `delete` it has open.
	std::optional<Address> deletes;
	// The disks whose `delete` its command line names.
	std::set<std::string> wrote;
	// The host that a kernel thread's name has.
	std::optional<unsigned> host;
	// Since its process was started, which is the most that it can have waited.
	std::optional<Ms> age;
};

struct Machine {
	Module module;
	List<Host> hosts;
	List<Device> devices;
	List<Map> maps;
	std::vector<Removed> removed;
	List<Task> tasks;
	bool stacks_seen = false;
	// Whether the list of devices was read: what it lacks is not there.
	bool devices_seen = false;
	// Modules whose unload has begun.
	List<std::string> unloading;
	Value<unsigned> hung_task_seconds;
	std::string lockdown; // "none", "integrity", "confidentiality", or nothing
	// Sentences: what could not be seen.
	std::vector<std::string> unseen;
	// Files among that whose read does not end.
	std::size_t hanging_reads = 0;

	const Device *device(const Address &address) const;
	// One that sysfs does not show, but something else does, is entered as half removed.
	Device &enter(const Address &address);
	const Host *host(unsigned number) const;
	// Of a host's devices.
	Value<std::string> driver(unsigned host) const;
	// The maps above a disk, those above these included.
	std::vector<const Map *> above(const std::string &disk) const;
};

// Each enters what the snapshot has of it.
void read_module(const Snapshot &snapshot, Machine &machine);
void read_guarded(const Snapshot &snapshot, Machine &machine);
void read_hosts(const Snapshot &snapshot, Machine &machine);
void read_devices(const Snapshot &snapshot, Machine &machine);
void read_maps(const Snapshot &snapshot, Machine &machine);
void read_tasks(const Snapshot &snapshot, Machine &machine);
void read_former(const Snapshot &snapshot, Machine &machine);
// Not among what machine_of() reads: of what gather_openers() has seen.
void read_openers(const Snapshot &snapshot, Machine &machine);

// The file that has a device's own teardown_tmo.
std::string teardown_tmo_path(const Snapshot &snapshot, const Address &address);

// By the device's place in sysfs and the classes of the transports.
Transport transport_of(const Snapshot &snapshot, const std::string &place);

Machine machine_of(const Snapshot &snapshot);

} // namespace scl
