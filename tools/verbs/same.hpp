// SPDX-License-Identifier: GPL-2.0
// What a verb acts on is the device that was named, not one that has its address by then.
#pragma once

#include <string>
#include <vector>

#include "verbs/verb.hpp"

namespace scl {

// Reads the devices again, once what the verb acts on is open or known by its inode. Throws a
// Failure that begins with `verb` where one is another by now, or is not seen to be the same. One
// that is not there any more is no other: what is open tells that.
void need_same(const Context &context, const std::vector<const Device *> &devices,
	       const std::string &verb);

} // namespace scl
