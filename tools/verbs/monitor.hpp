// SPDX-License-Identifier: GPL-2.0
// What `monitor` does where events of udevd were lost.
#pragma once

#include <vector>

#include "node/watcher.hpp"
#include "verbs/verb.hpp"

namespace scl {

// Reads all devices anew, and follows those that are wanted, by their addresses: a disk's other
// names may have gone with what was lost. Whether it was done; where it was not, the reason is
// noted.
bool follow_anew(Context &context, const std::vector<Address> &addresses, Watcher &watcher);

} // namespace scl
