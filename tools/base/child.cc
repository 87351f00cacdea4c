// SPDX-License-Identifier: GPL-2.0
#include "base/child.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "base/limit.hpp"
#include "base/reaper.hpp"
#include "base/text.hpp"

namespace scl {

// A process that is killed and does not wait in the kernel dies within this time.
static constexpr Milliseconds dies_within{100};

static constexpr Milliseconds looks_again{20};

// How often a child that has no descriptor is asked for.
static constexpr Milliseconds asks_every{10};

int left_ms(Time deadline)
{
	auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now()).count();
	constexpr decltype(left) most = 1 << 30;
	return static_cast<int>(std::clamp(left, decltype(left){0}, most));
}

void take_name(const std::string &name)
{
	prctl(PR_SET_NAME, name.c_str());
}

static int descriptor_of(pid_t pid)
{
	return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

// By their list, or, where there is no /proc, all that there may be.
static void close_one_by_one(int first, int kept)
{
	if (DIR *list = opendir("/proc/self/fd")) {
		while (auto *entry = readdir(list)) {
			int file = to_number<int>(entry->d_name).value_or(kept);
			if (file >= first && file != kept && file != dirfd(list))
				close(file);
		}
		closedir(list);
		return;
	}
	rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	for (int file = first; static_cast<rlim_t>(file) < limit.rlim_cur; file++)
		if (file != kept)
			close(file);
}

static void close_all_but(int kept)
{
	int null = open("/dev/null", O_RDWR);
	for (int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
		if (file != kept && dup2(null, file) < 0)
			close(file);
	constexpr int first = STDERR_FILENO + 1;
	bool below = kept <= first || close_range(first, static_cast<unsigned>(kept) - 1, 0) == 0;
	// Linux has it since 5.9, and a container may forbid it.
	if (!below || close_range(static_cast<unsigned>(std::max(first, kept + 1)), ~0u, 0) != 0)
		close_one_by_one(first, kept);
}

// A parent that has ended before has sent nothing.
static void end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

Child::Child(const std::function<int()> &work, int kept)
{
	auto parent = getpid();
	pid_ = fork();
	if (pid_ < 0)
		throw std::system_error(errno, std::generic_category(), "cannot start a process");
	if (pid_ == 0) {
		if (kept == everything) {
			restore_limit();
		} else {
			end_with(parent);
			close_all_but(kept);
		}
		_exit(work());
	}
	descriptor_ = descriptor_of(pid_);
}

Child::~Child()
{
	// Without a wait: of many that hang, each would take its time.
	if (!status_ && pid_ > 0) {
		::kill(pid_, SIGKILL);
		reap_when_ended(pid_);
	}
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

// A letter; empty where there is no /proc.
std::string Child::state() const
{
	std::string stat;
	std::getline(std::ifstream("/proc/" + std::to_string(pid_) + "/stat"), stat);
	auto fields = stat_fields(stat);
	return fields.empty() ? std::string() : std::string(fields[0]);
}

bool Child::waits() const
{
	auto now = state();
	return now != "R" && now != "Z" && now != "X";
}

bool Child::is_stuck() const
{
	if (state() != "D")
		return false;
	std::this_thread::sleep_for(looks_again);
	return state() == "D";
}

bool Child::kill()
{
	if (status_)
		return true;
	::kill(pid_, SIGKILL);
	return wait(Clock::now() + dies_within).has_value();
}

} // namespace scl
