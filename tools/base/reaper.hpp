// SPDX-License-Identifier: GPL-2.0
// Waits for children in the place of those that wait for them no more.
#pragma once

#include <sys/types.h>

namespace scl {

// This process's child leaves no zombie, whenever it ends.
void reap_when_ended(pid_t child);

} // namespace scl
