// SPDX-License-Identifier: GPL-2.0
// The machine, as far as a snapshot shows it. Times are milliseconds, and null where not known.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "source/snapshot.hpp"

namespace scl {

using Ms = unsigned long long;

struct Counter {
	std::string name;
	unsigned long long value;
};

// What the module says of itself.
struct Module {
	bool loaded = false;
	bool livepatch = false;
	std::string version;
	// Letters of the kernel: O is out of tree, E unsigned.
	std::string taint;
	bool lists_devices = false;
	std::vector<Counter> counters;
	// Nothing where it is "off", "default", or could not be read.
	std::optional<unsigned> teardown_tmo, flush_tmo, hold_max;
	// As the parameter's file has it.
	std::string teardown_text, flush_text, hold_text;
};

// A line of the module's list of devices. Nothing where a value was not read.
struct Guarded {
	std::optional<unsigned> number;
	std::string state;
	std::optional<bool> blocked;
	std::optional<Ms> since;
	std::optional<Ms> deadline;
	// It says that there is no deadline.
	bool endless = false;
	// "path", "lld", "error_handling", another device's H:C:T:L, or nothing.
	std::string waits_for;
	std::optional<unsigned> holds;

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
	std::string kind;  // "iscsi", "fc", "srp", "sas", "ata", "usb", or nothing
	std::string name;  // "session3", "rport-2:0-3"
	std::string peer;  // an IQN or WWPN
	std::string state; // as the kernel has it
	bool lost = false;
	// Name and value of the timer after which it gives the path up.
	std::string timer;
	std::optional<unsigned> timer_seconds;
};

struct Host {
	unsigned number = 0;
	std::string driver; // "unknown" where it does not say
	std::string state;
	bool removed = false; // its removal has begun
	// Commands that its driver has.
	std::optional<unsigned> busy;

	// Nothing is sent to its devices meanwhile.
	bool recovering() const { return state.find("recovery") != state.npos; }
};

struct Device {
	Address address;
	// In the bus's directory no more, but in its target's: the removal of its driver runs.
	bool half_removed = false;
	std::string state; // as sysfs has it
	std::string disk, vendor, model, wwid;
	// Its names before its removal took them from sysfs; nothing where they are not known.
	std::string was_disk, was_wwid;
	// The link of a process to its `delete`, which is there as long as that removes it.
	std::string remover;
	std::string driver;
	Transport transport;
	std::optional<bool> write_cache;
	// Nothing where debugfs could not be read.
	std::optional<bool> queue_stopped;
	std::optional<Guarded> guarded;

	bool going() const { return half_removed || (guarded && guarded->going()); }
	const std::string &known_disk() const { return disk.empty() ? was_disk : disk; }
	const std::string &known_wwid() const { return wwid.empty() ? was_wwid : wwid; }
	// The module's word comes first: it sees a block that sysfs does not show.
	bool blocked() const
	{
		return guarded && guarded->blocked ? *guarded->blocked : state == "blocked";
	}
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
	std::vector<std::string> stack;
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
	std::vector<Host> hosts;
	std::vector<Device> devices;
	std::vector<Map> maps;
	std::vector<Removed> removed;
	std::vector<Task> tasks;
	bool stacks_seen = false;
	// Whether the lists of modules and of devices were read: what they lack is not there.
	bool modules_seen = false, devices_seen = false;
	// Modules whose unload has begun.
	std::vector<std::string> unloading;
	std::optional<unsigned> hung_task_seconds;
	std::string lockdown; // "none", "integrity", "confidentiality", or nothing
	// Sentences: what could not be seen.
	std::vector<std::string> unseen;
	// Files among that whose read does not end.
	std::size_t hanging_reads = 0;

	const Device *device(const Address &address) const;
	// One that sysfs does not show, but something else does, is entered as half removed.
	Device &enter(const Address &address);
	const Host *host(unsigned number) const;
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

// By the device's place in sysfs and the classes of the transports.
Transport transport_of(const Snapshot &snapshot, const std::string &place);

Machine machine_of(const Snapshot &snapshot);

} // namespace scl
