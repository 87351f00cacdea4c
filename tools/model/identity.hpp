// SPDX-License-Identifier: GPL-2.0
// Whether what has an address now is the device that had it before.
#pragma once

#include "model/machine.hpp"

namespace scl {

// By the module's number, which no two devices have, and by the WWID.
bool is_another(const Device &before, const Device &now);
// Its removal is complete, though its node is there.
bool has_just_ended(const Device &device);
// It has the number that it had.
bool has_same_number(const Device &before, const Device &now);
// Its number and its WWID, where it has them, were read again and are the same.
bool is_same(const Device &before, const Device &now);

} // namespace scl
