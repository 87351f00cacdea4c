// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

constexpr scl_state running{SCL_PHASE_RUNNING, 0}, cancel{SCL_PHASE_CANCEL, 0},
	cancel_block{SCL_PHASE_CANCEL, 1};
constexpr scl_state del{SCL_PHASE_DEL, 0};

// All but that error handling has one of them.
scl_environment everything()
{
	scl_environment environment{};

	environment.busy = environment.abort_requested = environment.leaving_tag_set =
		environment.recovering = environment.sibling = environment.unsent = 1;
	return environment;
}

struct Removal {
	scl_stall stall{};
	scl_snapshot snapshot = snapshot_of(running);
	scl_environment environment{};
	scl_ms now = 1000;

	explicit Removal(scl_state s) { snapshot.state = s; }

	bool says() { return scl_stall_update(&stall, &snapshot, &environment, now); }
	scl_stall_on waits()
	{
		says();
		return stall.what;
	}
	// How often it speaks in two minutes, and after how long the first time.
	int words(scl_ms *first)
	{
		const scl_ms begun = now;
		int said = 0;

		for (; now < begun + 120000; now += SCL_POLL_MS)
			if (says() && !said++)
				*first = now - begun;
		return said;
	}
};

} // namespace

TEST(Stall, of_a_blocked_or_quiesced_removal_is_for_its_path_whatever_else_there_is)
{
	Removal d(cancel_block);
	d.environment = everything();
	EXPECT_EQ(d.waits(), SCL_STALL_ON_PATH);
	d.snapshot = snapshot_of(cancel);
	d.snapshot.quiesced = 1;
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_PATH);
	d.snapshot = snapshot_of(del);
	d.snapshot.stopped_in_del = 1;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_PATH);
}

TEST(Stall, for_a_flush_is_for_the_lld_also_after_it_was_told)
{
	for (scl_state s : {cancel, del}) {
		Removal d(s);
		d.snapshot.flushing = SCL_FLUSH_DRIVER;
		d.environment.sibling = 1;
		EXPECT_EQ(d.waits(), SCL_STALL_ON_LLD);
		d.environment.abort_requested = 1;
		EXPECT_EQ(d.waits(), SCL_STALL_ON_LLD_ABORT);
	}
}

TEST(Stall, for_any_other_command_of_its_own_is_for_the_lld_and_not_for_a_sibling)
{
	for (scl_state s : {cancel, del}) {
		Removal d(s);
		d.environment.busy = d.environment.sibling = d.environment.abort_requested = 1;
		EXPECT_EQ(d.waits(), SCL_STALL_ON_LLD);
	}
}

TEST(Stall, for_what_error_handling_has_is_for_that)
{
	Removal d(cancel);
	d.environment.recovering = 1;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_ERROR_HANDLING);
	for (bool flush : {false, true})
		for (bool told : {false, true}) {
			d.snapshot.flushing = flush ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
			d.environment = everything();
			d.environment.failed = 1;
			d.environment.abort_requested = told;
			EXPECT_EQ(d.waits(), SCL_STALL_ON_ERROR_HANDLING);
			d.environment.failed = 0;
			EXPECT_EQ(d.waits(),
				  flush && told ? SCL_STALL_ON_LLD_ABORT : SCL_STALL_ON_LLD)
				<< "error handling itself waits for the LLD";
		}
	d.snapshot.flushing = SCL_FLUSH_NONE;
	d.environment = {};
	d.environment.failed = 1;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_NOTHING);
}

TEST(Stall, for_a_sibling_is_seen_with_the_driver_and_after_it)
{
	Removal d(cancel);
	d.environment.sibling = 1;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_SIBLING);
	d.snapshot.state = del;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_NOTHING) << "removed, and held open";
	d.environment.leaving_tag_set = 1;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_SIBLING);
	d.environment.recovering = 1;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_ERROR_HANDLING);
}

TEST(Stall, for_what_is_not_taken_is_for_the_lld_that_takes_nothing)
{
	for (scl_flush flush : {SCL_FLUSH_NONE, SCL_FLUSH_DRIVER}) {
		Removal d(cancel);
		d.snapshot.flushing = flush;
		d.snapshot.untaken = flush != SCL_FLUSH_NONE;
		d.environment.unsent = 1;
		EXPECT_EQ(d.waits(), SCL_STALL_ON_BUSY_LLD);
		d.environment.sibling = 1;
		EXPECT_EQ(d.waits(), SCL_STALL_ON_SIBLING) << "that explains why nothing is sent";
		d.environment.recovering = 1;
		EXPECT_EQ(d.waits(), SCL_STALL_ON_ERROR_HANDLING);
		d.environment.busy = 1;
		EXPECT_EQ(d.waits(), SCL_STALL_ON_LLD) << "what it has it took";
	}
}

TEST(Stall, for_an_untaken_flush_is_over_in_del)
{
	Removal d(del);

	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	d.snapshot.untaken = d.environment.unsent = 1;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_NOTHING);
	d.environment.leaving_tag_set = 1;
	EXPECT_EQ(d.waits(), SCL_STALL_ON_NOTHING) << "what is not sent fails";
}

TEST(Stall, there_is_none_for_what_is_not_under_removal)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		Removal d(s);
		d.snapshot.quiesced = d.snapshot.host_removing = d.snapshot.stopped_in_del = 1;
		d.environment = everything();
		EXPECT_EQ(d.waits(), SCL_STALL_ON_NOTHING) << s;
	}
}

TEST(Stall, that_nothing_bounds_is_said_once_and_not_at_once)
{
	for (int what = 0; what < 4; what++) {
		Removal d(cancel);
		scl_ms first = 0;

		d.snapshot.flushing = what == 0 ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
		d.environment.abort_requested = what == 0;
		d.environment.recovering = what == 1;
		d.environment.sibling = what == 2;
		d.environment.unsent = what == 3;
		EXPECT_EQ(d.words(&first), 1);
		EXPECT_EQ(first, SCL_REPORT_AFTER_MS);
	}
}

TEST(Stall, for_an_lld_is_said_when_its_own_timers_had_their_time)
{
	for (int flush = 0; flush < 2; flush++) {
		Removal d(cancel);
		scl_ms first = 0;

		d.snapshot.flushing = flush ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
		d.environment.busy = 1;
		EXPECT_EQ(d.words(&first), 1);
		EXPECT_EQ(first, SCL_REPORT_LLD_AFTER_MS);
	}
}

TEST(Stall, for_the_path_or_for_nothing_is_not_said)
{
	scl_ms first;
	Removal blocked(cancel_block), healthy(cancel);

	EXPECT_EQ(blocked.words(&first), 0);
	EXPECT_EQ(healthy.words(&first), 0);
}

TEST(Stall, of_another_kind_is_another_wait)
{
	Removal d(cancel);
	scl_ms first;

	d.environment.sibling = 1;
	EXPECT_EQ(d.words(&first), 1);
	d.environment.sibling = 0;
	EXPECT_FALSE(d.says());
	d.environment.sibling = 1;
	const scl_ms begun = d.now;
	EXPECT_FALSE(d.says());
	EXPECT_EQ(d.stall.since, begun);
	EXPECT_EQ(d.words(&first), 1);
	EXPECT_EQ(first, SCL_REPORT_AFTER_MS);
}

TEST(Stall, has_a_name_for_every_kind)
{
	const char *names[] = {"-", "path", "lld", "lld", "lld", "error_handling", "sibling"};

	for (unsigned int what = 0; what <= SCL_STALL_ON_SIBLING; what++)
		EXPECT_STREQ(scl_stall_name(scl_stall_on(what)), names[what]);
	EXPECT_STREQ(scl_stall_name(scl_stall_on(SCL_STALL_ON_SIBLING + 1)), "-");
}
