// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "removal.hpp"

using namespace removal;

TEST(Loss, of_the_flush_of_a_removal_whose_commands_are_failed_is_reported_once)
{
	Removal r;

	EXPECT_FALSE(r.begin());
	EXPECT_TRUE(r.fails());
	EXPECT_EQ(r.account.loss, SCL_LOSS_REPORTED_IN_REMOVAL);
	EXPECT_FALSE(r.fails());
	EXPECT_FALSE(r.begin()) << "found in del, which the deadline took it to";
}

TEST(Loss, there_is_none_when_the_driver_is_detached_or_the_flush_has_succeeded)
{
	Removal detached, succeeded, failed;

	detached.begin();
	detached.failure.event = SCL_EVENT_REMOVED;
	EXPECT_FALSE(detached.fails());
	EXPECT_FALSE(detached.account.expired);
	EXPECT_TRUE(detached.account.failed);

	succeeded.begin();
	succeeded.ends(success);
	EXPECT_FALSE(succeeded.fails());
	EXPECT_TRUE(succeeded.account.expired);

	failed.begin();
	failed.ends(failure);
	EXPECT_TRUE(failed.fails());
}

TEST(Loss, is_not_of_a_flush_that_was_over_before_it_was_observed)
{
	for (scl_flush pending : {SCL_FLUSH_NONE, SCL_FLUSH_FILE_SYSTEM, SCL_FLUSH_DRIVER})
		for (bool ended : both) {
			Removal r;
			r.begin(true);
			EXPECT_FALSE(r.account.observed);
			if (ended)
				r.ends(failure);
			r.failure.pending = pending;
			EXPECT_EQ(r.fails(), ended || pending == SCL_FLUSH_DRIVER);
		}
	// Not yet removed: its removal is observed when it begins.
	Removal poll;
	poll.account.observed = false;
	EXPECT_TRUE(poll.fails());
}

TEST(Loss, is_of_a_cache_that_there_was_when_the_removal_began)
{
	for (bool then : both)
		for (bool now : both) {
			Removal before, after;
			before.failure.has_cache = after.failure.has_cache = now;
			EXPECT_EQ(before.fails(), now);
			after.begin(false, false, then);
			EXPECT_EQ(after.fails(), then);
		}
}

TEST(Loss, of_the_flush_of_a_device_in_use_is_reported_only_at_a_reboot_and_counted_there)
{
	for (bool rebooting : both)
		for (bool has_cache : both) {
			Removal r;
			r.failure.from = blocked;
			r.failure.rebooting = rebooting;
			r.failure.has_cache = has_cache;
			EXPECT_EQ(r.fails(), rebooting && has_cache);
			EXPECT_EQ(r.account.loss, rebooting && has_cache
							  ? SCL_LOSS_REPORTED_AT_REBOOT
							  : SCL_LOSS_NOT_REPORTED);
			EXPECT_FALSE(r.account.expired);
			EXPECT_EQ(r.begin(false, true), !(rebooting && has_cache))
				<< "reported once";
			EXPECT_EQ(r.result(true), rebooting && has_cache ? SCL_FLUSH_RESULT_NONE
									 : SCL_FLUSH_RESULT_KILLED);
		}
}

TEST(Loss, is_not_of_a_flush_that_was_over_just_when_its_time_was_up)
{
	for (unsigned int commands : {0u, 1u})
		for (scl_state from : {running, blocked, cancel, cancel_block})
			for (scl_flush remembered : {SCL_FLUSH_NONE, SCL_FLUSH_DRIVER}) {
				Removal r;
				r.failure.from = from;
				r.failure.rebooting = true;
				r.failure.remembered = remembered;
				const bool lost =
					from.blocked || commands || remembered == SCL_FLUSH_NONE;
				EXPECT_EQ(r.fails(commands), lost);
				EXPECT_EQ(r.account.loss == SCL_LOSS_NOT_REPORTED, !lost);
				EXPECT_TRUE(r.account.failed);
			}
}

TEST(Loss, is_reported_at_once_of_a_device_that_stock_takes_from_blocked_to_del)
{
	for (bool in_del : both)
		for (bool cached : both) {
			Removal r;
			EXPECT_EQ(r.begin(false, in_del, cached), in_del && cached);
			EXPECT_EQ(r.account.expired, in_del);
			EXPECT_EQ(r.account.loss == SCL_LOSS_REPORTED_IN_REMOVAL, in_del && cached);
		}
}

TEST(Loss, of_a_removal_that_a_poll_expired_before_it_was_announced_is_reported_once)
{
	Removal r;

	r.progress.expired = true;
	EXPECT_TRUE(r.fails());
	EXPECT_FALSE(r.begin(false, true));
	EXPECT_TRUE(r.account.failed);
	r.ends(failure);
	EXPECT_EQ(r.result(true), SCL_FLUSH_RESULT_KILLED);

	// Its flush was over before that.
	Removal flushed;
	flushed.ends(success);
	EXPECT_FALSE(flushed.fails());
	EXPECT_FALSE(flushed.begin(false, true));
}

TEST(Loss, before_the_device_was_in_use_again_is_forgotten)
{
	for (bool expired : both) {
		Removal r;
		r.failure.from = blocked;
		r.fails();
		r.ends(failure);
		r.progress.expired = expired;
		r.begin();
		EXPECT_EQ(r.account.failed, expired);
		r.failure.from = cancel_block;
		r.fails();
		EXPECT_EQ(r.account.ended_before, expired ? 0u : 1u);
	}
}

// Any five of these, in every order.
TEST(Loss, is_reported_at_most_once_and_never_after_a_success)
{
	constexpr unsigned int moves = 7, length = 5;
	unsigned int sequences = 1;

	for (unsigned int i = 0; i < length; i++)
		sequences *= moves;
	for (unsigned int n = 0; n < sequences; n++) {
		Removal r;
		unsigned int reports = 0, rest = n;

		for (unsigned int i = 0; i < length; i++, rest /= moves) {
			const unsigned int move = rest % moves;
			bool reported = false;

			r.failure.from = move == 0 ? cancel_block : blocked;
			r.failure.rebooting = move == 1;
			if (move < 2)
				reported = r.fails();
			else if (move == 2)
				scl_account_give_up(&r.account, &r.failure);
			else if (move < 5 && !r.account.removing)
				reported = r.begin(false, move == 3);
			else if (move >= 5)
				r.ends(move == 5 ? success : failure);
			reports += reported;
			ASSERT_LE(reports, 1u) << "sequence " << n;
			if (move < 2 && r.account.ended && r.account.last.good) {
				ASSERT_FALSE(reported) << "sequence " << n;
			}
		}
	}
}
