// SPDX-License-Identifier: GPL-2.0
// One device alone. Of the directories that list devices and hosts the snapshot has it and its
// host, and no other name.
#include <cerrno>
#include <fmt/core.h>

#include "base/text.hpp"
#include "source/gather.hpp"

namespace scl {

static const std::string devices = "sys/bus/scsi/devices", guarded = "sys/class/scsi_lifecycle",
			 hosts = "sys/class/scsi_host";

// The files of what brings commands to it, by a part of its place.
static std::string transport_at(const std::string &part)
{
	if (part.find_first_of("*?[]{}") != part.npos)
		return "";
	if (number_after("session", part))
		return "sys/class/iscsi_session/" + part + "/{state,recovery_tmo,targetname}";
	if (part.starts_with("rport-"))
		return "sys/class/fc_remote_ports/" + part +
		       "/{port_state,port_name,fast_io_fail_tmo,dev_loss_tmo}";
	return "";
}

// Whether it is there, or was not read.
static bool may_be(const Value<std::string> &value)
{
	return value || !value.unread().empty();
}

Snapshot gather_device(const Root &root, const Address &address)
{
	auto name = to_text(address), host = fmt::format("host{}", address.host);
	auto target = fmt::format("target{}:{}:{}", address.host, address.channel, address.id);
	auto place = devices + "/" + name, below = devices + "/" + target + "/" + name;
	auto words = "the device " + name;
	auto snapshot = gather(root, words, {"@" + place, "@" + devices + "/" + target});
	auto link = snapshot.link(place);
	bool is_gone = !may_be(link);
	std::vector<std::string> patterns = {
		place + "/{state,vendor,model,type,wwid,teardown_tmo}",
		place + "/block/",
		guarded + "/" + name + "/{number,state,blocked,teardown_tmo,disk,wwid}",
		guarded + "/counters",
		"sys/module/",
		hosts + "/" + host + "/{proc_name,state}",
		fmt::format("sys/class/srp_remote_ports/port-{}:*/"
			    "{{state,fast_io_fail_tmo,dev_loss_tmo}}",
			    address.host)};
	// What its removal has taken from the bus is below its target still.
	if (is_gone)
		patterns.push_back(below + "/");
	auto path = is_gone ? snapshot.link(devices + "/" + target).text() : link.text();
	for (auto part : split(path, '/'))
		if (auto files = transport_at(std::string(part)); !files.empty())
			patterns.push_back(files);
	snapshot.merge(gather(root, words, patterns));
	using Names = std::vector<std::string>;
	// EINVAL: it is there, and no link.
	if (link || snapshot.error(place) == EINVAL) {
		snapshot.put_list(devices, {name});
	} else if (is_gone) {
		bool is_below = snapshot.has(below) || !snapshot.unread_list(below).empty();
		snapshot.put_list(devices, {target});
		snapshot.put_list(devices + "/" + target, is_below ? Names{name} : Names{});
	}
	if (may_be(snapshot.text(hosts + "/" + host + "/proc_name")))
		snapshot.put_list(hosts, {host});
	if (snapshot.has(guarded + "/counters") ||
	    may_be(snapshot.text(guarded + "/" + name + "/state")))
		snapshot.put_list(guarded, {name});
	else if (!may_be(snapshot.text(guarded + "/counters")))
		snapshot.put_list(guarded, {});
	return snapshot;
}

} // namespace scl
