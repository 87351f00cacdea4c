// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "host_model.hpp"

namespace {

// One device that is held, polled whenever it was told to be and when the hold comes and goes.
struct Held {
	scl_progress progress{};
	scl_snapshot snapshot = snapshot_of({SCL_PHASE_CANCEL, 1});
	scl_limits limits = limits_of(5000, 60000, 20000);
	scl_ms now = 1000;

	Held() { snapshot.held = 1; }

	scl_decision poll() { return scl_decide(&progress, &snapshot, &limits, now); }

	// Polls until that time. Return: after how long there was something to do, SCL_NEVER: not
	// yet.
	scl_ms until(scl_ms end)
	{
		for (; now < end; now += SCL_POLL_MS)
			if (poll().event != SCL_EVENT_NONE)
				return now - 1000;
		now = end;
		return SCL_NEVER;
	}
};

} // namespace

TEST(Hold, stretches_the_wait_to_its_limit)
{
	Held d;

	EXPECT_EQ(d.poll().left, 20000u);
	EXPECT_EQ(d.until(60000), 20000u);
	EXPECT_TRUE(d.progress.expired);
}

TEST(Hold, is_nothing_to_a_device_that_no_file_holds)
{
	Held d;

	d.snapshot.held = 0;
	EXPECT_EQ(d.until(60000), 5000u);
}

TEST(Hold, gives_time_where_a_removal_would_not_wait_at_all)
{
	Held d;

	d.limits.teardown = 0;
	EXPECT_EQ(d.until(60000), 20000u);
}

TEST(Hold, takes_no_time_away)
{
	for (scl_ms hold : {scl_ms(0), scl_ms(4999), scl_ms(5000)}) {
		Held d;
		d.limits.hold = hold;
		EXPECT_EQ(d.until(60000), 5000u) << hold;
	}
	Held d;
	d.limits.teardown = SCL_NEVER;
	EXPECT_EQ(d.poll().left, SCL_NEVER);
	EXPECT_EQ(d.until(100000), SCL_NEVER);
}

TEST(Hold, without_a_limit_waits_for_ever)
{
	Held d;

	d.limits.hold = SCL_NEVER;
	EXPECT_EQ(d.poll().left, SCL_NEVER);
	EXPECT_EQ(d.until(1000000), SCL_NEVER);
	d.snapshot.held = 0;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Hold, that_is_dropped_after_the_teardown_s_time_ends_the_wait_at_once)
{
	Held d;

	EXPECT_EQ(d.until(8000), SCL_NEVER);
	d.snapshot.held = 0;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Hold, that_is_dropped_in_time_leaves_the_rest_of_the_teardown_s)
{
	Held d;

	EXPECT_EQ(d.until(4000), SCL_NEVER);
	d.snapshot.held = 0;
	EXPECT_EQ(d.poll().left, 2000u);
	EXPECT_EQ(d.until(60000), 5000u);
}

TEST(Hold, that_is_taken_again_counts_from_the_same_start)
{
	Held d;

	for (; d.now < 5000; d.now += SCL_POLL_MS) {
		d.snapshot.held ^= 1;
		ASSERT_EQ(d.poll().event, SCL_EVENT_NONE);
	}
	d.snapshot.held = 1;
	EXPECT_EQ(d.until(60000), 20000u);
}

TEST(Hold, lets_a_path_that_comes_back_late_have_its_flush)
{
	Held d;

	EXPECT_EQ(d.until(15000), SCL_NEVER);
	d.snapshot.state.blocked = 0;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().left, 60000u);
}

TEST(Hold, leaves_the_flush_s_limit_alone)
{
	for (scl_ms hold : {scl_ms(0), scl_ms(200000), SCL_NEVER}) {
		Held d;
		d.limits.hold = hold;
		d.snapshot.state.blocked = 0;
		d.snapshot.flushing = SCL_FLUSH_DRIVER;
		EXPECT_EQ(d.poll().left, 60000u) << hold;
		EXPECT_EQ(d.until(200000), 60000u) << hold;
	}
}

TEST(Hold, of_a_quiesced_device_stretches_its_wait_too)
{
	Held d;

	d.snapshot.state.blocked = 0;
	d.snapshot.quiesced = 1;
	EXPECT_EQ(d.until(20750), SCL_NEVER);
	EXPECT_EQ(d.until(60000), 20000u);
}

TEST(Hold, of_a_device_in_use_stretches_its_wait_on_a_dying_host)
{
	Held d;

	d.snapshot.state.phase = SCL_PHASE_RUNNING;
	EXPECT_EQ(d.poll().left, SCL_NEVER);
	d.snapshot.host_removing = 1;
	EXPECT_EQ(d.until(60000), 20000u);
}

TEST(Hold, gives_no_time_while_the_machine_goes_down)
{
	Held d;

	d.snapshot.rebooting = 1;
	d.limits.reboot = 9000;
	EXPECT_EQ(d.until(60000), 9000u);
}

TEST(Hold, of_all_luns_of_a_dying_host_costs_it_one_hold)
{
	Host host(8);

	host.limits.hold = 20000;
	for (Lun &l : host.luns) {
		l.held = true;
		host.meet(l, SCL_EVENT_BLOCK);
	}
	const scl_ms took = host.run(60000);
	EXPECT_EQ(host.wrong, "");
	EXPECT_GE(took, 20000u);
	EXPECT_LE(took, 20000 + host.stock_takes());
}

TEST(Hold, of_one_lun_lets_the_others_of_its_host_go_at_the_teardown_s_time)
{
	Host host(4);

	host.limits.hold = 20000;
	for (Lun &l : host.luns)
		host.meet(l, SCL_EVENT_BLOCK);
	host.luns.back().held = true;
	scl_ms others = 0;
	const scl_ms took = host.run(60000, [&] {
		if (!others && host.luns[2].dev.state().phase == SCL_PHASE_DEL)
			others = host.now;
	});
	EXPECT_EQ(host.wrong, "");
	EXPECT_LE(others, 1000 + 5000 + host.stock_takes());
	EXPECT_GE(took, 20000u);
	EXPECT_LE(took, 20000 + host.stock_takes());
}

TEST(Hold, is_to_be_had_of_a_device_that_has_time_left_and_of_no_other)
{
	for (unsigned int phase = 0; phase <= SCL_PHASES; phase++)
		for (bool blocked : {false, true})
			for (bool expired : {false, true})
				for (bool detached : {false, true}) {
					scl_progress progress{};
					progress.expired = expired;
					const bool back = phase == SCL_PHASE_RUNNING && !blocked;
					const bool time =
						phase < SCL_PHASE_DEL && (!expired || back);
					EXPECT_EQ(scl_may_hold({scl_phase(phase), blocked},
							       detached, &progress),
						  time && !detached);
				}
}

TEST(Hold, cannot_be_had_on_a_dying_host_once_the_time_is_up)
{
	Held d;

	d.snapshot.state.phase = SCL_PHASE_RUNNING;
	d.snapshot.host_removing = 1;
	d.snapshot.held = 0;
	EXPECT_TRUE(scl_may_hold(d.snapshot.state, false, &d.progress));
	EXPECT_EQ(d.until(60000), 5000u);
	d.snapshot.state = {SCL_PHASE_OFFLINE, 0};
	EXPECT_FALSE(scl_may_hold(d.snapshot.state, false, &d.progress));
}
