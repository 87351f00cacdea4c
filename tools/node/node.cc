// SPDX-License-Identifier: GPL-2.0
#include "node/node.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace scl {

Node::Node(const std::string &root, const Address &address)
{
	auto path = root + "/dev/scsi_lifecycle/" + to_text(address);
	descriptor_ = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (descriptor_ < 0)
		error_ = errno;
}

Node::~Node()
{
	if (descriptor_ >= 0)
		close(descriptor_);
}

Node::Identity Node::identity() const
{
	struct stat status = {};
	fstat(descriptor_, &status);
	return {status.st_rdev, status.st_ino};
}

void Node::pass_on()
{
	fcntl(descriptor_, F_SETFD, 0);
}

std::vector<Record> Node::read()
{
	std::vector<Record> records;
	std::array<char, 4096> buffer;
	while (!ended_) {
		auto got = ::read(descriptor_, buffer.data(), buffer.size());
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			break;
		ended_ = got <= 0;
		if (got > 0)
			pending_.append(buffer.data(), static_cast<std::size_t>(got));
	}
	std::string_view bytes = pending_;
	while (auto record = take_record(bytes))
		records.push_back(*record);
	pending_.erase(0, pending_.size() - bytes.size());
	return records;
}

int Node::hold()
{
	return ioctl(descriptor_, SCSI_LIFECYCLE_IOC_HOLD) == 0 ? 0 : errno;
}

int Node::end()
{
#ifdef SCSI_LIFECYCLE_IOC_END
	return ioctl(descriptor_, SCSI_LIFECYCLE_IOC_END) == 0 ? 0 : errno;
#else
	return ENOTTY;
#endif
}

} // namespace scl
