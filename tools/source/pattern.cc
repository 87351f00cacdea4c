// SPDX-License-Identifier: GPL-2.0
#include "source/pattern.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.hpp"
#include "base/text.hpp"

namespace scl {

// Of one file. The longest that is read is a list of mounts. Of a longer one nothing is taken: what
// is missing may be what matters.
static constexpr std::size_t most = 4 << 20;

std::vector<std::string> expand_braces(const std::string &pattern)
{
	auto begin = pattern.find('{'), end = pattern.find('}');
	if (begin == pattern.npos || end == pattern.npos || end < begin)
		return {pattern};
	std::vector<std::string> expanded;
	for (auto choice :
	     split(std::string_view(pattern).substr(begin + 1, end - begin - 1), ',')) {
		auto one = pattern.substr(0, begin) + std::string(choice) + pattern.substr(end + 1);
		for (auto &more : expand_braces(one))
			expanded.push_back(std::move(more));
	}
	return expanded;
}

namespace {

class Reader {
public:
	Reader(const std::string &root, const Hanging &hanging, const Sink &sink)
		: root_(root), hanging_(hanging), sink_(sink)
	{
	}

	void read(const std::string &path)
	{
		if (!begins(path))
			return;
		struct stat status;
		if (stat(full(path).c_str(), &status) == 0 && !S_ISREG(status.st_mode))
			return failed(path, S_ISDIR(status.st_mode) ? EISDIR : EINVAL);
		int file = open(full(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (file < 0)
			return failed(path, errno);
		std::string text;
		std::array<char, 16384> buffer;
		ssize_t got;
		while ((got = ::read(file, buffer.data(), buffer.size())) > 0 && text.size() < most)
			text.append(buffer.data(), static_cast<std::size_t>(got));
		int error = errno;
		close(file);
		if (got != 0)
			return failed(path, got < 0 ? error : EFBIG);
		sink_.put(Sink::Kind::text, path, text);
	}

	std::vector<std::string> list(const std::string &path)
	{
		std::vector<std::string> names;
		if (!begins(path))
			return names;
		DIR *directory = opendir(full(path).c_str());
		if (!directory) {
			failed(path, errno);
			return names;
		}
		while (auto *entry = readdir(directory))
			if (entry->d_name[0] != '.')
				names.emplace_back(entry->d_name);
		closedir(directory);
		std::string data;
		for (const auto &name : names)
			data.append(name).push_back('\0');
		sink_.put(Sink::Kind::list, path, data);
		std::sort(names.begin(), names.end());
		return names;
	}

	void link(const std::string &path, const std::string &target)
	{
		if (!begins(path))
			return;
		auto found = target_of(path);
		if (!found)
			failed(path, errno);
		else if (found->starts_with(target))
			sink_.put(Sink::Kind::link, path, *found);
	}

	void device_number(const std::string &path)
	{
		if (!begins(path))
			return;
		char kind;
		auto number = number_of(path, kind);
		if (number && kind == 'b')
			sink_.put(Sink::Kind::text, path, *number);
		else
			failed(path, number ? ENOTBLK : errno);
	}

	// The device's number and kind where the file is a device, whatever its name is. There may
	// be very many: of one that can be no device nothing is asked but its name.
	void open_device(const std::string &path)
	{
		if (hanging_.paths.contains(path))
			return;
		sink_.begin(path);
		auto target = target_of(path);
		if (!target)
			return failed(path, errno);
		for (const char *kind : {"socket:", "pipe:", "anon_inode:"})
			if (target->starts_with(kind))
				return;
		if (target->starts_with("/dev/"))
			sink_.put(Sink::Kind::link, path, *target);
		char kind;
		if (auto number = number_of(path, kind))
			sink_.put(Sink::Kind::text, path, kind + *number);
	}

	// "...;sd 7:0:0:1: [sdc] ...", and the lines below it, each with a space before it. A read
	// takes one record, and does not wait for the next.
	void log(const std::string &path)
	{
		if (!begins(path))
			return;
		int file = open(full(path).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (file < 0)
			return failed(path, errno);
		std::string text;
		std::array<char, 16384> buffer;
		ssize_t got;
		// EPIPE: the record was overwritten.
		while ((got = ::read(file, buffer.data(), buffer.size())) > 0 ||
		       (got < 0 && errno == EPIPE)) {
			std::string_view record(
				buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
			bool kept = false;
			for (auto line : lines(record)) {
				if (!line.starts_with(' '))
					kept = line.find(": [s") != line.npos;
				if (kept)
					text.append(line).push_back('\n');
			}
		}
		int error = errno;
		close(file);
		if (got < 0 && error != EAGAIN)
			return failed(path, error);
		sink_.put(Sink::Kind::text, path, text);
	}

private:
	std::optional<std::string> target_of(const std::string &path) const
	{
		std::array<char, 4096> buffer;
		auto got = readlink(full(path).c_str(), buffer.data(), buffer.size());
		if (got < 0)
			return std::nullopt;
		return std::string(buffer.data(), static_cast<std::size_t>(got));
	}

	// Asks no file server: that may be the one that does not answer.
	std::optional<std::string> number_of(const std::string &path, char &kind)
	{
		struct statx status;
		if (statx(AT_FDCWD, full(path).c_str(), AT_STATX_DONT_SYNC, STATX_TYPE, &status))
			return std::nullopt;
		kind = S_ISBLK(status.stx_mode) ? 'b' : 'c';
		errno = ENOTBLK;
		if (!S_ISBLK(status.stx_mode) && !S_ISCHR(status.stx_mode))
			return std::nullopt;
		return fmt::format("{}:{}", status.stx_rdev_major, status.stx_rdev_minor);
	}

	bool begins(const std::string &path)
	{
		if (hanging_.paths.contains(path))
			return false;
		auto name = left_name(full(path));
		if (auto left = hanging_.left.find(name); left != hanging_.left.end()) {
			sink_.put(Sink::Kind::left, path, std::to_string(left->second));
			return false;
		}
		take_name(name);
		sink_.begin(path);
		return true;
	}

	void failed(const std::string &path, int error)
	{
		sink_.put(Sink::Kind::error, path, std::to_string(error));
	}

	std::string full(const std::string &path) const { return root_ + "/" + path; }

	const std::string &root_;
	const Hanging &hanging_;
	const Sink &sink_;
};

} // namespace

// Calls `visit` with each path that the names, from `index` on, lead to.
static void walk(Reader &reader, const std::vector<std::string> &names, std::size_t index,
		 const std::string &path, const std::function<void(const std::string &)> &visit)
{
	if (index == names.size())
		return visit(path);
	auto below = [&](const std::string &name) {
		walk(reader, names, index + 1, path.empty() ? name : path + "/" + name, visit);
	};
	const auto &wanted = names[index];
	if (wanted.find_first_of("*?[") == wanted.npos)
		return below(wanted);
	for (const auto &name : reader.list(path))
		if (fits(wanted, name))
			below(name);
}

void read_pattern(const std::string &root, const std::string &pattern, const Hanging &hanging,
		  const Sink &sink)
{
	Reader reader(root, hanging, sink);
	for (auto path : expand_braces(pattern)) {
		char kind = path[0];
		std::string target;
		if (kind == '@' || kind == '%' || kind == '#' || kind == '!')
			path.erase(0, 1);
		if (auto equals = path.find('='); kind == '@' && equals != path.npos) {
			target = path.substr(equals + 1);
			path.erase(equals);
		}
		bool directory = path.ends_with('/');
		if (directory)
			path.pop_back();
		std::vector<std::string> names;
		for (auto name : split(path, '/'))
			names.emplace_back(name);
		walk(reader, names, 0, "", [&](const std::string &found) {
			if (kind == '@')
				reader.link(found, target);
			else if (kind == '%')
				reader.device_number(found);
			else if (kind == '#')
				reader.open_device(found);
			else if (kind == '!')
				reader.log(found);
			else if (directory)
				reader.list(found);
			else
				reader.read(found);
		});
	}
}

} // namespace scl
