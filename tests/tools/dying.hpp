// SPDX-License-Identifier: GPL-2.0
// A process that is slow to die: a tracer holds it where it ends, for a second. It is not in
// state D.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

class Dying {
public:
	// `find` says which process, and 0 as long as it is not there.
	explicit Dying(const std::function<pid_t()> &find) : tracer_(fork())
	{
		if (tracer_ == 0)
			hold(find);
	}
	~Dying()
	{
		kill(tracer_, SIGKILL);
		waitpid(tracer_, nullptr, 0);
	}
	Dying(const Dying &) = delete;
	Dying &operator=(const Dying &) = delete;

private:
	[[noreturn]] static void hold(const std::function<pid_t()> &find)
	{
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pid_t pid;
		while ((pid = find()) == 0)
			std::this_thread::sleep_for(std::chrono::milliseconds(1));
		if (ptrace(PTRACE_SEIZE, pid, nullptr, PTRACE_O_TRACEEXIT) != 0)
			_exit(1);
		waitpid(pid, nullptr, __WALL);
		std::this_thread::sleep_for(std::chrono::seconds(1));
		_exit(0);
	}

	pid_t tracer_;
};
