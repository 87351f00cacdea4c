// SPDX-License-Identifier: GPL-2.0
// What a person reads. Each ends in a newline.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/doctor.hpp"
#include "diagnosis/risk.hpp"
#include "diagnosis/why.hpp"
#include "model/machine.hpp"
#include "node/removal.hpp"

namespace scl {

// Words that stand out on a terminal; plain elsewhere.
class Paint {
public:
	explicit Paint(bool colour) : colour_(colour) {}
	std::string bad(const std::string &text) const { return wrap("31", text); }
	std::string bold(const std::string &text) const { return wrap("1", text); }

private:
	std::string wrap(const char *code, const std::string &text) const
	{
		return colour_ ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
	}
	bool colour_;
};

// One line for a healthy machine; else each device of these that is not, below its host.
std::string status_text(const Machine &machine, const std::vector<const Device *> &devices,
			const Paint &paint);
std::string why_text(const Diagnosis &diagnosis, const Machine &machine, const Paint &paint);
std::string check_text(const std::vector<Risk> &risks, const Paint &paint);
std::string doctor_text(const std::vector<Finding> &findings, const Paint &paint);
std::string ending_text(const Ending &ending, const Paint &paint);

// What could not be seen; for stderr.
std::string unseen_text(const Machine &machine);

} // namespace scl
