// SPDX-License-Identifier: GPL-2.0
#include "base/errand.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <optional>
#include <system_error>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exit.hpp"
#include "base/output.hpp"
#include "base/signals.hpp"
#include "base/text.hpp"

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

namespace {

// Those that end a process wait while this is there, so that it can clean up.
class Signals {
public:
	Signals() : held_(not_ignored({SIGHUP, SIGINT, SIGTERM}))
	{
		sigprocmask(SIG_BLOCK, &held_, &before_);
	}
	~Signals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
	Signals(const Signals &) = delete;
	Signals &operator=(const Signals &) = delete;

	bool have_come() const
	{
		sigset_t come;
		sigpending(&come);
		for (int signal : {SIGHUP, SIGINT, SIGTERM})
			if (sigismember(&come, signal) && sigismember(&held_, signal))
				return true;
		return false;
	}

private:
	sigset_t held_, before_;
};

// How an errand ended; no status: it has not.
struct End {
	std::optional<int> status;
	std::string said;
	// That the child hangs in the kernel, or nothing.
	std::string left;
};

} // namespace

static constexpr Milliseconds looks_for_signals_every{20}, removes_within{1000};

static End run_child(const Errand &errand, const Signals *signals)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		throw std::system_error(errno, std::generic_category(), "pipe");
	Child child(
		[&] {
			if (!errand.name.empty())
				take_name(errand.name);
			return run(errand.work, ends[1]);
		},
		ends[1]);
	close(ends[1]);
	End end;
	do {
		auto next = Clock::now() + looks_for_signals_every;
		end.status =
			child.wait(signals ? std::min(errand.deadline, next) : errand.deadline);
	} while (!end.status && left_ms(errand.deadline) > 0 && !signals->have_come());
	std::array<char, PIPE_BUF> said;
	auto size = end.status ? read(ends[0], said.data(), said.size()) : 0;
	close(ends[0]);
	end.said.assign(said.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
	if (!end.status && !child.kill() && child.is_stuck())
		end.left = fmt::format(": process {} is left in it", child.pid());
	return end;
}

// What of them could not be removed, as the end of a sentence.
static std::string remove_all(const std::vector<std::string> &paths)
{
	auto work = [&] {
		std::string kept;
		for (const auto &path : paths) {
			std::error_code error;
			std::filesystem::remove_all(path, error);
			if (error)
				kept += fmt::format("; {} could not be removed: {}", path,
						    error.message());
		}
		if (!kept.empty())
			throw Failure(Exit::cannot_tell, kept);
	};
	auto end = run_child({"", Clock::now() + removes_within, work}, nullptr);
	return end.status ? end.said : fmt::format("; {} may still be there", join(paths, ", "));
}

// Throws where it did not come to its end.
static void judge(const Errand &errand, const End &end, const std::string &kept)
{
	if (!end.status)
		throw Failure(Exit::timed_out,
			      errand.what + " has not ended in time" + end.left + kept);
	if (*end.status == 0)
		return;
	throw Failure(WIFEXITED(*end.status) ? static_cast<Exit>(WEXITSTATUS(*end.status))
					     : Exit::cannot_tell,
		      (end.said.empty() ? errand.what + " was cut off" : end.said) + kept);
}

void run_errand(const Errand &errand)
{
	std::optional<Signals> signals;
	if (!errand.temporaries.empty())
		signals.emplace();
	auto end = run_child(errand, signals ? &*signals : nullptr);
	auto kept = signals && end.status != 0 ? remove_all(errand.temporaries) : "";
	// The signal ends the process where Signals goes.
	if (signals && signals->have_come() && !kept.empty())
		to_stderr(fmt::format("scsi-lifecycle: {} was interrupted{}{}\n", errand.what,
				      end.left, kept));
	judge(errand, end, kept);
}

} // namespace scl
