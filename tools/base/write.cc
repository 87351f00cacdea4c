// SPDX-License-Identifier: GPL-2.0
#include "base/write.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exit.hpp"

namespace scl {

static int write_to(const std::string &path, const std::string &text, int flags)
{
	int file = open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644);
	if (file < 0)
		return errno;
	auto written = write(file, text.data(), text.size());
	int error = written == static_cast<ssize_t>(text.size()) ? 0 : written < 0 ? errno : ENOSPC;
	if (close(file) != 0 && !error)
		error = errno;
	return error;
}

int write_now(const std::string &path, const std::string &text)
{
	return write_to(path, text, 0);
}

int write_in_child(const std::string &path, const std::string &text, Time deadline)
{
	Child child([&] { return write_now(path, text); });
	auto status = child.wait(deadline);
	if (!status)
		return ETIME;
	return WIFEXITED(*status) ? WEXITSTATUS(*status) : EINTR;
}

void replace_file(const std::string &path, const std::string &text)
{
	std::error_code ignored;
	std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
	auto temporary = path + ".new";
	int error = write_to(temporary, text, O_CREAT | O_TRUNC);
	if (!error && std::rename(temporary.c_str(), path.c_str()) != 0)
		error = errno;
	if (!error)
		return;
	unlink(temporary.c_str());
	throw failure_of(error, path, Exit::cannot_tell);
}

} // namespace scl
