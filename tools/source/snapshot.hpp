// SPDX-License-Identifier: GPL-2.0
// What was read of the machine, by path. All that the tool knows is taken from it, so that a test
// can make one, and none of the code that decides can hang.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "source/value.hpp"

namespace scl {

// Paths are relative to the root, without a slash at the begin.
class Snapshot {
public:
	void put_text(const std::string &path, std::string text);
	void drop_text(const std::string &path) { texts_.erase(path); }
	void put_list(const std::string &path, std::vector<std::string> names);
	void put_link(const std::string &path, std::string target);
	void put_error(const std::string &path, int error);
	// A sentence: what could not be read, and why.
	void put_unseen(std::string sentence);
	// The same of a file whose read does not end.
	void put_hanging(const std::string &path, std::string sentence);
	void merge(Snapshot other);

	// Without the white space around it.
	Value<std::string> text(const std::string &path) const;
	// The whole text, empty where it was not read.
	std::string whole(const std::string &path) const;
	Value<unsigned long long> number(const std::string &path) const;
	// The names in a directory, in order; none where it was not read.
	const std::vector<std::string> &list(const std::string &path) const;
	// Why the names in a directory were not read; empty where they were, or it is not there.
	std::string unread_list(const std::string &path) const;
	Value<std::string> link(const std::string &path) const;
	// The errno of the attempt, or 0; ENOENT is not kept.
	int error(const std::string &path) const;
	bool has(const std::string &path) const;

	// Of what was met with EACCES or EPERM.
	std::vector<std::string> forbidden() const;
	// By path, why it was not read: an error, or a read that does not end.
	std::map<std::string, std::string> failures() const;
	const std::vector<std::string> &unseen() const { return unseen_; }
	const std::map<std::string, std::string> &hanging() const { return hanging_; }
	const std::map<std::string, std::string> &texts() const { return texts_; }
	const std::map<std::string, std::string> &links() const { return links_; }

private:
	// Of what was not found: why it was not read; empty where it is known not to be there.
	std::string unread(const std::string &path) const;

	// Those that hang with a sentence.
	std::map<std::string, std::string> texts_, links_, hanging_;
	std::map<std::string, std::vector<std::string>> lists_;
	std::map<std::string, int> errors_;
	std::set<std::string> absent_;
	std::vector<std::string> unseen_;
};

} // namespace scl
