// SPDX-License-Identifier: GPL-2.0
// How many files a process may have open.
#pragma once

namespace scl {

// As many as the administrator allows: each device takes a node, and a process.
void raise_limit();
// As before: a program that is executed may rely on it.
void restore_limit();

} // namespace scl
