// SPDX-License-Identifier: GPL-2.0
#include "tree.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/stat.h>

#include "base/text.hpp"
#include "source/gather.hpp"

namespace fs = std::filesystem;

static std::string text_of(const std::string &path)
{
	std::ifstream file(path);
	std::ostringstream text;
	text << file.rdbuf();
	return text.str();
}

std::string source_text(const std::string &name)
{
	EXPECT_TRUE(fs::exists(fs::path(SOURCES) / name)) << name;
	return text_of(std::string(SOURCES) + "/" + name);
}

Tree::Tree(std::initializer_list<const char *> names)
{
	auto pattern = (fs::temp_directory_path() / "scsi-lifecycle-XXXXXX").string();
	root_ = mkdtemp(pattern.data());
	for (const auto *name : names)
		plant(source_text(std::string("trees/") + name));
}

Tree::~Tree()
{
	fs::remove_all(root_);
}

std::string Tree::make(const std::string &path)
{
	auto full = root_ + "/" + path;
	fs::create_directories(fs::path(full).parent_path());
	return full;
}

void Tree::write(const std::string &path, const std::string &text)
{
	std::ofstream(make(path)) << text;
}

std::string Tree::read(const std::string &path) const
{
	return text_of(root_ + "/" + path);
}

void Tree::remove(const std::string &path)
{
	fs::remove_all(root_ + "/" + path);
}

void Tree::fifo(const std::string &path)
{
	ASSERT_EQ(mkfifo(make(path).c_str(), 0600), 0);
}

void Tree::make_unreadable(const std::string &path)
{
	remove(path);
	auto full = make(path);
	fs::create_symlink(fs::path(full).filename(), full);
}

void Tree::plant(const std::string &text)
{
	std::string open; // the file whose lines follow
	for (auto line : scl::lines(text)) {
		if (line.starts_with('\t')) {
			std::ofstream(make(open), std::ios::app) << line.substr(1) << '\n';
			continue;
		}
		auto end = line.find(' ');
		std::string path(line.substr(0, end));
		std::string rest(end == line.npos ? "" : line.substr(end + 1));
		if (path.empty() || path == "#")
			continue;
		if (path.ends_with('/'))
			fs::create_directories(root_ + "/" + path);
		else if (rest.starts_with("-> "))
			fs::create_directory_symlink(rest.substr(3), make(path));
		else if (rest == ":")
			open = path;
		else
			write(path, rest == "=" ? "" : rest.substr(2) + "\n");
	}
}

scl::Snapshot Tree::snapshot() const
{
	using scl::Area;
	auto snapshot = scl::gather(root_, {Area::module, Area::hosts, Area::devices, Area::guarded,
					    Area::maps, Area::queues, Area::users});
	snapshot.merge(scl::gather_stuck(root_));
	return snapshot;
}

void expect_golden(const std::string &name, const std::string &text)
{
	auto path = std::string(SOURCES) + "/golden/" + name;
	if (std::getenv("UPDATE_GOLDEN"))
		std::ofstream(path) << text;
	EXPECT_EQ(text_of(path), text) << "golden/" << name;
}
