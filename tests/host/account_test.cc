// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "removal.hpp"

using namespace removal;

TEST(Account, remembers_the_last_of_the_flushes_that_ended)
{
	Removal r;

	r.ends(failure);
	r.ends(success);
	EXPECT_EQ(r.account.ended, 2u);
	EXPECT_TRUE(r.account.last.good);
	r.ends(failure);
	EXPECT_EQ(r.account.ended, 3u);
	EXPECT_EQ(r.account.last.result, 2);
	EXPECT_EQ(r.account.last.asc, 0xc);
}

TEST(Account, of_a_flush_that_succeeded_is_completed_whatever_was_done_to_its_device)
{
	for (bool in_del : both)
		for (bool observed : both) {
			Removal r;
			r.account.observed = observed;
			r.begin();
			r.ends(success);
			EXPECT_EQ(r.result(in_del), SCL_FLUSH_RESULT_COMPLETED);
			r.fails();
			EXPECT_EQ(r.result(in_del), SCL_FLUSH_RESULT_COMPLETED);
		}
}

TEST(Account, of_a_flush_that_failed_is_killed_if_that_was_when_its_device_was_failed)
{
	Removal before, after;

	before.begin();
	before.ends(failure);
	EXPECT_EQ(before.result(false), SCL_FLUSH_RESULT_FAILED);
	before.fails();
	EXPECT_EQ(before.result(true), SCL_FLUSH_RESULT_FAILED)
		<< "answered with an error before that";
	before.ends(failure);
	EXPECT_EQ(before.result(true), SCL_FLUSH_RESULT_KILLED);

	after.begin();
	after.fails();
	after.ends(failure);
	EXPECT_EQ(after.result(true), SCL_FLUSH_RESULT_KILLED);
	EXPECT_EQ(after.result(false), SCL_FLUSH_RESULT_FAILED)
		<< "the path was back before the driver left";
}

TEST(Account, counts_what_ended_before_the_first_failure_alone)
{
	Removal r;

	r.begin();
	r.fails();
	r.ends(failure);
	r.fails();
	EXPECT_EQ(r.account.ended_before, 0u);
	EXPECT_EQ(r.result(true), SCL_FLUSH_RESULT_KILLED);
}

TEST(Account, is_none_only_where_there_is_no_medium_or_no_such_command)
{
	struct {
		unsigned char asc, ascq;
		scl_flush_result result;
	} const answers[] = {
		{0x3a, 0, SCL_FLUSH_RESULT_NONE},      {0x3a, 2, SCL_FLUSH_RESULT_NONE},
		{0x20, 0, SCL_FLUSH_RESULT_NONE},      {0x20, 0x02, SCL_FLUSH_RESULT_FAILED},
		{0x24, 0, SCL_FLUSH_RESULT_FAILED},    {0, 0, SCL_FLUSH_RESULT_FAILED},
		{0x25, 0, SCL_FLUSH_RESULT_FAILED},    {0x74, 0x71, SCL_FLUSH_RESULT_FAILED},
		{0x04, 0x04, SCL_FLUSH_RESULT_FAILED}, {0x74, 0, SCL_FLUSH_RESULT_FAILED},
		{0x04, 0, SCL_FLUSH_RESULT_FAILED},    {0x0c, 0x04, SCL_FLUSH_RESULT_FAILED},
	};

	for (const auto &a : answers)
		for (bool cached : both) {
			Removal r;
			r.begin(false, false, cached);
			r.ends(sense(5, a.asc, a.ascq));
			EXPECT_EQ(r.result(false), a.result) << int(a.asc);
			r.ends(sense(1, a.asc, a.ascq));
			EXPECT_EQ(r.result(false), SCL_FLUSH_RESULT_COMPLETED) << int(a.asc);
		}
}

TEST(Account, without_a_flush_that_ended_depends_on_the_cache_the_observer_and_what_was_failed)
{
	for (bool cached : both)
		for (bool observed : both)
			for (bool in_del : both) {
				Removal r;
				r.account.observed = observed;
				r.begin(false, false, cached);
				EXPECT_EQ(r.result(in_del), !cached	? SCL_FLUSH_RESULT_NONE
							    : !observed ? SCL_FLUSH_RESULT_UNKNOWN
							    : in_del	? SCL_FLUSH_RESULT_KILLED
									: SCL_FLUSH_RESULT_NONE);
			}
}

TEST(Account, of_a_device_whose_driver_had_no_flush_to_send_any_more_is_not_killed)
{
	Removal pending, remembered, between;

	pending.begin();
	pending.failure.pending = SCL_FLUSH_STOP;
	pending.failure.remembered = SCL_FLUSH_DRIVER;
	EXPECT_FALSE(pending.fails());
	EXPECT_EQ(pending.result(true), SCL_FLUSH_RESULT_NONE);

	remembered.begin();
	remembered.failure.remembered = SCL_FLUSH_STOP;
	EXPECT_FALSE(remembered.fails());
	EXPECT_EQ(remembered.result(true), SCL_FLUSH_RESULT_NONE);

	between.begin();
	between.failure.pending = SCL_FLUSH_DRIVER;
	between.failure.remembered = SCL_FLUSH_STOP;
	EXPECT_TRUE(between.fails());
	EXPECT_EQ(between.result(true), SCL_FLUSH_RESULT_KILLED);
}

TEST(Account, enters_a_path_that_is_given_up_once_and_takes_it_back)
{
	Removal r;

	r.begin();
	r.ends(failure);
	EXPECT_TRUE(scl_account_give_up(&r.account, &r.failure));
	EXPECT_EQ(r.account.ended_before, 1u);
	r.ends(failure);
	EXPECT_FALSE(scl_account_give_up(&r.account, &r.failure));
	EXPECT_EQ(r.account.ended_before, 1u);
	EXPECT_EQ(r.result(true), SCL_FLUSH_RESULT_KILLED);
	scl_account_take_back(&r.account);
	EXPECT_FALSE(r.account.failed);
	EXPECT_TRUE(scl_account_give_up(&r.account, &r.failure));
	EXPECT_EQ(r.account.ended_before, 2u);
}

TEST(Account, of_an_adopted_removal_that_waited_or_was_failed_is_a_rescue)
{
	for (bool adopted : both)
		for (bool waited : both)
			for (bool in_del : both) {
				Removal r;
				r.begin(adopted);
				r.progress.waited = waited;
				EXPECT_EQ(scl_account_rescued(&r.account, &r.progress, in_del),
					  adopted && (waited || in_del));
			}
}

// sd_shutdown() flushes; the module may have been loaded after that.
TEST(Account, at_a_reboot_a_flush_that_may_have_been_over_before_it_was_observed_is_not_lost)
{
	for (scl_state from : {blocked, cancel_block})
		for (bool rebooting : both)
			for (bool shut_down : both)
				for (bool observed : both)
					for (scl_flush pending :
					     {SCL_FLUSH_NONE, SCL_FLUSH_DRIVER}) {
						Removal r;
						r.account.observed = observed;
						r.failure.from = from;
						r.failure.rebooting = rebooting;
						r.failure.shut_down = shut_down;
						r.failure.pending = pending;
						const bool over = rebooting && shut_down &&
								  !observed && !pending;
						const bool counts =
							rebooting || from.phase == SCL_PHASE_CANCEL;
						EXPECT_EQ(r.fails(), counts && !over);
					}
}
