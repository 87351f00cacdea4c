// SPDX-License-Identifier: GPL-2.0
#include "source/snapshot.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>

#include "base/text.hpp"

namespace scl {

// It is not there, or went while it was read. A disk without a name that scsi_vpd_lun_id() takes
// has a file for its WWID all the same.
static bool says_absent(const std::string &path, int error)
{
	constexpr std::array absent = {ENOENT, ENOTDIR, ENODEV, ENXIO, ESRCH, ENOTBLK};
	return std::find(absent.begin(), absent.end(), error) != absent.end() ||
	       (error == EINVAL && path.ends_with("/wwid"));
}

static std::string sentence_of(const std::string &path, int error)
{
	return fmt::format("/{} was not read: {}", path, std::strerror(error));
}

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
	if (says_absent(path, error))
		absent_.insert(path);
	if (error != ENOENT)
		errors_[path] = error;
}

void Snapshot::put_unseen(std::string sentence)
{
	unseen_.push_back(std::move(sentence));
}

void Snapshot::put_hanging(const std::string &path, std::string sentence)
{
	if (hanging_.emplace(path, sentence).second)
		put_unseen(std::move(sentence));
}

void Snapshot::merge(Snapshot other)
{
	texts_.merge(other.texts_);
	links_.merge(other.links_);
	lists_.merge(other.lists_);
	errors_.merge(other.errors_);
	hanging_.merge(other.hanging_);
	absent_.merge(other.absent_);
	unseen_.insert(unseen_.end(), other.unseen_.begin(), other.unseen_.end());
}

// By what is known of the directories above it too.
std::string Snapshot::unread(const std::string &path) const
{
	for (auto at = path;;) {
		if (absent_.contains(at))
			return {};
		if (auto found = hanging_.find(at); found != hanging_.end())
			return found->second;
		if (auto found = errors_.find(at); found != errors_.end())
			return sentence_of(at, found->second);
		auto slash = at.rfind('/');
		if (slash == at.npos)
			return fmt::format("/{} was not read", path);
		auto above = lists_.find(at.substr(0, slash));
		if (above != lists_.end() &&
		    !std::binary_search(above->second.begin(), above->second.end(),
					at.substr(slash + 1)))
			return {};
		at.erase(slash);
	}
}

Value<std::string> Snapshot::text(const std::string &path) const
{
	if (auto found = texts_.find(path); found != texts_.end())
		return std::string(trim(found->second));
	return Value<std::string>::not_read(unread(path));
}

std::string Snapshot::whole(const std::string &path) const
{
	auto found = texts_.find(path);
	return found == texts_.end() ? std::string() : found->second;
}

Value<unsigned long long> Snapshot::number(const std::string &path) const
{
	auto found = text(path);
	return found.as([](const auto &text) { return to_number<unsigned long long>(text); },
			fmt::format("/{}: {} is not a number", path, in_quotes(found.text())));
}

const std::vector<std::string> &Snapshot::list(const std::string &path) const
{
	static const std::vector<std::string> none;
	auto found = lists_.find(path);
	return found == lists_.end() ? none : found->second;
}

std::string Snapshot::unread_list(const std::string &path) const
{
	return lists_.contains(path) ? std::string() : unread(path);
}

Value<std::string> Snapshot::link(const std::string &path) const
{
	if (auto found = links_.find(path); found != links_.end())
		return found->second;
	return Value<std::string>::not_read(unread(path));
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

std::map<std::string, std::string> Snapshot::failures() const
{
	auto failures = hanging_;
	for (const auto &[path, error] : errors_)
		if (!absent_.contains(path) && !has(path))
			failures.emplace(path, sentence_of(path, error));
	return failures;
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
