// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <csignal>
#include <initializer_list>

namespace scl {

// Of these signals those that the caller does not ignore. One that is ignored, as by nohup(1) or
// in a shell's background, would be kept all the same where it is blocked.
inline sigset_t not_ignored(std::initializer_list<int> signals)
{
	sigset_t heard;
	sigemptyset(&heard);
	for (int signal : signals) {
		struct sigaction action;
		if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&heard, signal);
	}
	return heard;
}

} // namespace scl
