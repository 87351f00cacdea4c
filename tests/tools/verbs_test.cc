// SPDX-License-Identifier: GPL-2.0
// The verbs that need little: metrics, report, hold, rescue, monitor, __complete.
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.hpp"
#include "tool.hpp"
#include "verbs/monitor.hpp"

static const std::string sda = "sys/devices/platform/host2/target2:0:0/2:0:0:0";

TEST(Metrics, are_what_the_module_counts)
{
	auto ran = run_tool(Tree{"healthy", "guard", "session", "session-guard"}, {"metrics"});
	EXPECT_EQ(ran.code, 0);
	expect_golden("metrics", ran.out);
}

TEST(Metrics, without_the_module_say_that_it_is_not_loaded)
{
	auto ran = run_tool(Tree{"healthy"}, {"metrics"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_NE(ran.out.find("scsi_lifecycle_loaded 0\n"), ran.out.npos);
	EXPECT_EQ(ran.out.find("flushes"), ran.out.npos);
}

TEST(Metrics, a_file_is_there_whole_or_as_it_was)
{
	Tree tree{"healthy"};
	auto file = tree.root() + "/textfile/scsi.prom";
	EXPECT_EQ(run_tool(tree, {"metrics", "--textfile", file}).code, 0);
	EXPECT_NE(tree.read("textfile/scsi.prom").find("scsi_lifecycle_loaded"), std::string::npos);
	EXPECT_FALSE(std::filesystem::exists(file + ".new"));
	auto ran = run_tool(tree, {"metrics", "--textfile", "/proc/no/file"});
	EXPECT_NE(ran.code, 0);
	EXPECT_NE(ran.err.find("/proc/no/file"), ran.err.npos);
}

TEST(Metrics, fail_their_unit_where_the_file_was_not_written_and_not_for_a_value)
{
	const std::string unit = "../../tools/systemd/scsi-lifecycle-metrics.service";
	ASSERT_NE(source_text(unit).find("\nSuccessExitStatus=9\n"), std::string::npos);
	Tree tree{"healthy", "guard"};
	tree.make_unreadable("sys/class/scsi_lifecycle/counters");
	auto file = tree.root() + "/out";
	EXPECT_EQ(run_tool(tree, {"metrics", "--textfile", file}).code, 9);
	EXPECT_NE(tree.read("out").find("unread_values 1\n"), std::string::npos);
	for (const auto &kept : {std::string("/proc/no/file"), file + "/below"})
		EXPECT_EQ(run_tool(tree, {"metrics", "--textfile", kept}).code, 3) << kept;
}

TEST(Metrics, leave_out_what_was_not_read)
{
	Tree tree{"healthy", "guard"};
	tree.remove("sys/module");
	tree.remove("sys/class/scsi_lifecycle");
	auto ran = run_tool(tree, {"metrics"});
	EXPECT_EQ(ran.code, 9);
	EXPECT_EQ(ran.out.find("scsi_lifecycle_loaded"), ran.out.npos) << ran.out;
	EXPECT_NE(ran.out.find("scsi_lifecycle_removals_pending 0"), ran.out.npos) << ran.out;
	tree.plant("sys/module/scsi_lifecycle/initstate = live\n");
	ran = run_tool(tree, {"metrics"});
	EXPECT_EQ(ran.out.find("removals_pending"), ran.out.npos) << ran.out;
	tree.write("textfile", "old\n");
	tree.remove("sys");
	ran = run_tool(tree, {"metrics", "--textfile", tree.root() + "/textfile"});
	EXPECT_EQ(ran.code, 9);
	EXPECT_NE(ran.err.find("sysfs could not be read"), ran.err.npos) << ran.err;
	EXPECT_EQ(tree.read("textfile"), "old\n");
}

TEST(Metrics, leave_out_the_time_of_a_removal_that_was_not_read)
{
	Tree tree{"healthy", "guard", "session", "session-guard"};
	tree.remove("sys/class/scsi_lifecycle/7:0:0:1/since");
	auto ran = run_tool(tree, {"metrics"});
	EXPECT_EQ(ran.out.find("removal_oldest_seconds{"), ran.out.npos) << ran.out;
	EXPECT_NE(ran.out.find("scsi_lifecycle_removals_pending 1"), ran.out.npos) << ran.out;
}

TEST(Report, has_what_a_ticket_needs)
{
	auto ran = run_tool(Tree{"healthy", "session"}, {"report"});
	EXPECT_EQ(ran.code, 0);
	for (const char *part : {"status.txt", "why.txt", "doctor.txt", "metrics.txt", "kernel.log",
				 "files.txt", "sd_sync_cache"})
		EXPECT_NE(ran.out.find(part), ran.out.npos) << part;
}

TEST(Report, is_an_archive_where_that_is_asked_for)
{
	Tree tree{"healthy"};
	auto file = tree.root() + "/report.tar.gz";
	EXPECT_EQ(run_tool(tree, {"report", "-o", file}).code, 0);
	EXPECT_EQ(tree.read("report.tar.gz").substr(0, 2), "\x1f\x8b");
}

TEST(Hold, without_the_module_is_7)
{
	for (const char *verb : {"hold", "end", "monitor"})
		EXPECT_EQ(run_tool(Tree{"healthy"}, {verb, "sda"}).code, 7) << verb;
	EXPECT_EQ(run_tool(Tree{"healthy"}, {"rescue"}).code, 7);
}

TEST(Hold, of_a_device_that_is_gone_is_5_and_of_one_without_a_node_6)
{
	EXPECT_EQ(run_tool(Tree{"healthy", "guard"}, {"hold", "sdz", "--", "true"}).code, 5);
	auto ran = run_tool(Tree{"healthy", "guard"}, {"hold", "sda", "--", "true"});
	EXPECT_EQ(ran.code, 6);
	EXPECT_NE(ran.err.find("it is there, and has no node"), ran.err.npos) << ran.err;
}

TEST(Hold, of_a_node_that_may_not_be_opened_is_8)
{
	Tree tree{"healthy", "guard"};
	tree.write("dev/scsi_lifecycle/2:0:0:0", "");
	chmod(tree.root().c_str(), 0755);
	chmod((tree.root() + "/dev/scsi_lifecycle/2:0:0:0").c_str(), 0600);
	scl::Context context;
	context.root = scl::Root(tree.root());
	context.wanted.names = {"sda"};
	auto pid = fork();
	if (pid == 0) {
		constexpr uid_t stranger = 65534;
		try {
			if (setresuid(stranger, stranger, stranger) == 0)
				scl::hold(context, {"true"});
		} catch (const scl::Failure &failure) {
			_exit(static_cast<int>(failure.code));
		}
		_exit(0);
	}
	int status;
	waitpid(pid, &status, 0);
	EXPECT_EQ(WEXITSTATUS(status), 8);
}

TEST(Hold, a_node_that_knows_no_hold_is_of_another_module_and_nothing_runs)
{
	Tree tree{"healthy", "guard"};
	tree.write("dev/scsi_lifecycle/2:0:0:0", "");
	auto ran = run_tool(tree, {"hold", "sda", "--", "touch", tree.root() + "/ran"});
	EXPECT_EQ(ran.code, 7);
	EXPECT_FALSE(std::filesystem::exists(tree.root() + "/ran"));
}

// The module may know it: its list is in debugfs, which is not read.
TEST(Rescue, without_debugfs_does_not_say_what_the_module_knows)
{
	Tree tree{"healthy", "guard", "session"};
	auto dry = run_tool(tree, {"rescue", "--dry-run"});
	EXPECT_EQ(dry.code, 9);
	EXPECT_EQ(dry.out, "7:0:0:1: a removal that the module does not show, and may know\n");
	auto metrics = run_tool(tree, {"metrics"});
	EXPECT_EQ(metrics.code, 9);
	EXPECT_NE(metrics.out.find("scsi_lifecycle_unread_values 1"), metrics.out.npos);
}

TEST(Rescue, names_what_the_module_does_not_know_and_writes)
{
	Tree tree{"healthy", "guard", "session"};
	tree.write("sys/kernel/debug/scsi_lifecycle/devices",
		   "2:0:0:0 state=running blocked=no since=9 deadline=- holds=0 waits_for=-\n");
	tree.write("sys/class/scsi_lifecycle/rescue", "");
	auto dry = run_tool(tree, {"rescue", "--dry-run"});
	EXPECT_EQ(dry.code, 1);
	EXPECT_EQ(dry.out, "7:0:0:1: a removal that the module does not know\n");
	EXPECT_EQ(tree.read("sys/class/scsi_lifecycle/rescue"), "");
	EXPECT_EQ(run_tool(tree, {"rescue"}, {"sh", "-c", "exec \"$@\" >/dev/full", "sh"}).code, 9);
	EXPECT_EQ(tree.read("sys/class/scsi_lifecycle/rescue"), "1");
	tree.write("sys/class/scsi_lifecycle/rescue", "");
	EXPECT_EQ(run_tool(tree, {"rescue"}).code, 0);
	EXPECT_EQ(tree.read("sys/class/scsi_lifecycle/rescue"), "1");
}

TEST(Monitor, tells_a_device_to_its_end)
{
	Tree tree{"healthy", "guard"};
	Kernel kernel(tree, sda,
		      {began(1500000000), ended(2000000000, SCSI_LIFECYCLE_FLUSH_COMPLETED)},
		      When::looked_at);
	auto ran = run_tool(tree, {"monitor", "sda"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out, "     1.500 2:0:0:0 running -> cancel, remove\n"
			   "     2.000 2:0:0:0 gone, flush completed\n");
}

TEST(Monitor, ends_when_its_time_is_up)
{
	Tree tree{"healthy", "guard"};
	tree.fifo("dev/scsi_lifecycle/2:0:0:0");
	int kept = open((tree.root() + "/dev/scsi_lifecycle/2:0:0:0").c_str(), O_RDWR | O_CLOEXEC);
	EXPECT_EQ(run_tool(tree, {"monitor", "--timeout", "0.1"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"monitor", "--timeout", "0.1", "sda"}).code, 3);
	close(kept);
}

TEST(Monitor, of_a_device_without_a_node_does_not_say_that_it_is_gone)
{
	Tree tree{"healthy", "guard"};
	auto ran = run_tool(tree, {"monitor", "sda"});
	EXPECT_EQ(ran.code, 9);
	EXPECT_NE(ran.err.find("2:0:0:0 (sda): still there"), ran.err.npos) << ran.err;
}

TEST(Monitor, of_a_name_that_may_be_more_does_not_say_that_all_is_gone)
{
	Tree tree{"healthy", "guard"};
	tree.make_unreadable("sys/devices/platform/host2/target2:0:0/2:0:0:1/wwid");
	Kernel kernel(tree, sda,
		      {began(1500000000), ended(2000000000, SCSI_LIFECYCLE_FLUSH_COMPLETED)},
		      When::looked_at);
	EXPECT_EQ(run_tool(tree, {"monitor", "sda", "naa.600c0ff0000000ff"}).code, 9);
}

TEST(Monitor, goes_on_where_a_name_is_gone_or_the_devices_cannot_be_read_anew)
{
	Tree tree{"healthy", "guard"};
	scl::Context context;
	context.root = scl::Root(tree.root());
	context.quiet = true;
	context.wanted.names = {"a-map-by-its-alias"};
	scl::Watcher watcher(tree.root(), [](const scl::Event &) {});
	EXPECT_TRUE(scl::follow_anew(context, {{2, 0, 0, 0}}, watcher));
	tree.remove("sys/bus");
	EXPECT_FALSE(scl::follow_anew(context, {{2, 0, 0, 0}}, watcher));
}

TEST(Complete, names_devices_maps_and_hosts)
{
	auto ran = run_tool(Tree{"healthy", "session"}, {"__complete"});
	EXPECT_EQ(ran.out,
		  "2:0:0:0\nsda\n2:0:0:1\nsdb\n7:0:0:1\n7:0:0:2\nsdd\nmpatha\nhost2\nhost7\n");
}
