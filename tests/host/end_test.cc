// SPDX-License-Identifier: GPL-2.0
//
// A teardown that the administrator ends before its time is up.
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

// One device, with limits that never end its teardown.
struct Ended {
	scl_progress progress{};
	scl_snapshot snapshot = snapshot_of({SCL_PHASE_CANCEL, 1});
	scl_limits limits = limits_of(SCL_NEVER, SCL_NEVER, SCL_NEVER);
	scl_ms now = 1000;

	scl_end_answer end() { return scl_end_teardown(&progress, &snapshot); }

	scl_decision poll()
	{
		now += SCL_POLL_MS;
		return scl_decide(&progress, &snapshot, &limits, now);
	}
};

} // namespace

TEST(End, of_a_blocked_removal_leaves_it_no_time)
{
	Ended d;

	EXPECT_EQ(d.poll().left, SCL_NEVER);
	EXPECT_EQ(d.end(), SCL_END_DONE);
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
	EXPECT_TRUE(d.progress.expired);
}

TEST(End, beats_a_hold)
{
	Ended d;

	d.snapshot.held = true;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.end(), SCL_END_DONE);
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(End, waits_for_error_handling_as_a_removal_does)
{
	Ended d;

	d.snapshot.state = {SCL_PHASE_CANCEL, 0};
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	d.snapshot.untaken = true;
	d.snapshot.recovering = true;
	EXPECT_EQ(d.end(), SCL_END_DONE);
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	d.snapshot.recovering = false;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(End, lets_no_file_hold_the_device_any_more)
{
	Ended d;

	EXPECT_TRUE(scl_may_hold(d.snapshot.state, false, &d.progress));
	EXPECT_EQ(d.end(), SCL_END_DONE);
	EXPECT_FALSE(scl_may_hold(d.snapshot.state, false, &d.progress));
	d.snapshot.state = {SCL_PHASE_RUNNING, 0};
	EXPECT_FALSE(scl_may_hold(d.snapshot.state, false, &d.progress));
}

TEST(End, of_a_removal_whose_flush_the_lld_has_leaves_the_flush_no_time)
{
	Ended d;

	d.snapshot.state.blocked = false;
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.end(), SCL_END_DONE);
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
	// The LLD that does not let go of it is asked again.
	d.snapshot.state = {SCL_PHASE_DEL, 0};
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(End, before_the_flush_is_sent_leaves_that_no_time_either)
{
	Ended d;

	d.snapshot.state.blocked = false;
	EXPECT_EQ(d.end(), SCL_END_DONE);
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(End, of_a_quiesced_removal_lets_its_flush_through)
{
	Ended d;

	d.snapshot.state.blocked = false;
	d.snapshot.quiesced = true;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.end(), SCL_END_DONE);
	EXPECT_EQ(d.poll().event, SCL_EVENT_RESUME);
	EXPECT_FALSE(d.progress.expired);
}

TEST(End, of_a_device_whose_host_is_removed_ends_its_wait)
{
	Ended d;

	d.snapshot.state.phase = SCL_PHASE_RUNNING;
	EXPECT_EQ(d.end(), SCL_END_NOT_BEGUN);
	d.snapshot.host_removing = true;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.end(), SCL_END_DONE);
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(End, is_refused_where_no_removal_has_begun_and_changes_nothing)
{
	for (unsigned int phase = 0; phase < SCL_PHASE_CANCEL; phase++)
		for (bool blocked : {false, true})
			for (bool rebooting : {false, true}) {
				Ended d;
				d.snapshot.state = {scl_phase(phase), blocked};
				d.snapshot.rebooting = rebooting;
				EXPECT_EQ(d.end(), SCL_END_NOT_BEGUN) << phase;
				EXPECT_FALSE(d.progress.ended);
				EXPECT_EQ(d.poll().event, SCL_EVENT_NONE) << phase;
			}
}

TEST(End, is_refused_once_there_is_no_time_left_to_take)
{
	Ended twice;

	EXPECT_EQ(twice.end(), SCL_END_DONE);
	EXPECT_EQ(twice.end(), SCL_END_OVER);

	Ended late;
	late.limits.teardown = 0;
	EXPECT_EQ(late.poll().event, SCL_EVENT_DEADLINE);
	EXPECT_EQ(late.end(), SCL_END_OVER);
	EXPECT_FALSE(late.progress.ended);

	Ended gone;
	gone.snapshot.state = {SCL_PHASE_DEL, 0};
	EXPECT_EQ(gone.end(), SCL_END_OVER);

	Ended detached;
	detached.snapshot.detached = true;
	EXPECT_EQ(detached.end(), SCL_END_OVER);
	EXPECT_FALSE(detached.progress.ended);
}
