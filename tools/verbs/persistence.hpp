// SPDX-License-Identifier: GPL-2.0
// What `set --persist` writes: all files are read and checked first, and written together.
#pragma once

#include <map>
#include <string>

#include "model/machine.hpp"
#include "model/setting.hpp"
#include "source/root.hpp"

namespace scl {

class Persistence {
public:
	Persistence(const Root &root, Time deadline) : root_(root), deadline_(deadline) {}

	// An option in modprobe.d. Throws a Failure that names a file that cannot be changed.
	void add(const Setting &setting);
	// A file of policy.d. Throws too where there is such a file that the tool has not written.
	void add(const Setting &setting, const Device &device);

	void write() const;

private:
	std::string before(const std::string &file) const;

	const Root &root_;
	Time deadline_;
	// By path below the root.
	std::map<std::string, std::string> files_;
};

} // namespace scl
