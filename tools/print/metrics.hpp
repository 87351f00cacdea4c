// SPDX-License-Identifier: GPL-2.0
// The machine as metrics, in the text format that Prometheus and node_exporter's textfile collector
// read.
#pragma once

#include <string>

#include "model/machine.hpp"

namespace scl {

// Without what was not read: a 0 is one that was seen.
std::string metrics_text(const Machine &machine);

} // namespace scl
