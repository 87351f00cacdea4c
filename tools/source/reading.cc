// SPDX-License-Identifier: GPL-2.0
#include "source/reading.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fmt/core.h>
#include <poll.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

#include "base/text.hpp"
#include "source/pattern.hpp"

namespace scl {

// A file that hangs is passed over, so many of an area.
static constexpr int hanging_files = 3;

namespace {

// Of a child that is alive something is heard so often, and what it has read by then. What it has
// read since is lost where it hangs: the next one reads it again.
constexpr Milliseconds writes_each{100};
constexpr std::size_t batch = 32768;

// What the child writes before each path and its data. A sign of life is an error without a path.
struct Head {
	Sink::Kind kind;
	std::uint32_t path, data;
};

// The path that the child reads: a write for each would take longer than most reads.
class Current {
public:
	Current()
		: place_(static_cast<Place *>(mmap(nullptr, sizeof(Place), PROT_READ | PROT_WRITE,
						   MAP_SHARED | MAP_ANONYMOUS, -1, 0)))
	{
		if (place_ == MAP_FAILED)
			throw std::system_error(errno, std::generic_category(), "mmap");
	}
	~Current() { munmap(place_, sizeof(Place)); }
	Current(const Current &) = delete;
	Current &operator=(const Current &) = delete;

	void set(const std::string &path) const
	{
		place_->size = std::min(path.size(), sizeof(place_->text));
		path.copy(place_->text, place_->size);
	}
	// Of a child that hangs, or has ended.
	std::string get() const { return {place_->text, place_->size}; }

private:
	struct Place {
		std::size_t size;
		char text[4096];
	};
	Place *place_;
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

// What the child tells its parent.
class Told {
public:
	explicit Told(int file) : file_(file) {}

	void put(Sink::Kind kind, const std::string &path, std::string_view data)
	{
		Head head{kind, static_cast<std::uint32_t>(path.size()),
			  static_cast<std::uint32_t>(data.size())};
		records_.append(reinterpret_cast<const char *>(&head), sizeof(head));
		records_.append(path).append(data);
		if (records_.size() >= batch)
			write();
	}
	void begin()
	{
		if (Clock::now() < next_)
			return;
		if (records_.empty())
			put(Sink::Kind::error, "", "");
		write();
	}
	void write()
	{
		if (!write_all(file_, records_))
			_exit(1);
		records_.clear();
		next_ = Clock::now() + writes_each;
	}

private:
	int file_;
	std::string records_;
	Time next_ = Clock::now() + writes_each;
};

int read_all(int file, const std::string &root, const std::vector<std::string> &patterns,
	     const Hanging &hanging, const Current &current)
{
	Told told(file);
	Sink sink{[&](Sink::Kind kind, const std::string &path, std::string_view data) {
			  told.put(kind, path, data);
		  },
		  [&](const std::string &path) {
			  told.begin();
			  current.set(path);
		  }};
	for (const auto &pattern : patterns)
		read_pattern(root, pattern, hanging, sink);
	told.write();
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

private:
	void enter(Sink::Kind kind, const std::string &path, const std::string &data)
	{
		if (path.empty())
			return;
		switch (kind) {
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
	std::string pending_;
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
		current_.set("");
		Child child([&] { return read_all(ends[1], root_, patterns, hanging_, current_); },
			    ends[1]);
		close(ends[1]);
		Received received(snapshot_, words_);
		auto outcome = receive(ends[0], child, until_, received);
		close(ends[0]);
		if (outcome != Outcome::all)
			pass_over(child, outcome);
		return outcome == Outcome::all;
	}

	void pass_over(Child &child, Outcome outcome)
	{
		// One that is slow may take its time to die too.
		bool left = !child.kill() && child.is_stuck();
		auto path = current_.get();
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
	Current current_;
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
