// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"
#include "stock_model.hpp"

namespace {

using namespace stock_model;

std::vector<scl_stock> all_fields()
{
	std::vector<scl_stock> v;

	for (unsigned char state = first; state <= last; state++)
		for (bool stopped : {false, true})
			v.push_back({state, stopped});
	return v;
}

// The pairs that no function of stock means to leave behind, for the enum or the queue lies.
bool disagree(scl_stock f)
{
	if (f.queue_stopped)
		return f.sdev_state == SDEV_CREATED || f.sdev_state == SDEV_RUNNING ||
		       f.sdev_state == SDEV_DEL;
	return f.sdev_state == SDEV_BLOCK || f.sdev_state == SDEV_CREATED_BLOCK;
}

} // namespace

TEST(StockFields, read_as_what_they_mean)
{
	ASSERT_EQ(all_fields().size(), 18u);
	for (scl_stock f : all_fields())
		EXPECT_EQ(scl_state_decode(f), meaning(f.sdev_state, f.queue_stopped)) << f;
}

TEST(StockFields, written_back_as_read_are_unchanged_unless_they_disagree)
{
	for (scl_stock f : all_fields())
		EXPECT_EQ(scl_state_encode(scl_state_decode(f)) == f, !disagree(f)) << f;
}

TEST(StockFields, that_disagree_are_made_to_agree)
{
	for (scl_stock f : all_fields()) {
		if (!disagree(f))
			continue;
		scl_stock mended = scl_state_encode(scl_state_decode(f));
		EXPECT_EQ(scl_state_decode(mended), scl_state_decode(f)) << f;
		EXPECT_FALSE(disagree(mended)) << f;
	}
}

TEST(StockFields, hold_every_state)
{
	for (scl_state s : all_states()) {
		scl_stock f = scl_state_encode(s);
		EXPECT_EQ(scl_state_decode(f), s) << f;
		EXPECT_EQ(f.queue_stopped, s.blocked) << f;
		EXPECT_GE(f.sdev_state, first) << f;
		EXPECT_LE(f.sdev_state, last) << f;
	}
}

TEST(StockFields, are_written_as_stock_spells_a_state)
{
	for (scl_state s : all_states()) {
		Device d = plain(s);
		EXPECT_EQ(scl_state_encode(s), (scl_stock{d.state, d.queue_stopped})) << s;
	}
}

TEST(StockFields, CANCEL_BLOCK_is_SDEV_CANCEL_for_user_space)
{
	EXPECT_EQ(scl_state_encode({SCL_PHASE_CANCEL, 1}), (scl_stock{SDEV_CANCEL, 1}));
}

// Stock says RUNNING there, and then refuses to unblock it.
TEST(StockFields, a_device_put_to_running_with_a_stopped_queue_says_blocked)
{
	for (auto [from, e] :
	     {std::pair{SDEV_QUIESCE, SCL_EVENT_RESUME}, std::pair{SDEV_QUIESCE, SCL_EVENT_ONLINE},
	      std::pair{SDEV_TRANSPORT_OFFLINE, SCL_EVENT_ONLINE},
	      std::pair{SDEV_OFFLINE, SCL_EVENT_ONLINE}, std::pair{SDEV_BLOCK, SCL_EVENT_ONLINE}}) {
		scl_stock was{from, 1};
		EXPECT_EQ(scl_state_encode(scl_state_next(scl_state_decode(was), e).next),
			  (scl_stock{SDEV_BLOCK, 1}))
			<< was;
		Device stock{from, true};
		stock.meets(e);
		EXPECT_EQ(stock.state, SDEV_RUNNING);
		EXPECT_TRUE(stock.queue_stopped);
	}
}

TEST(StockFields, of_all_other_rows_that_are_as_stock_are_what_stock_writes)
{
	int spelled_otherwise = 0;

	for (scl_state s : all_states())
		for (scl_event e : all_events()) {
			Device stock = plain(s);
			if (!stock.meets(e) || !(meaning(stock.state, stock.queue_stopped) ==
						 scl_state_next(s, e).next))
				continue;
			scl_stock here = scl_state_encode(scl_state_next(s, e).next);
			if (here == scl_stock{SDEV_BLOCK, 1} && stock.state == SDEV_RUNNING) {
				spelled_otherwise++;
				continue;
			}
			// Stock leaves the queue of a device that it takes to DEL stopped.
			if (here.sdev_state == SDEV_DEL)
				stock.queue_stopped = false;
			EXPECT_EQ(here, (scl_stock{stock.state, stock.queue_stopped})) << row(s, e);
		}
	EXPECT_EQ(spelled_otherwise, 5);
}

TEST(StockFields, with_a_running_enum_and_a_stopped_queue_are_unblocked)
{
	scl_stock was{SDEV_RUNNING, 1};
	scl_step to = scl_state_next(scl_state_decode(was), SCL_EVENT_UNBLOCK);

	EXPECT_FALSE(to.refused);
	EXPECT_TRUE(to.actions & SCL_ACTION_START);
	EXPECT_EQ(scl_state_encode(to.next), (scl_stock{SDEV_RUNNING, 0}));
}

TEST(StockFields, unknown_to_stock_read_as_del_where_nothing_is_done)
{
	for (int v = 0; v <= 255; v++) {
		if (v >= first && v <= last)
			continue;
		for (bool stopped : {false, true})
			EXPECT_EQ(scl_state_decode({(unsigned char)v, stopped}),
				  (scl_state{SCL_PHASE_DEL, 0}))
				<< v;
	}
}

// Stock's unblock takes SDEV_BLOCK, and not SDEV_RUNNING.
TEST(StockFields, with_a_running_enum_and_a_stopped_queue_are_blocked_by_name_as_stock_does)
{
	Device stock{SDEV_RUNNING, true};

	ASSERT_TRUE(stock.meets(SCL_EVENT_BLOCK));
	EXPECT_EQ(
		scl_state_encode(
			scl_state_next(scl_state_decode({SDEV_RUNNING, 1}), SCL_EVENT_BLOCK).next),
		(scl_stock{stock.state, stock.queue_stopped}));
}
