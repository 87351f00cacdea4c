// SPDX-License-Identifier: GPL-2.0
#include "base/child.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "base/limit.hpp"

namespace scl {

// A process that is killed and does not wait in the kernel dies within this time.
static constexpr Milliseconds dies_within{100};

// How often a child that has no descriptor is asked for.
static constexpr Milliseconds asks_every{10};

int left_ms(Time deadline)
{
	auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now()).count();
	constexpr decltype(left) most = 1 << 30;
	return static_cast<int>(std::clamp(left, decltype(left){0}, most));
}

static int descriptor_of(pid_t pid)
{
	return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

static void close_all_but(int kept)
{
	int null = open("/dev/null", O_RDWR);
	for (int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
		if (file != kept && dup2(null, file) < 0)
			close(file);
	constexpr int first = STDERR_FILENO + 1;
	if (kept > first)
		close_range(first, static_cast<unsigned>(kept) - 1, 0);
	close_range(static_cast<unsigned>(std::max(first, kept + 1)), ~0u, 0);
}

Child::Child(const std::function<int()> &work, int kept)
{
	pid_ = fork();
	if (pid_ < 0)
		throw std::system_error(errno, std::generic_category(), "cannot start a process");
	if (pid_ == 0) {
		if (kept == everything)
			restore_limit();
		else
			close_all_but(kept);
		_exit(work());
	}
	descriptor_ = descriptor_of(pid_);
}

Child::~Child()
{
	// Without a wait: of many that hang, each would take its time.
	if (!status_ && pid_ > 0)
		::kill(pid_, SIGKILL);
	if (descriptor_ >= 0)
		close(descriptor_);
}

std::optional<int> Child::wait(Time deadline)
{
	if (status_)
		return status_;
	for (;;) {
		int left = left_ms(deadline), status;
		if (descriptor_ < 0)
			left = std::min(left, static_cast<int>(asks_every.count()));
		pollfd ended = {descriptor_, POLLIN, 0};
		while (poll(&ended, 1, left) < 0 && errno == EINTR)
			;
		if (waitpid(pid_, &status, WNOHANG) == pid_)
			status_ = status;
		if (status_ || left_ms(deadline) == 0)
			return status_;
	}
}

bool Child::kill()
{
	if (status_)
		return true;
	::kill(pid_, SIGKILL);
	return wait(Clock::now() + dies_within).has_value();
}

} // namespace scl
