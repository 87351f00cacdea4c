// SPDX-License-Identifier: GPL-2.0
#include "verbs/persistence.hpp"

#include <cctype>
#include <fmt/core.h>

#include "base/exit.hpp"
#include "base/text.hpp"
#include "base/write.hpp"
#include "model/modprobe.hpp"
#include "model/policy.hpp"
#include "print/words.hpp"
#include "source/gather.hpp"
#include "source/writing.hpp"

namespace scl {

static const std::string modprobe_file = "etc/modprobe.d/scsi_lifecycle.conf";
static const std::string marker = "# by scsi-lifecycle set --persist\n";

// The file as it is, empty where there is none.
std::string Persistence::before(const std::string &file) const
{
	auto path = root_.path + "/" + file;
	run_writing(root_, path, {"/" + file, deadline_, [&] { need_replaceable(path); }});
	auto snapshot = gather(root_, "the file to be changed", {file});
	if (int error = snapshot.error(file))
		throw failure_of(error, "/" + file, Exit::cannot_tell);
	if (!snapshot.unseen().empty())
		throw Failure(Exit::cannot_tell, snapshot.unseen().front());
	return snapshot.whole(file);
}

void Persistence::add(const Setting &setting)
{
	auto [place, is_new] = files_.try_emplace(modprobe_file);
	if (is_new)
		place->second = before(modprobe_file);
	place->second = with_option(place->second, setting);
}

// The name of a file for a WWID; two WWIDs never have the same.
static std::string escaped(const std::string &wwid)
{
	std::string name;
	for (unsigned char c : wwid)
		name += (c < 0x80 && isalnum(c)) || c == '.' || c == '-'
				? std::string(1, static_cast<char>(c))
				: fmt::format("_{:02x}", c);
	return name;
}

// A file of each device's own, by its WWID: its address and name may be another's tomorrow.
void Persistence::add(const Setting &setting, const Device &device)
{
	if (!device.wwid.unread().empty())
		throw Failure(Exit::cannot_tell, device.wwid.unread() + "; nothing was set");
	auto wwid = device.wwid.text();
	if (wwid.empty() || wwid.find_first_of("*?[\\\n") != std::string::npos)
		throw Failure(Exit::usage,
			      name_of(device) + ": --persist needs a WWID, and it has none");
	auto file = fmt::format("{}/90-{}.conf", policy_directory, escaped(wwid));
	auto old = before(file);
	if (!old.empty() && !old.starts_with(marker))
		throw Failure(Exit::usage,
			      fmt::format("/{}: its first line does not say that this command has "
					  "written it, so it is left as it is",
					  file));
	files_[file] = fmt::format("{}[device]\nwwid = {}\n{} = {}\n", marker, wwid, setting.name,
				   setting.value);
}

void Persistence::write() const
{
	for (const auto &[file, text] : files_) {
		auto path = root_.path + "/" + file, temporary = temporary_name(path);
		run_writing(root_, path,
			    {"/" + file,
			     deadline_,
			     [&, &whole = text] { replace_file(path, whole, temporary); },
			     {temporary}});
	}
}

} // namespace scl
