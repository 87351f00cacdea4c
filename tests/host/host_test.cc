// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "host_model.hpp"

namespace {

constexpr scl_ms tmo = 5000, for_ever = 10000000;

// Between a deadline and its being seen.
constexpr scl_ms slack = SCL_POLL_MS;

void block_all(Host &h)
{
	for (Lun &l : h.luns) {
		h.meet(l, SCL_EVENT_BLOCK);
		l.pending = true;
	}
}

void expect_all_gone(const Host &h)
{
	EXPECT_EQ(h.wrong, "");
	for (const Lun &l : h.luns) {
		EXPECT_EQ(l.dev.state(), (scl_state{SCL_PHASE_DEL, 0}));
		EXPECT_FALSE(l.dev.queue_stopped);
		EXPECT_NE(l.flushed, l.told) << "a flush completes, or its loss is reported";
	}
}

} // namespace

TEST(Host, with_healthy_luns_is_removed_in_the_time_of_stock_with_every_flush)
{
	Host h(256);

	EXPECT_LE(h.run(for_ever), h.stock_takes());
	expect_all_gone(h);
	for (const Lun &l : h.luns)
		EXPECT_TRUE(l.flushed);
}

TEST(Host, with_256_blocked_luns_is_removed_within_one_deadline)
{
	Host h(256);

	block_all(h);
	scl_ms took = h.run(for_ever);
	EXPECT_GE(took, tmo);
	EXPECT_LE(took, tmo + h.stock_takes() + slack);
	expect_all_gone(h);
}

TEST(Host, whose_path_comes_back_in_time_loses_no_flush)
{
	Host h(16);

	block_all(h);
	const scl_ms back = h.now + tmo - 500;
	scl_ms took = h.run(for_ever, [&] {
		if (h.now == back)
			for (Lun &l : h.luns)
				h.meet(l, SCL_EVENT_UNBLOCK);
	});
	EXPECT_LE(took, tmo - 500 + h.stock_takes());
	expect_all_gone(h);
	for (const Lun &l : h.luns)
		EXPECT_TRUE(l.flushed);
}

TEST(Host, is_not_kept_waiting_by_the_pending_io_of_a_lun_not_yet_under_removal)
{
	Host h(2);

	h.meet(h.luns[1], SCL_EVENT_BLOCK);
	h.luns[1].pending = true;
	scl_ms took = h.run(for_ever);
	EXPECT_LE(took, tmo + h.stock_takes() + slack);
	EXPECT_TRUE(h.luns[0].flushed);
	expect_all_gone(h);
}

TEST(Host, with_the_clock_off_waits_until_the_path_is_back)
{
	Host h(4);

	h.limits.teardown = SCL_NEVER;
	block_all(h);
	const scl_ms back = h.now + 200000;
	scl_ms took = h.run(for_ever, [&] {
		if (h.now == back)
			for (Lun &l : h.luns)
				h.meet(l, SCL_EVENT_UNBLOCK);
	});
	EXPECT_GE(took, 200000u);
	EXPECT_LE(took, 200000 + h.stock_takes());
	for (const Lun &l : h.luns)
		EXPECT_TRUE(l.flushed);
}

TEST(Host, with_no_time_at_all_is_removed_at_once)
{
	Host h(64);

	h.limits.teardown = 0;
	block_all(h);
	EXPECT_LE(h.run(for_ever), h.stock_takes());
	expect_all_gone(h);
}

TEST(Host, whose_lld_swallows_a_flush_waits_for_that_one_as_long_as_stock_tries_once)
{
	Host h(3);

	h.luns[1].swallows = true;
	scl_ms took = h.run(for_ever);
	EXPECT_GE(took, h.limits.flush);
	EXPECT_LE(took, h.limits.flush + h.stock_takes() + slack);
	EXPECT_TRUE(h.luns[0].flushed && h.luns[2].flushed);
	expect_all_gone(h);
}

TEST(Host, with_blocked_luns_and_an_lld_that_swallows_flushes_waits_once)
{
	Host h(256);

	for (Lun &l : h.luns)
		l.swallows = true;
	block_all(h);
	EXPECT_LE(h.run(for_ever), tmo + h.stock_takes() + slack);
	expect_all_gone(h);
}

TEST(Host, whose_luns_are_blocked_one_after_the_other_gives_each_its_whole_time)
{
	Host h(8);
	const scl_ms begun = h.now;

	h.limits.flush = SCL_NEVER;
	h.luns[0].swallows = true;
	scl_ms failed[8] = {};
	h.run(30000, [&] {
		const scl_ms gone = h.now - begun;
		for (size_t i = 1; i < 8; i++) {
			if (gone == i * 1000)
				h.meet(h.luns[i], SCL_EVENT_BLOCK);
			if (!failed[i] && h.luns[i].dev.state().phase == SCL_PHASE_OFFLINE)
				failed[i] = gone;
		}
	});
	for (size_t i = 1; i < 8; i++) {
		EXPECT_GE(failed[i], i * 1000 + tmo);
		EXPECT_LE(failed[i], i * 1000 + tmo + slack + 1);
	}
}

TEST(Host, with_quiesced_luns_resumes_them_at_one_deadline_and_loses_no_flush)
{
	Host h(32);

	for (Lun &l : h.luns) {
		h.meet(l, SCL_EVENT_QUIESCE);
		l.quiesced = true;
	}
	EXPECT_LE(h.run(for_ever), tmo + h.stock_takes() + slack);
	expect_all_gone(h);
	for (const Lun &l : h.luns)
		EXPECT_TRUE(l.flushed);
}

TEST(Host, whose_transport_does_anything_at_any_time_is_removed_within_one_deadline_of_the_last)
{
	const char *given = std::getenv("SCL_SEED");
	const unsigned seed =
		given ? unsigned(std::strtoul(given, nullptr, 0)) : std::random_device{}();
	std::mt19937 random(seed);
	scl_ms longest = 0;

	std::cout << "SCL_SEED=" << seed << "\n";
	for (int i = 0; i < 300; i++) {
		Host h(1 + random() % 12);
		// Of every tenth the paths are gone already, and little is heard of them.
		const bool blocked = i % 10 == 0;
		const unsigned seldom = 1 + random() % (blocked ? 200000 : 2000);
		const scl_event events[] = {SCL_EVENT_BLOCK, SCL_EVENT_BLOCK, SCL_EVENT_UNBLOCK,
					    SCL_EVENT_FAIL, SCL_EVENT_OFFLINE};
		for (Lun &l : h.luns)
			l.pending = random() & 1;
		if (blocked)
			block_all(h);
		const scl_ms begun = h.now, quiet = begun + 20000;
		scl_ms last = begun;
		scl_ms took = h.run(for_ever, [&] {
			if (random() % seldom || h.now > quiet)
				return;
			last = h.now;
			// Whole targets and single LUNs.
			size_t from = random() % h.luns.size(),
			       n = random() & 1 ? 1 : h.luns.size() - from;
			scl_event e = events[random() % std::size(events)];
			for (size_t k = from; k < from + n; k++)
				h.meet(h.luns[k], e);
		});
		ASSERT_NE(took, SCL_NEVER) << "SCL_SEED=" << seed << " host " << i;
		// After the deadline a LUN that is blocked once more is seen at the next poll.
		ASSERT_LE(took, last - begun + tmo + h.stock_takes() + slack * (h.luns.size() + 1))
			<< "SCL_SEED=" << seed << " host " << i << " of " << h.luns.size()
			<< " LUNs";
		longest = std::max(longest, took);
		EXPECT_EQ(h.wrong, "") << "SCL_SEED=" << seed << " host " << i;
		for (const Lun &l : h.luns) {
			ASSERT_EQ(l.dev.state().phase, SCL_PHASE_DEL);
			ASSERT_FALSE(l.dev.queue_stopped);
			ASSERT_TRUE(l.flushed || l.told) << "SCL_SEED=" << seed << " host " << i;
		}
	}
	EXPECT_GT(longest, tmo);
}
