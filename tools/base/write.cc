// SPDX-License-Identifier: GPL-2.0
#include "base/write.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit.hpp"

namespace scl {

// An errno, or 0.
static int put(int file, const std::string &text)
{
	auto written = write(file, text.data(), text.size());
	if (written < 0)
		return errno;
	return written == static_cast<ssize_t>(text.size()) ? 0 : ENOSPC;
}

int write_now(const std::string &path, const std::string &text, int directory)
{
	int file = openat(directory, path.c_str(), O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	int error = put(file, text);
	if (close(file) != 0 && !error)
		error = errno;
	return error;
}

std::optional<ino_t> inode_of(const std::string &path)
{
	struct stat status;
	if (stat(path.c_str(), &status) != 0)
		return std::nullopt;
	return status.st_ino;
}

int write_in(const std::string &directory, std::optional<ino_t> inode, const std::string &name,
	     const std::string &text)
{
	int file = open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (file < 0)
		return errno;
	struct stat status;
	int error = fstat(file, &status) != 0 ? errno
		    : inode == status.st_ino  ? write_now(name, text, file)
					      : ENODEV;
	close(file);
	return error;
}

// The file that is to be replaced, or nothing where there is none.
static std::optional<struct stat> replaceable(const std::string &path)
{
	struct stat status;
	if (lstat(path.c_str(), &status) != 0) {
		if (errno == ENOENT)
			return std::nullopt;
		throw failure_of(errno, path, Exit::cannot_tell);
	}
	if (S_ISLNK(status.st_mode))
		throw Failure(Exit::usage, path + " is a symbolic link, which is not replaced: "
						  "name the file itself");
	if (!S_ISREG(status.st_mode))
		throw Failure(Exit::usage, path + " is no regular file, and is not replaced");
	return status;
}

void need_replaceable(const std::string &path)
{
	replaceable(path);
}

static mode_t usual_mode()
{
	auto mask = umask(0);
	umask(mask);
	return 0644 & ~mask;
}

static int fill(int file, const std::string &text, const std::optional<struct stat> &before,
		mode_t mode)
{
	if (before && fchown(file, before->st_uid, before->st_gid) != 0)
		return errno;
	if (fchmod(file, mode) != 0)
		return errno;
	if (int error = put(file, text))
		return error;
	return fsync(file) == 0 ? 0 : errno;
}

std::string temporary_name(const std::string &path)
{
	std::uint64_t number;
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		throw failure_of(errno, "getrandom", Exit::cannot_tell);
	return fmt::format("{}.{:016x}", path, number);
}

void replace_file(const std::string &path, const std::string &text, const std::string &temporary,
		  std::optional<mode_t> mode)
{
	std::error_code ignored;
	std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
	auto before = replaceable(path);
	// The name is new (O_EXCL), so no link that another user has made there is followed.
	int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		throw failure_of(errno, path, Exit::cannot_tell);
	auto kept = before ? before->st_mode & 07777 : usual_mode();
	int error = fill(file, text, mode ? std::nullopt : before, mode.value_or(kept));
	if (close(file) != 0 && !error)
		error = errno;
	if (!error && std::rename(temporary.c_str(), path.c_str()) != 0)
		error = errno;
	if (!error)
		return;
	unlink(temporary.c_str());
	throw failure_of(error, path, Exit::cannot_tell);
}

} // namespace scl
