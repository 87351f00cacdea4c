// SPDX-License-Identifier: GPL-2.0
// Reads parts of the machine, each in a process of its own with a deadline, so that no file can
// hang the tool. What was not read is in the snapshot's unseen().
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "source/root.hpp"
#include "source/snapshot.hpp"

namespace scl {

// The areas, and what is read of each: gather.cc.
enum class Area { module, guarded, hosts, devices, maps, queues, users };

std::vector<std::string> patterns_of(Area area);
// With these begins each sentence about what of the area could not be read.
std::string words_of(Area area);

// `words` name it in a sentence, "the SCSI hosts".
Snapshot gather(const Root &root, const std::string &words,
		const std::vector<std::string> &patterns);
Snapshot gather(const Root &root, std::initializer_list<Area> areas);

// One device as if there were no other, with what a policy asks for: each of thousands may be read
// when it comes, by a process of its own.
Snapshot gather_device(const Root &root, const Address &address);

// Threads in uninterruptible sleep, with their stacks and what they have open. With these words
// begins each sentence about what of them could not be read.
constexpr const char *words_of_threads = "the threads";
Snapshot gather_stuck(const Root &root);

// What processes have open, and the numbers of the devices' nodes.
Snapshot gather_openers(const Root &root);

// The kernel's messages that name a disk, as dev/kmsg.
Snapshot gather_log(const Root &root);

// Whether the processes that were read are those of the reader's PID namespace, and no others.
bool shows_one_namespace(const Snapshot &snapshot);

// What earlier calls have left behind.
const Left &left_in(const Root &root);

} // namespace scl
