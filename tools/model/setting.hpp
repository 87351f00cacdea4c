// SPDX-License-Identifier: GPL-2.0
// NAME=VALUE of a timeout or another parameter of the module, and where it is written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/machine.hpp"

namespace scl {

struct Setting {
	std::string name, value;
};

// Of a whole machine, or of one device or host, which have a teardown_tmo alone, and "auto".
enum class Scope { module, device };

// Throws a Failure of Exit::usage that names what is wrong, as the module itself would refuse it.
Setting parse_setting(std::string_view text, Scope scope);

// "auto" is the transport's own timer and a little more, so that the transport decides first; at
// most `longest`, because what queues behind a removal may wait no longer than hung_task's 120 s;
// "default" where the transport has no timer. Throws a Failure of Exit::cannot_tell where it was
// not read.
constexpr unsigned margin = 5, longest = 60;
std::string value_for(const Setting &setting, const Transport &transport);

// What each parameter of the module is called.
const std::vector<std::string> &parameter_names();

} // namespace scl
