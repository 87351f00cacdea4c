// SPDX-License-Identifier: GPL-2.0
// What happens while nodes are held.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "node/node.hpp"
#include "verbs/verb.hpp"

namespace scl {

// Both tell when the time of a device, each of which has a node, is up, and when it is gone.

// Runs a command, and returns its exit status. As with flock(1) the command has the files open too,
// so that they are held until it has ended, whatever becomes of this process.
Exit run_held(const Context &context, const std::vector<const Device *> &devices,
	      std::deque<Node> &nodes, const std::vector<std::string> &command);

// Until a signal, or until all devices are gone.
Exit keep_held(const Context &context, const std::vector<const Device *> &devices,
	       std::deque<Node> &nodes);

} // namespace scl
