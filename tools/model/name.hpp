// SPDX-License-Identifier: GPL-2.0
// What a name can be the name of.
#pragma once

#include <string>

namespace scl {

// Whether it is this WWID, as sysfs or multipath writes it.
bool is_wwid(const std::string &name, const std::string &wwid);
// That of a map, as sysfs writes it.
std::string wwid_in_sysfs(const std::string &wwid);

bool may_be_wwid(const std::string &name);
bool may_be_disk(const std::string &name);
bool may_be_map(const std::string &name);

} // namespace scl
