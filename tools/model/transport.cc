// SPDX-License-Identifier: GPL-2.0
// What brings commands to a device, by its place in sysfs:
//
//	.../host7/session3/target7:0:0			iSCSI
//	.../host2/rport-2:0-3/target2:0:3		FC
//	.../host9/target9:0:0, and port-9:1 of SRP	SRP
//	.../host4/port-4:0/end_device-4:0/target4:0:0	SAS
#include "model/machine.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <initializer_list>
#include <string_view>

#include "base/text.hpp"

namespace scl {

// The least of a transport's timers that are on decides when a path is given up; one that was not
// read may be less.
static void take_timer(Transport &transport, const Snapshot &snapshot, const std::string &dir,
		       std::initializer_list<const char *> names)
{
	auto &least = transport.timer_seconds;
	for (const auto *name : names) {
		auto text = snapshot.text(dir + name);
		auto seconds = snapshot.number(dir + name);
		bool is_off = text == "off" || text.text().starts_with('-');
		if (!text && text.unread().empty())
			continue;
		if (is_off || seconds.value_or(0) > 1u << 30) {
			transport.keeps_lost_paths = true;
			continue;
		}
		if (least && seconds && *seconds >= *least)
			continue;
		transport.timer = name;
		least = seconds.as(
			[](auto number) { return std::optional(static_cast<unsigned>(number)); });
		if (!least)
			return;
	}
}

static void take_state(Transport &transport, const Snapshot &snapshot, const std::string &file,
		       std::initializer_list<std::string_view> connected)
{
	transport.state = snapshot.text(file);
	transport.lost = !transport.state.text().empty() &&
			 std::find(connected.begin(), connected.end(), transport.state.text()) ==
				 connected.end();
}

static void read_session(Transport &transport, const Snapshot &snapshot, const std::string &name)
{
	auto dir = "sys/class/iscsi_session/" + name + "/";
	transport = {"iscsi", name, "", {}, false, "", {}};
	transport.peer = snapshot.text(dir + "targetname").value_or("");
	take_state(transport, snapshot, dir + "state", {"LOGGED_IN"});
	take_timer(transport, snapshot, dir, {"recovery_tmo"});
}

// fc_remote_port_chkready() lets commands through in both states.
static void read_rport(Transport &transport, const Snapshot &snapshot, const std::string &name)
{
	auto dir = "sys/class/fc_remote_ports/" + name + "/";
	transport = {"fc", name, "", {}, false, "", {}};
	transport.peer = snapshot.text(dir + "port_name").value_or("");
	take_state(transport, snapshot, dir + "port_state", {"Online", "Marginal"});
	take_timer(transport, snapshot, dir, {"fast_io_fail_tmo", "dev_loss_tmo"});
}

static void read_srp(Transport &transport, const Snapshot &snapshot, const std::string &name)
{
	auto dir = "sys/class/srp_remote_ports/" + name + "/";
	transport = {"srp", name, "", {}, false, "", {}};
	take_state(transport, snapshot, dir + "state", {"running"});
	take_timer(transport, snapshot, dir, {"fast_io_fail_tmo", "dev_loss_tmo"});
}

Transport transport_of(const Snapshot &snapshot, const std::string &place)
{
	Transport transport;
	std::string host;
	for (auto part : split(place, '/')) {
		std::string name(part);
		if (number_after("host", name))
			host = name.substr(4);
		else if (number_after("session", name))
			read_session(transport, snapshot, name);
		else if (name.starts_with("rport-"))
			read_rport(transport, snapshot, name);
		else if (name.starts_with("end_device-"))
			transport.kind = "sas", transport.name = name;
		else if (number_after("ata", name))
			transport.kind = "ata", transport.name = name;
		else if (number_after("usb", name) && !transport.kind)
			transport.kind = "usb", transport.name = name;
	}
	if (transport.kind || host.empty())
		return transport;
	const std::string ports = "sys/class/srp_remote_ports";
	transport.kind = Value<std::string>::not_read(snapshot.unread_list(ports));
	for (const auto &name : snapshot.list(ports))
		if (name.starts_with("port-" + host + ":"))
			read_srp(transport, snapshot, name);
	return transport;
}

} // namespace scl
