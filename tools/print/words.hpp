// SPDX-License-Identifier: GPL-2.0
// The words that several verbs have for the same thing.
#pragma once

#include <string>

#include "model/machine.hpp"

namespace scl {

// "3.2 s", "41 s", "12 min"
std::string duration(Ms ms);

// "7:0:0:1 (sdc)"
std::string name_of(const Device &device);

// "tee (23117)"
std::string name_of(const Task &task);
// "its node is open in flock (812)"
std::string openers_words(const std::vector<Opener> &openers);

// "iSCSI session3 is FAILED, recovery_tmo 5"; empty where nothing is known of it
std::string condition_of(const Transport &transport);

// "dm-4 (mpatha)"
std::string name_of(const Map &map);

// "flush completed", "flush LOST: it was never sent, or was cut off"
std::string outcome_words(const std::string &flush);

} // namespace scl
