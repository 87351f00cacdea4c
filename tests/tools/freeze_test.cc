// SPDX-License-Identifier: GPL-2.0
// What `why` says of a removal that waits for the commands of another LUN, without the module.
#include "diagnosis/why.hpp"

#include <gtest/gtest.h>

#include "print/text.hpp"
#include "tree.hpp"

using namespace scl;

static std::string told(const Tree &tree)
{
	auto machine = tree.machine();
	return why_text(diagnose(machine, {}), machine, Paint(false));
}

TEST(Freeze, names_the_deleted_device_that_sysfs_does_not_have)
{
	expect_golden("why-freeze", told(Tree({"freeze"})));
}

TEST(Freeze, names_a_neighbour_that_is_stopped_whatever_its_state_says)
{
	Tree tree({"freeze"});
	auto dir = std::string("sys/devices/platform/host2/target2:0:0/2:0:0:1/");
	tree.write(dir + "state", "offline\n");
	tree.write(dir + "block/sdb/dev", "8:16\n");
	tree.write("sys/kernel/debug/block/sdb/state", "SAME_COMP|QUIESCED|\n");
	auto text = told(tree);
	EXPECT_NE(text.find("2:0:0:1 (sdb), another LUN of host2, is blocked"), text.npos) << text;
}

// fc_terminate_rport_io() unblocks the target, and so fails what waits there.
TEST(Freeze, ends_with_the_timer_of_the_path_that_its_neighbours_lost)
{
	Tree tree({"freeze"});
	auto port_of_fc = [&](const char *number, const char *dev_loss) {
		auto port = std::string("sys/class/fc_remote_ports/rport-2:0-") + number;
		tree.plant(port + "/port_state = Blocked\n" + port + "/fast_io_fail_tmo = off\n" +
			   port + "/dev_loss_tmo = " + dev_loss + "\n");
	};
	auto lun = [&](const char *number, const char *address, const char *state) {
		auto place = std::string("devices/pci0000:00/host2/rport-2:0-") + number +
			     "/target2:0:" + number + "/" + address;
		tree.remove(std::string("sys/bus/scsi/devices/") + address);
		tree.plant(std::string("sys/bus/scsi/devices/") + address + " -> ../../../" +
			   place + "\nsys/" + place + "/state = " + state + "\n");
	};
	auto expect = [&](const char *words) {
		auto text = told(tree);
		EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
	};
	port_of_fc("0", "120");
	lun("0", "2:0:0:1", "blocked");
	expect("FC rport-2:0-0 is Blocked, dev_loss_tmo 120\n");
	expect("at the latest when the transport gives the path up (dev_loss_tmo 120)\n");
	// The later of two.
	port_of_fc("1", "300");
	lun("1", "2:0:1:0", "blocked");
	expect("FC rport-2:0-0 is Blocked");
	expect("FC rport-2:0-1 is Blocked");
	expect("path up (dev_loss_tmo 300)\n");
	// One that the transport does not know to be blocked.
	lun("1", "2:0:1:0", "offline");
	auto disk = std::string("sys/devices/pci0000:00/host2/rport-2:0-1/target2:0:1/2:0:1:0/");
	tree.write(disk + "block/sdc/dev", "8:32\n");
	tree.write("sys/kernel/debug/block/sdc/state", "SAME_COMP|QUIESCED|\n");
	expect("not by itself where their queue is stopped\n");
}
