// SPDX-License-Identifier: GPL-2.0
//
// What a tracer is told of a time that is up.
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

// Polled twice, with limits of one poll.
struct Expired {
	scl_progress progress{};
	scl_snapshot snapshot = snapshot_of({SCL_PHASE_CANCEL, 0});

	std::string name()
	{
		scl_limits limits = limits_of(SCL_POLL_MS, SCL_POLL_MS);

		limits.reboot = SCL_POLL_MS;
		limits.flush_set = true;
		for (scl_ms now : {scl_ms(1000), 1000 + SCL_POLL_MS})
			if (scl_decide(&progress, &snapshot, &limits, now).event != SCL_EVENT_NONE)
				return scl_expiry_name(&progress, &snapshot);
		return "";
	}
};

} // namespace

TEST(Expiry, is_named_by_what_the_device_waited_for)
{
	Expired path, quiesced, flush, untaken, reboot, both, host, ended, before;

	path.snapshot.state.blocked = true;
	EXPECT_EQ(path.name(), "path");
	quiesced.snapshot.quiesced = true;
	EXPECT_EQ(quiesced.name(), "quiesced");
	flush.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(flush.name(), "flush_not_answered");
	untaken.snapshot.flushing = SCL_FLUSH_DRIVER;
	untaken.snapshot.untaken = true;
	EXPECT_EQ(untaken.name(), "flush_not_taken");
	reboot.snapshot.state = {SCL_PHASE_RUNNING, true};
	reboot.snapshot.rebooting = true;
	EXPECT_EQ(reboot.name(), "reboot");
	both.snapshot.state.blocked = both.snapshot.rebooting = true;
	EXPECT_EQ(both.name(), "path");
	host.snapshot.state = {SCL_PHASE_RUNNING, true};
	host.snapshot.host_removing = true;
	EXPECT_EQ(host.name(), "path");
	ended.snapshot.state.blocked = true;
	EXPECT_EQ(scl_end_teardown(&ended.progress, &ended.snapshot), SCL_END_DONE);
	EXPECT_EQ(ended.name(), "ended");
	before.progress.expired = true;
	EXPECT_EQ(before.name(), "expired_before");
}

TEST(Expiry, of_a_quiesced_disk_in_use_is_that_of_its_flush)
{
	Expired d;

	d.snapshot.state = {SCL_PHASE_RUNNING, false};
	d.snapshot.rebooting = d.snapshot.quiesced = true;
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.name(), "flush_not_answered");
}
