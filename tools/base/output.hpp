// SPDX-License-Identifier: GPL-2.0
// What is written, and the reader may have gone.
#pragma once

#include <csignal>
#include <string>

namespace scl {

// While it is there, a pipe without a reader is an error of the write and ends no process.
class Readerless {
public:
	Readerless();
	~Readerless();
	Readerless(const Readerless &) = delete;
	Readerless &operator=(const Readerless &) = delete;

private:
	sigset_t before_;
};

// What is said beside the result. Where it cannot be written, the exit code alone tells: no outcome
// is lost for a note.
void to_stderr(const std::string &text);
// A line of it that begins with the command's name.
void complain(const std::string &sentence);

} // namespace scl
