// SPDX-License-Identifier: GPL-2.0
// A process that may hang: what can wait in the kernel for ever is done in one, and left behind.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

namespace scl {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using Milliseconds = std::chrono::milliseconds;

// Until then, in the unit of poll(2), rounded up; 0 where it has passed.
int left_ms(Time deadline);

// From now on this process, a child, has this name, cut off at the length that the kernel takes.
void take_name(const std::string &name);

// Runs `work` in a child, whose exit status is what it returns. The child is killed when this
// object goes; one that does not die of that (state D) is left.
class Child {
public:
	// Instead of a descriptor that the child keeps.
	static constexpr int nothing = -1, everything = -2;

	// What is left must keep no pipe, lock or socket of this process or its caller: of what is
	// open the child has `kept` alone, and /dev/null for stdin, stdout and stderr. It is killed
	// when this process ends, however that comes.
	explicit Child(const std::function<int()> &work, int kept = nothing);
	~Child();
	Child(const Child &) = delete;
	Child &operator=(const Child &) = delete;

	pid_t pid() const { return pid_; }
	// Readable when the child has ended; negative where there was none to be had.
	int descriptor() const { return descriptor_; }
	// Its wait status, or nothing where it has not ended by the deadline.
	std::optional<int> wait(Time deadline);
	// Whether it waits for something, and not for a processor alone.
	bool waits() const;
	// Whether it is in state D at two looks: one that is slow comes out of it.
	bool is_stuck() const;
	// Whether it has died of SIGKILL, or before.
	bool kill();

private:
	std::string state() const;

	pid_t pid_ = -1;
	int descriptor_ = -1;
	std::optional<int> status_;
};

} // namespace scl
