// SPDX-License-Identifier: GPL-2.0
#include "base/reaper.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <sys/wait.h>

namespace scl {

namespace {

// A place is used again when its child has ended. A signal's handler walks them, so none goes.
struct Place {
	std::atomic<pid_t> child;
	Place *next;
};

std::atomic<Place *> first;

void reap(int)
{
	int error = errno;
	for (auto *place = first.load(); place; place = place->next) {
		auto child = place->child.load();
		// Of a process that was forked meanwhile it is no child.
		if (child && waitpid(child, nullptr, WNOHANG) != 0)
			place->child = 0;
	}
	errno = error;
}

void hear()
{
	struct sigaction action = {};
	action.sa_handler = reap;
	action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	sigaction(SIGCHLD, &action, nullptr);
}

void enter(pid_t child)
{
	for (auto *place = first.load(); place; place = place->next) {
		pid_t none = 0;
		if (place->child.compare_exchange_strong(none, child))
			return;
	}
	first = new Place{child, first.load()};
}

} // namespace

void reap_when_ended(pid_t child)
{
	hear();
	enter(child);
	// It may have ended before it was entered.
	reap(SIGCHLD);
}

} // namespace scl
