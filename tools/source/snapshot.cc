// SPDX-License-Identifier: GPL-2.0
#include "source/snapshot.hpp"

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"

namespace scl {

void Snapshot::put_text(const std::string &path, std::string text)
{
	texts_[path] = std::move(text);
}

void Snapshot::put_list(const std::string &path, std::vector<std::string> names)
{
	std::sort(names.begin(), names.end());
	lists_[path] = std::move(names);
}

void Snapshot::put_link(const std::string &path, std::string target)
{
	links_[path] = std::move(target);
}

void Snapshot::put_error(const std::string &path, int error)
{
	if (error != ENOENT)
		errors_[path] = error;
}

void Snapshot::put_unseen(std::string sentence)
{
	unseen_.push_back(std::move(sentence));
}

void Snapshot::put_hanging(const std::string &path, std::string sentence)
{
	if (hanging_.insert(path).second)
		put_unseen(std::move(sentence));
}

void Snapshot::merge(Snapshot other)
{
	texts_.merge(other.texts_);
	links_.merge(other.links_);
	lists_.merge(other.lists_);
	errors_.merge(other.errors_);
	hanging_.merge(other.hanging_);
	unseen_.insert(unseen_.end(), other.unseen_.begin(), other.unseen_.end());
}

std::optional<std::string> Snapshot::text(const std::string &path) const
{
	auto found = texts_.find(path);
	if (found == texts_.end())
		return std::nullopt;
	return std::string(trim(found->second));
}

std::string Snapshot::whole(const std::string &path) const
{
	auto found = texts_.find(path);
	return found == texts_.end() ? std::string() : found->second;
}

std::optional<unsigned long long> Snapshot::number(const std::string &path) const
{
	auto found = text(path);
	return found ? to_number<unsigned long long>(*found) : std::nullopt;
}

const std::vector<std::string> &Snapshot::list(const std::string &path) const
{
	static const std::vector<std::string> none;
	auto found = lists_.find(path);
	return found == lists_.end() ? none : found->second;
}

std::optional<std::string> Snapshot::link(const std::string &path) const
{
	auto found = links_.find(path);
	if (found == links_.end())
		return std::nullopt;
	return found->second;
}

int Snapshot::error(const std::string &path) const
{
	auto found = errors_.find(path);
	return found == errors_.end() ? 0 : found->second;
}

bool Snapshot::has(const std::string &path) const
{
	return texts_.contains(path) || lists_.contains(path) || links_.contains(path);
}

std::vector<std::string> Snapshot::forbidden() const
{
	std::vector<std::string> paths;
	for (const auto &[path, error] : errors_)
		if (error == EACCES || error == EPERM)
			paths.push_back(path);
	return paths;
}

} // namespace scl
