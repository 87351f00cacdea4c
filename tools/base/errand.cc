// SPDX-License-Identifier: GPL-2.0
#include "base/errand.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fmt/core.h>
#include <optional>
#include <system_error>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exit.hpp"

namespace scl {

// The status of a child is the code; a pipe holds far more than a sentence.
static int tell(const Failure &failure, int file)
{
	std::string what = failure.what();
	what.resize(std::min<std::size_t>(what.size(), PIPE_BUF));
	bool told = write(file, what.data(), what.size()) == static_cast<ssize_t>(what.size());
	return static_cast<int>(told ? failure.code : Exit::cannot_tell);
}

static int run(const std::function<void()> &work, int file)
{
	try {
		work();
	} catch (const Failure &failure) {
		return tell(failure, file);
	} catch (const std::exception &error) {
		return tell(Failure(Exit::cannot_tell, error.what()), file);
	}
	return 0;
}

void run_errand(const std::string &what, Time deadline, const std::function<void()> &work,
		const std::string &name)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		throw std::system_error(errno, std::generic_category(), "pipe");
	Child child(
		[&] {
			if (!name.empty())
				take_name(name);
			return run(work, ends[1]);
		},
		ends[1]);
	close(ends[1]);
	auto status = child.wait(deadline);
	std::array<char, PIPE_BUF> said;
	auto size = status ? read(ends[0], said.data(), said.size()) : 0;
	close(ends[0]);
	if (!status && child.kill())
		throw Failure(Exit::timed_out, what + " has not ended in time");
	if (!status)
		throw Failure(Exit::timed_out,
			      fmt::format("{} has not ended in time: process {} is left in it",
					  what, child.pid()));
	if (*status != 0)
		throw Failure(WIFEXITED(*status) ? static_cast<Exit>(WEXITSTATUS(*status))
						 : Exit::cannot_tell,
			      size > 0 ? std::string(said.data(), static_cast<std::size_t>(size))
				       : what + " was cut off");
}

} // namespace scl
