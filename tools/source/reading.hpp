// SPDX-License-Identifier: GPL-2.0
// One area read in processes, past files that hang, before a deadline.
#pragma once

#include <string>
#include <vector>

#include "source/root.hpp"
#include "source/snapshot.hpp"

namespace scl {

// Of an area, with all that hangs in it. A file that does not answer within file_time is passed
// over.
constexpr Milliseconds area_time{2000}, file_time{500};

// `words` name the area in a sentence; `left` has what earlier calls hang in, which is not read.
Snapshot read_area(const Root &root, const std::string &words, const Left &left, Time until,
		   const std::vector<std::string> &patterns);

} // namespace scl
