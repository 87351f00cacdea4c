// SPDX-License-Identifier: GPL-2.0
// The machine as metrics, in the text format that Prometheus and node_exporter's textfile collector
// read.
#pragma once

#include <string>
#include <vector>

#include "model/machine.hpp"

namespace scl {

// Without what was not read: a 0 is one that was seen. And why that was not read.
struct MetricsPage {
	std::string text;
	std::vector<std::string> unread;
};

MetricsPage metrics_of(const Machine &machine);

} // namespace scl
