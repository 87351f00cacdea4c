// SPDX-License-Identifier: GPL-2.0
// What a name can be the name of.
#pragma once

#include <string>

namespace scl {

// Whether both are the same, as sysfs or multipath writes it. A name in text counts as it stands,
// but against multipath's writing, which does not tell blanks and "_" apart.
bool is_wwid(const std::string &name, const std::string &wwid);
// Of what its file in sysfs has: a name string of SCSI ends in NULs, which are there too.
std::string wwid_of_file(const std::string &text);
// Whether it is the one that the module keeps, with "_" for each blank, or multipath has.
bool is_kept_wwid(const std::string &name, const std::string &wwid);
// That of a map, as sysfs writes it; one in text stays as it is.
std::string wwid_in_sysfs(const std::string &wwid);

bool may_be_wwid(const std::string &name);
// As multipath writes it; a map may be called so too.
bool may_be_wwid_in_text(const std::string &name);
bool may_be_disk(const std::string &name);
bool may_be_map(const std::string &name);

} // namespace scl
