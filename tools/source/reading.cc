// SPDX-License-Identifier: GPL-2.0
#include "source/reading.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fmt/core.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

#include "base/text.hpp"
#include "source/pattern.hpp"

namespace scl {

// A file that hangs is passed over, so many of an area.
static constexpr int hanging_files = 3;

namespace {

// What the child writes before each path and its data.
struct Head {
	Sink::Kind kind;
	std::uint32_t path, data;
};

bool write_all(int file, std::string_view data)
{
	while (!data.empty()) {
		auto written = write(file, data.data(), data.size());
		if (written < 0)
			return false;
		data.remove_prefix(static_cast<std::size_t>(written));
	}
	return true;
}

int read_all(int file, const std::string &root, const std::vector<std::string> &patterns,
	     const Hanging &hanging)
{
	Sink sink{[file](Sink::Kind kind, const std::string &path, std::string_view data) {
		Head head{kind, static_cast<std::uint32_t>(path.size()),
			  static_cast<std::uint32_t>(data.size())};
		std::string record(reinterpret_cast<const char *>(&head), sizeof(head));
		record.append(path).append(data);
		if (!write_all(file, record))
			_exit(1);
	}};
	for (const auto &pattern : patterns)
		read_pattern(root, pattern, hanging, sink);
	return 0;
}

// Enters what the child has written so far.
class Received {
public:
	Received(Snapshot &snapshot, const std::string &words) : snapshot_(snapshot), words_(words)
	{
	}

	void add(const char *data, std::size_t size)
	{
		pending_.append(data, size);
		std::size_t at = 0;
		Head head;
		while (pending_.size() - at >= sizeof(head)) {
			pending_.copy(reinterpret_cast<char *>(&head), sizeof(head), at);
			auto whole = sizeof(head) + head.path + head.data;
			if (pending_.size() - at < whole)
				break;
			auto path = pending_.substr(at + sizeof(head), head.path);
			auto text = pending_.substr(at + sizeof(head) + head.path, head.data);
			enter(head.kind, path, text);
			at += whole;
		}
		pending_.erase(0, at);
	}

	// The path that is being read.
	const std::string &current() const { return current_; }

private:
	void enter(Sink::Kind kind, const std::string &path, const std::string &data)
	{
		switch (kind) {
		case Sink::Kind::begin: current_ = path; return;
		case Sink::Kind::text: return snapshot_.put_text(path, data);
		case Sink::Kind::link: return snapshot_.put_link(path, data);
		case Sink::Kind::error:
			return snapshot_.put_error(path, to_number<int>(data).value_or(EIO));
		case Sink::Kind::left:
			return snapshot_.put_hanging(
				path, fmt::format("{}: /{} was not read: process {} of an earlier "
						  "call hangs in it",
						  words_, path, data));
		case Sink::Kind::list:
			std::vector<std::string> names;
			for (auto name : split(data, '\0'))
				if (!name.empty())
					names.emplace_back(name);
			return snapshot_.put_list(path, std::move(names));
		}
	}

	Snapshot &snapshot_;
	const std::string &words_;
	std::string pending_, current_;
};

} // namespace

// How far the child has come.
enum class Outcome { all, hangs, failed, late };

static Outcome receive(int file, Child &child, Time until, Received &received)
{
	std::array<char, 65536> buffer;
	auto hangs = Clock::now() + file_time;
	for (;;) {
		pollfd ready = {file, POLLIN, 0};
		int count = poll(&ready, 1, left_ms(std::min(until, hangs)));
		if (count < 0 && errno == EINTR)
			continue;
		if (count == 0 && left_ms(until) == 0)
			return Outcome::late;
		// One that a busy machine gives no processor hangs in nothing.
		if (count == 0 && child.waits())
			return Outcome::hangs;
		hangs = Clock::now() + file_time;
		if (count == 0)
			continue;
		auto got = read(file, buffer.data(), buffer.size());
		if (got <= 0)
			return child.wait(until) == 0 ? Outcome::all : Outcome::failed;
		received.add(buffer.data(), static_cast<std::size_t>(got));
	}
}

namespace {

// In one process after another: each is left at a file that hangs.
class Reading {
public:
	Reading(const Root &root, const std::string &words, const Left &left, Time until)
		: root_(root.path), words_(words), until_(std::min(root.until, until))
	{
		hanging_.left = left;
	}

	Snapshot take(const std::vector<std::string> &patterns)
	{
		if (patterns.empty())
			return {};
		for (int hung = 0; hung <= hanging_files && left_ms(until_) > 0; hung++)
			if (read(patterns))
				return std::move(snapshot_);
		snapshot_.put_unseen(fmt::format("{}: the rest was not read", words_));
		return std::move(snapshot_);
	}

private:
	bool read(const std::vector<std::string> &patterns)
	{
		int ends[2];
		if (pipe(ends) != 0)
			throw std::system_error(errno, std::generic_category(), "pipe");
		Child child([&] { return read_all(ends[1], root_, patterns, hanging_); }, ends[1]);
		close(ends[1]);
		Received received(snapshot_, words_);
		auto outcome = receive(ends[0], child, until_, received);
		close(ends[0]);
		if (outcome != Outcome::all)
			pass_over(received.current(), child, outcome);
		return outcome == Outcome::all;
	}

	void pass_over(const std::string &path, Child &child, Outcome outcome)
	{
		// One that is slow may take its time to die too.
		bool left = !child.kill() && child.is_stuck();
		auto what = fmt::format("{}: reading /{}", words_, path);
		if (outcome == Outcome::hangs)
			what += fmt::format(" did not end within {} ms", file_time.count());
		else
			what += outcome == Outcome::failed ? " failed"
							   : " was cut off: its time was over";
		if (left)
			what += fmt::format("; process {} is left in it", child.pid());
		hanging_.paths.insert(path);
		if (outcome == Outcome::hangs || left)
			snapshot_.put_hanging(path, what);
		else
			snapshot_.put_unseen(what);
	}

	const std::string &root_, &words_;
	Time until_;
	Hanging hanging_;
	Snapshot snapshot_;
};

} // namespace

Snapshot read_area(const Root &root, const std::string &words, const Left &left, Time until,
		   const std::vector<std::string> &patterns)
{
	return Reading(root, words, left, until).take(patterns);
}

} // namespace scl
