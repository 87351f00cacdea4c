// SPDX-License-Identifier: GPL-2.0
// A name that is not there may be that of a device whose removal hangs.
#pragma once

#include "model/select.hpp"

namespace scl {

// Of the names that are gone, and of the maps without paths, those that a removal which is pending
// may have taken from sysfs become unsure; and so does a WWID or a map that may have lost a path.
void doubt(const Machine &machine, Selection &selection);

} // namespace scl
