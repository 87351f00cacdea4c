// SPDX-License-Identifier: GPL-2.0
// What a program reads: tools/schema has the schema. One object and a newline; times are in ms;
// what is not known is null.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/doctor.hpp"
#include "diagnosis/risk.hpp"
#include "diagnosis/why.hpp"
#include "model/machine.hpp"
#include "node/removal.hpp"

namespace scl {

std::string status_json(const Machine &machine, const std::vector<const Device *> &devices);
std::string why_json(const Diagnosis &diagnosis, const Machine &machine);
std::string check_json(const std::vector<Risk> &risks, const Machine &machine);
std::string doctor_json(const std::vector<Finding> &findings, const Machine &machine);
std::string endings_json(const std::vector<Ending> &endings, Exit code);

} // namespace scl
