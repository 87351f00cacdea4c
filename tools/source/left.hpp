// SPDX-License-Identifier: GPL-2.0
// Processes of this command that were killed and are there still: a file of the kernel does not let
// them go. Each has a name that tells which file that is, so that no later call leaves another one.
#pragma once

#include <map>
#include <string>
#include <sys/types.h>

namespace scl {

class Snapshot;

// What a process is called that is at this path: a hash of it, for the kernel's 15 letters.
std::string left_name(const std::string &path);

// By their names.
using Left = std::map<std::string, pid_t>;

// Of a snapshot that has proc/PID/status and the link proc/PID/exe of those whose name may be one,
// and proc/self/exe: killed, in state D, and by real UID and program the caller's, since any user
// may choose a name.
Left left_of(const Snapshot &snapshot, uid_t caller);

// Whether a name may be one.
bool may_be_left(const std::string &name);

} // namespace scl
