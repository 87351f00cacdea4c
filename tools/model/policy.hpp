// SPDX-License-Identifier: GPL-2.0
// Files of policy.d: which device is given which teardown_tmo.
//
//	# a comment
//	[device]
//	vendor = HPE
//	model = MSA*
//	transport = fc
//	driver = qla2xxx
//	wwid = naa.600c0ff0*
//	teardown_tmo = auto
//
// A section fits a device that all its patterns fit; one without a pattern fits every device. The
// last section that fits decides, and a later file comes after an earlier.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/exit.hpp"
#include "model/setting.hpp"
#include "source/root.hpp"

namespace scl {

struct Rule {
	// A key and the pattern of its value.
	std::vector<std::pair<std::string, std::string>> patterns;
	Setting setting;
};

// Throws a Failure of Exit::usage with file, line and what is wrong; nothing of the file counts.
std::vector<Rule> parse_policy(const std::string &file, const std::string &text);

// The rule that decides, or nullptr. Throws a Failure of Exit::cannot_tell where that depends on a
// field that was not read.
const Rule *rule_for(const std::vector<Rule> &rules, const Device &device);

// The rules of all files that are right, and what is wrong with the others. Before a file that was
// not read none is kept: its rules may have decided.
struct Policy {
	std::vector<Rule> rules;
	std::vector<Failure> failures;
};

// The directory's files that end in .conf, in the order of their names.
constexpr const char *policy_directory = "etc/scsi_lifecycle/policy.d";
Policy read_policy(const Root &root);

} // namespace scl
