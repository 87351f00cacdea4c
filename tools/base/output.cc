// SPDX-License-Identifier: GPL-2.0
#include "base/output.hpp"

#include <cstdio>

namespace scl {

static sigset_t of_pipes()
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	return signals;
}

Readerless::Readerless()
{
	auto signals = of_pipes();
	sigprocmask(SIG_BLOCK, &signals, &before_);
}

// One that has come meanwhile is taken, and comes no more.
Readerless::~Readerless()
{
	auto signals = of_pipes();
	const timespec at_once = {0, 0};
	if (!sigismember(&before_, SIGPIPE))
		sigtimedwait(&signals, nullptr, &at_once);
	sigprocmask(SIG_SETMASK, &before_, nullptr);
}

void to_stderr(const std::string &text)
{
	Readerless readerless;
	std::fputs(text.c_str(), stderr);
}

void complain(const std::string &sentence)
{
	to_stderr("scsi-lifecycle: " + sentence + "\n");
}

} // namespace scl
