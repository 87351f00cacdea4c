// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

constexpr scl_state running{SCL_PHASE_RUNNING, 0}, cancel{SCL_PHASE_CANCEL, 0}, cancel_block{SCL_PHASE_CANCEL, 1};
constexpr scl_state del{SCL_PHASE_DEL, 0};

// All but that error handling has one of them.
scl_around everything()
{
	scl_around around{};

	around.busy = around.told = around.leaving = around.recovering = around.sibling = around.unsent = 1;
	return around;
}

struct Removal {
	scl_wait wait{};
	scl_sight sight = sight_of(running);
	scl_around around{};
	scl_ms now = 1000;

	explicit Removal(scl_state s) { sight.state = s; }

	bool says() { return scl_wait_see(&wait, &sight, &around, now); }
	scl_waits waits() { says(); return scl_waits(wait.what); }
	// How often it speaks in two minutes, and after how long the first time.
	int words(scl_ms *first)
	{
		const scl_ms begun = now;
		int said = 0;

		for (; now < begun + 120000; now += SCL_LOOK_MS)
			if (says() && !said++)
				*first = now - begun;
		return said;
	}
};

} // namespace

TEST(Wait, of_a_blocked_or_quiesced_removal_is_for_its_path_whatever_else_there_is)
{
	Removal d(cancel_block);
	d.around = everything();
	EXPECT_EQ(d.waits(), SCL_WAITS_PATH);
	d.sight = sight_of(cancel);
	d.sight.quiesced = 1;
	d.sight.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.waits(), SCL_WAITS_PATH);
	d.sight = sight_of(del);
	d.sight.stuck = 1;
	EXPECT_EQ(d.waits(), SCL_WAITS_PATH);
}

TEST(Wait, for_a_flush_is_for_the_lld_also_after_it_was_told)
{
	for (scl_state s : {cancel, del}) {
		Removal d(s);
		d.sight.flushing = SCL_FLUSH_DRIVER;
		d.around.sibling = 1;
		EXPECT_EQ(d.waits(), SCL_WAITS_LLD);
		d.around.told = 1;
		EXPECT_EQ(d.waits(), SCL_WAITS_DEAF_LLD);
	}
}

TEST(Wait, for_any_other_command_of_its_own_is_for_the_lld_and_not_for_a_sibling)
{
	for (scl_state s : {cancel, del}) {
		Removal d(s);
		d.around.busy = d.around.sibling = d.around.told = 1;
		EXPECT_EQ(d.waits(), SCL_WAITS_LLD);
	}
}

TEST(Wait, for_what_error_handling_has_is_for_that)
{
	Removal d(cancel);
	d.around.recovering = 1;
	EXPECT_EQ(d.waits(), SCL_WAITS_ERROR_HANDLING);
	for (bool flush : {false, true})
		for (bool told : {false, true}) {
			d.sight.flushing = flush ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
			d.around = everything();
			d.around.failed = 1;
			d.around.told = told;
			EXPECT_EQ(d.waits(), SCL_WAITS_ERROR_HANDLING);
			d.around.failed = 0;
			EXPECT_EQ(d.waits(), flush && told ? SCL_WAITS_DEAF_LLD : SCL_WAITS_LLD)
				<< "error handling itself waits for the LLD";
		}
	d.sight.flushing = SCL_FLUSH_NONE;
	d.around = {};
	d.around.failed = 1;
	EXPECT_EQ(d.waits(), SCL_WAITS_NOT);
}

TEST(Wait, for_a_sibling_is_seen_with_the_driver_and_after_it)
{
	Removal d(cancel);
	d.around.sibling = 1;
	EXPECT_EQ(d.waits(), SCL_WAITS_SIBLING);
	d.sight.state = del;
	EXPECT_EQ(d.waits(), SCL_WAITS_NOT) << "removed, and held open";
	d.around.leaving = 1;
	EXPECT_EQ(d.waits(), SCL_WAITS_SIBLING);
	d.around.recovering = 1;
	EXPECT_EQ(d.waits(), SCL_WAITS_ERROR_HANDLING);
}

TEST(Wait, for_what_is_not_taken_is_for_the_lld_that_takes_nothing)
{
	for (scl_flush flush : {SCL_FLUSH_NONE, SCL_FLUSH_DRIVER}) {
		Removal d(cancel);
		d.sight.flushing = flush;
		d.sight.untaken = flush != SCL_FLUSH_NONE;
		d.around.unsent = 1;
		EXPECT_EQ(d.waits(), SCL_WAITS_BUSY_LLD);
		d.around.sibling = 1;
		EXPECT_EQ(d.waits(), SCL_WAITS_SIBLING) << "that explains why nothing is sent";
		d.around.recovering = 1;
		EXPECT_EQ(d.waits(), SCL_WAITS_ERROR_HANDLING);
		d.around.busy = 1;
		EXPECT_EQ(d.waits(), SCL_WAITS_LLD) << "what it has it took";
	}
}

TEST(Wait, for_an_untaken_flush_is_over_in_del)
{
	Removal d(del);

	d.sight.flushing = SCL_FLUSH_DRIVER;
	d.sight.untaken = d.around.unsent = 1;
	EXPECT_EQ(d.waits(), SCL_WAITS_NOT);
	d.around.leaving = 1;
	EXPECT_EQ(d.waits(), SCL_WAITS_NOT) << "what is not sent fails";
}

TEST(Wait, there_is_none_for_what_is_not_under_removal)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		Removal d(s);
		d.sight.quiesced = d.sight.flushing = d.sight.dying = d.sight.stuck = 1;
		d.around = everything();
		EXPECT_EQ(d.waits(), SCL_WAITS_NOT) << s;
	}
}

TEST(Wait, that_nothing_bounds_is_said_once_and_not_at_once)
{
	for (int what = 0; what < 4; what++) {
		Removal d(cancel);
		scl_ms first = 0;

		d.sight.flushing = what == 0 ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
		d.around.told = what == 0;
		d.around.recovering = what == 1;
		d.around.sibling = what == 2;
		d.around.unsent = what == 3;
		EXPECT_EQ(d.words(&first), 1);
		EXPECT_EQ(first, SCL_SAY_MS);
	}
}

TEST(Wait, for_an_lld_is_said_when_its_own_timers_had_their_time)
{
	for (int flush = 0; flush < 2; flush++) {
		Removal d(cancel);
		scl_ms first = 0;

		d.sight.flushing = flush ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
		d.around.busy = 1;
		EXPECT_EQ(d.words(&first), 1);
		EXPECT_EQ(first, SCL_SAY_LLD_MS);
	}
}

TEST(Wait, for_the_path_or_for_nothing_is_not_said)
{
	scl_ms first;
	Removal blocked(cancel_block), healthy(cancel);

	EXPECT_EQ(blocked.words(&first), 0);
	EXPECT_EQ(healthy.words(&first), 0);
}

TEST(Wait, of_another_kind_is_another_wait)
{
	Removal d(cancel);
	scl_ms first;

	d.around.sibling = 1;
	EXPECT_EQ(d.words(&first), 1);
	d.around.sibling = 0;
	EXPECT_FALSE(d.says());
	d.around.sibling = 1;
	const scl_ms begun = d.now;
	EXPECT_FALSE(d.says());
	EXPECT_EQ(d.wait.since, begun);
	EXPECT_EQ(d.words(&first), 1);
	EXPECT_EQ(first, SCL_SAY_MS);
}

TEST(Wait, has_a_name_for_every_kind)
{
	const char *names[] = {"-", "path", "lld", "lld", "lld", "error_handling", "sibling"};

	for (unsigned char what = 0; what <= SCL_WAITS_SIBLING; what++)
		EXPECT_STREQ(scl_wait_name(what), names[what]);
	EXPECT_STREQ(scl_wait_name(SCL_WAITS_SIBLING + 1), "-");
}
