// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <vector>

#include "shown.hpp"

namespace {

constexpr scl_ms tmo = 5000, reboot = 60000, huge = SCL_NEVER - 1;
constexpr scl_state running{SCL_PHASE_RUNNING, 0}, blocked{SCL_PHASE_RUNNING, 1};
constexpr scl_state cancel{SCL_PHASE_CANCEL, 0}, cancel_block{SCL_PHASE_CANCEL, 1},
	offline{SCL_PHASE_OFFLINE, 0};

// Devices that are polled at one time.
struct Teardown {
	scl_limits limits = limits_of(tmo, SCL_NEVER);
	scl_snapshot snapshot = snapshot_of(cancel_block);
	scl_ms now = 100000;

	Teardown() { limits.reboot = reboot; }

	scl_decision poll(scl_progress &progress)
	{
		return scl_decide(&progress, &snapshot, &limits, now);
	}

	scl_decision poll(scl_progress &progress, scl_state state)
	{
		snapshot.state = state;
		return poll(progress);
	}

	scl_decision look_at_a_new_one()
	{
		scl_progress progress{};
		return poll(progress);
	}
};

} // namespace

TEST(Time, does_not_run_for_a_removal_that_waits_for_nothing)
{
	Teardown t;
	scl_progress progress{};

	EXPECT_EQ(t.poll(progress, cancel).left, SCL_NEVER);
	t.now += 4 * tmo;
	EXPECT_EQ(t.poll(progress).left, SCL_NEVER);
	EXPECT_EQ(t.poll(progress, cancel_block).left, tmo);
}

TEST(Time, of_a_device_is_its_own_and_nobody_fails_before_it)
{
	Teardown t;
	const scl_ms begun = t.now;
	std::vector<scl_progress> progresses(256);
	size_t ended = 0;

	for (; ended < progresses.size() && t.now <= begun + 256 * 10 + tmo; t.now += 10)
		for (size_t i = 0; i < progresses.size() && begun + i * 10 <= t.now; i++) {
			const scl_ms since = begun + i * 10;
			if (t.now > since + tmo)
				continue;
			const scl_decision v = t.poll(progresses[i]);
			ended += v.event == SCL_EVENT_DEADLINE;
			ASSERT_EQ(v.event == SCL_EVENT_DEADLINE, t.now == since + tmo)
				<< "device " << i;
			ASSERT_EQ(v.left, since + tmo - t.now) << "device " << i;
		}
	EXPECT_EQ(ended, 256u);
}

TEST(Time, of_256_blocked_luns_of_a_dying_host_is_up_for_all_at_once)
{
	Teardown t;
	const scl_ms begun = t.now;
	std::vector<scl_progress> progresses(256);

	t.snapshot.host_removing = 1;
	for (; t.now <= begun + tmo; t.now += SCL_POLL_MS)
		for (size_t i = 0; i < progresses.size(); i++) {
			// One removal begins after the other meanwhile.
			t.snapshot.state = i * 50 <= t.now - begun ? cancel_block : blocked;
			ASSERT_EQ(t.poll(progresses[i]).event == SCL_EVENT_DEADLINE,
				  t.now == begun + tmo)
				<< i;
		}
}

TEST(Time, of_a_dying_host_is_counted_for_a_blocked_device_from_when_it_was_seen_to_die)
{
	Teardown t;
	scl_progress progress{};

	EXPECT_EQ(t.poll(progress, blocked).left, SCL_NEVER);
	t.now += 100 * tmo;
	t.snapshot.host_removing = 1;
	EXPECT_EQ(t.poll(progress).left, tmo);
}

TEST(Time, is_up_to_the_millisecond)
{
	Teardown t;
	scl_progress progress{};

	for (scl_ms left = tmo; left; left -= SCL_POLL_MS, t.now += SCL_POLL_MS)
		ASSERT_EQ(t.poll(progress).event, SCL_EVENT_NONE);
	t.now--;
	EXPECT_EQ(t.poll(progress).left, 1u);
	EXPECT_EQ(t.poll(progress).again, 1u);
	t.now++;
	EXPECT_EQ(t.poll(progress).event, SCL_EVENT_DEADLINE);
}

TEST(Time, begins_anew_where_a_command_was_sent_between_two_polls)
{
	for (scl_state s : {cancel_block, blocked}) {
		Teardown t;
		scl_progress progress{};

		t.snapshot.host_removing = 1;
		t.snapshot.sent = 7;
		t.poll(progress, s);
		t.now += tmo - 1;
		EXPECT_EQ(t.poll(progress).left, 1u);
		t.snapshot.sent++;
		EXPECT_EQ(t.poll(progress).left, tmo);
		t.now += tmo - 1;
		EXPECT_EQ(t.poll(progress).left, 1u) << "sent before, and nothing since";
		t.now++;
		EXPECT_EQ(t.poll(progress).event, SCL_EVENT_DEADLINE);
	}
}

TEST(Time, of_a_quiesced_removal_is_not_begun_anew_by_power_management_commands)
{
	Teardown t;
	scl_progress progress{};

	t.snapshot.quiesced = 1;
	t.poll(progress, cancel);
	t.now += 1000;
	t.snapshot.sent++;
	EXPECT_EQ(t.poll(progress).left, tmo - 1000);
}

TEST(Time, begins_anew_where_the_path_was_seen_to_come_back)
{
	Teardown t;
	scl_progress progress{};

	t.poll(progress);
	t.now += tmo - 1;
	t.poll(progress, cancel);
	EXPECT_EQ(t.poll(progress, cancel_block).left, tmo);
}

TEST(Time, that_was_up_stays_up_for_a_device_whose_path_was_not_seen)
{
	Teardown t;
	scl_progress progress{};

	t.snapshot.host_removing = 1;
	t.poll(progress, blocked);
	t.now += tmo;
	ASSERT_EQ(t.poll(progress).event, SCL_EVENT_DEADLINE);
	EXPECT_EQ(t.poll(progress, offline).event, SCL_EVENT_NONE);
	t.now += 10 * tmo;
	t.snapshot.sent++;
	EXPECT_EQ(t.poll(progress, blocked).event, SCL_EVENT_DEADLINE);
	EXPECT_EQ(t.poll(progress, offline).event, SCL_EVENT_NONE);
	EXPECT_EQ(t.poll(progress, cancel).event, SCL_EVENT_DEADLINE);
}

TEST(Time, is_given_again_to_a_device_that_was_seen_running)
{
	Teardown t;
	scl_progress progress{};

	t.snapshot.host_removing = 1;
	t.poll(progress, blocked);
	t.now += tmo;
	t.poll(progress);
	t.poll(progress, offline);
	t.poll(progress, running);
	EXPECT_EQ(t.poll(progress, blocked).left, tmo);
}

TEST(Time, that_a_device_has_waited_is_remembered)
{
	Teardown t;
	scl_progress progress{};

	t.poll(progress, running);
	EXPECT_FALSE(progress.waited);
	t.poll(progress, cancel_block);
	t.poll(progress, cancel);
	EXPECT_TRUE(progress.waited);
}

TEST(Time, turned_off_is_never_up)
{
	Teardown t;
	scl_progress progress{};

	t.limits.teardown = SCL_NEVER;
	for (int day = 0; day < 1000; day++, t.now += 86400000) {
		const scl_decision v = t.poll(progress);
		EXPECT_EQ(v.event, SCL_EVENT_NONE);
		EXPECT_EQ(v.left, SCL_NEVER);
		EXPECT_EQ(v.again, SCL_POLL_MS);
	}
}

TEST(Time, of_none_is_up_at_once)
{
	Teardown t;

	t.limits.teardown = 0;
	EXPECT_EQ(t.look_at_a_new_one().event, SCL_EVENT_DEADLINE);
	t.now = 0;
	EXPECT_EQ(t.look_at_a_new_one().event, SCL_EVENT_DEADLINE);
}

TEST(Time, follows_a_limit_that_is_changed_while_it_runs)
{
	Teardown t;
	scl_progress progress{};

	t.poll(progress);
	t.now += 400;
	t.limits.teardown = 60000;
	EXPECT_EQ(t.poll(progress).left, 59600u);
	t.limits.teardown = 401;
	EXPECT_EQ(t.poll(progress).left, 1u);
	t.limits.teardown = SCL_NEVER;
	EXPECT_EQ(t.poll(progress).left, SCL_NEVER);
	t.limits.teardown = 400;
	EXPECT_EQ(t.poll(progress).event, SCL_EVENT_DEADLINE);
}

TEST(Time, that_was_off_is_counted_from_the_beginning_of_the_wait_when_it_is_turned_on)
{
	Teardown t;
	scl_progress progress{};

	t.limits.teardown = SCL_NEVER;
	for (int i = 0; i < 8; i++, t.now += SCL_POLL_MS)
		t.poll(progress);
	t.limits.teardown = tmo;
	EXPECT_EQ(t.poll(progress).left, tmo - 8 * SCL_POLL_MS);
}

TEST(Time, does_not_overflow_at_the_end_of_time_and_begins_at_its_beginning)
{
	for (scl_ms begun : {scl_ms(0), huge - tmo}) {
		Teardown t;
		scl_progress progress{};

		t.now = begun;
		for (scl_ms left = tmo; left; left -= SCL_POLL_MS, t.now += SCL_POLL_MS)
			ASSERT_EQ(t.poll(progress).left, left);
		EXPECT_EQ(t.poll(progress).event, SCL_EVENT_DEADLINE);
	}
}

TEST(Time, may_be_all_but_for_ever)
{
	Teardown t;
	scl_progress progress{};

	t.limits.teardown = huge;
	EXPECT_EQ(t.poll(progress).left, huge);
	EXPECT_EQ(t.poll(progress).again, SCL_POLL_MS);
	t.now += 7;
	EXPECT_EQ(t.poll(progress).left, huge - 7);
	t.now = huge;
	EXPECT_EQ(t.poll(progress).left, 100000u);
}

TEST(Time, is_not_begun_anew_by_polls_that_come_late)
{
	for (scl_ms late : {SCL_FLUSH_GAP_MS + 1, 2 * tmo}) {
		Teardown t;
		scl_progress progress{};
		const scl_ms begun = t.now;

		while (t.poll(progress).event == SCL_EVENT_NONE && t.now < begun + 9 * tmo)
			t.now += late;
		EXPECT_LT(t.now, begun + tmo + late);
	}
}

TEST(Time, of_a_reboot_is_counted_from_when_it_was_first_seen_to_keep_the_device_waiting)
{
	Teardown t;
	scl_progress progress{};

	EXPECT_EQ(t.poll(progress, blocked).left, SCL_NEVER);
	t.now += 10 * reboot;
	t.snapshot.rebooting = 1;
	EXPECT_EQ(t.poll(progress).left, reboot);
	t.now += reboot - 1;
	EXPECT_EQ(t.poll(progress).event, SCL_EVENT_NONE);
	t.now++;
	EXPECT_EQ(t.poll(progress).event, SCL_EVENT_DEADLINE);
}

TEST(Time, of_a_reboot_is_the_device_s_whose_path_goes_later)
{
	Teardown t;
	scl_progress progress{};

	t.snapshot.rebooting = 1;
	t.poll(progress, running);
	t.now += reboot - 1;
	EXPECT_EQ(t.poll(progress, blocked).left, reboot);
	t.now += reboot - 1;
	t.snapshot.sent++;
	EXPECT_EQ(t.poll(progress).left, reboot) << "its path was back";
}

TEST(Time, of_a_removal_goes_on_in_a_reboot_and_the_lesser_of_both_counts)
{
	for (scl_ms teardown : {tmo, 10 * reboot, SCL_NEVER}) {
		Teardown t;
		scl_progress progress{};

		t.limits.teardown = teardown;
		t.poll(progress);
		t.now += 1000;
		t.snapshot.rebooting = 1;
		EXPECT_EQ(t.poll(progress).left, teardown == tmo ? tmo - 1000 : reboot);
		t.now += 1000;
		EXPECT_EQ(t.poll(progress).left, teardown == tmo ? tmo - 2000 : reboot - 1000);
	}
}

TEST(Time, of_a_reboot_and_of_a_dying_host_is_the_lesser_too)
{
	Teardown t;
	scl_progress progress{};

	t.snapshot.rebooting = t.snapshot.host_removing = 1;
	EXPECT_EQ(t.poll(progress, blocked).left, tmo);
	t.limits.reboot = 300;
	EXPECT_EQ(t.poll(progress).left, 300u);
}
