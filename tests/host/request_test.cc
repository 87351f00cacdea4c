// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"
#include "stock_model.hpp"

namespace {

using namespace stock_model;

template <typename Visit> void for_all_fields(Visit visit)
{
	for (unsigned char state = first; state <= last; state++)
		for (bool stopped : {false, true})
			visit(scl_stock{state, stopped});
}

// What scsi_device_set_state() makes of it, in the table's hands. Return: it was refused.
bool refuses(scl_stock &at, unsigned char asked)
{
	if (scl_already_in_state(at, asked))
		return false;
	const scl_event event = scl_event_for_state(at, asked);
	const scl_step to = scl_state_next(scl_state_decode(at), event);
	if (!to.refused)
		at = scl_state_encode(to.next);
	return to.refused;
}

} // namespace

TEST(Request, for_a_state_leads_there_or_is_refused)
{
	for_all_fields([](scl_stock at) {
		for (unsigned char asked = first; asked <= last; asked++) {
			scl_stock is = at;
			const scl_state was = scl_state_decode(at);
			if (refuses(is, asked)) {
				EXPECT_EQ(is, at) << at << " " << int(asked);
				continue;
			}
			const scl_state now = scl_state_decode(is);
			// SDEV_BLOCK is running and blocked, and under removal it is CANCEL_BLOCK.
			const bool blocks_removal =
				asked == SDEV_BLOCK && was.phase == SCL_PHASE_CANCEL;
			EXPECT_EQ(now.phase, blocks_removal
						     ? SCL_PHASE_CANCEL
						     : scl_state_decode({asked, false}).phase)
				<< at << " " << int(asked);
			if (asked == SDEV_BLOCK || asked == SDEV_CREATED_BLOCK) {
				EXPECT_TRUE(now.blocked) << at;
			}
			if (was.blocked && !now.blocked) {
				EXPECT_TRUE(asked == SDEV_DEL || asked == SDEV_CREATED ||
					    at.sdev_state == SDEV_BLOCK)
					<< at;
			}
		}
	});
}

TEST(Request, is_the_event_of_its_name)
{
	const std::pair<unsigned char, scl_event> plain[] = {
		{SDEV_QUIESCE, SCL_EVENT_QUIESCE},
		{SDEV_OFFLINE, SCL_EVENT_OFFLINE},
		{SDEV_TRANSPORT_OFFLINE, SCL_EVENT_TRANSPORT_OFFLINE},
		{SDEV_CANCEL, SCL_EVENT_REMOVE},
		{SDEV_DEL, SCL_EVENT_REMOVED},
	};

	for_all_fields([&](scl_stock at) {
		const scl_state is = scl_state_decode(at);
		const bool created = is.phase == SCL_PHASE_CREATED;
		const bool name_alone = at.sdev_state == SDEV_BLOCK && !at.queue_stopped;

		for (auto [asked, event] : plain)
			EXPECT_EQ(scl_event_for_state(at, asked), event) << at;
		EXPECT_EQ(scl_event_for_state(at, SDEV_RUNNING),
			  name_alone ? SCL_EVENT_UNBLOCK : SCL_EVENT_ONLINE)
			<< at;
		EXPECT_EQ(scl_event_for_state(at, SDEV_BLOCK),
			  created && !is.blocked ? SCL_EVENT_NONE : SCL_EVENT_BLOCK)
			<< at;
		EXPECT_EQ(scl_event_for_state(at, SDEV_CREATED_BLOCK),
			  created ? SCL_EVENT_BLOCK : SCL_EVENT_NONE)
			<< at;
		EXPECT_EQ(scl_event_for_state(at, SDEV_CREATED),
			  created ? SCL_EVENT_UNBLOCK : SCL_EVENT_NONE)
			<< at;
		for (int asked = 0; asked < 256; asked++)
			if (asked < first || asked > last) {
				EXPECT_EQ(scl_event_for_state(at, (unsigned char)asked),
					  SCL_EVENT_NONE)
					<< asked;
			}
	});
}

TEST(Request, for_the_state_that_a_device_being_scanned_is_in_is_met)
{
	for_all_fields([](scl_stock at) {
		const scl_state is = scl_state_decode(at);

		for (int asked = 0; asked < 256; asked++)
			EXPECT_EQ(scl_already_in_state(at, (unsigned char)asked),
				  (is == scl_state{SCL_PHASE_CREATED, false} &&
				   asked == SDEV_CREATED) ||
					  (is == scl_state{SCL_PHASE_CREATED, true} &&
					   asked == SDEV_CREATED_BLOCK))
				<< at << " " << asked;
	});
}

TEST(Request, to_unblock_is_for_the_two_states_that_stock_unblocks_to)
{
	for (int asked = 0; asked < 256; asked++)
		EXPECT_EQ(scl_event_for_unblock((unsigned char)asked),
			  asked == SDEV_RUNNING		    ? SCL_EVENT_UNBLOCK
			  : asked == SDEV_TRANSPORT_OFFLINE ? SCL_EVENT_FAIL
							    : SCL_EVENT_NONE);
}

TEST(Request, of_a_group_passes_over_what_is_gone_and_what_would_wait_for_ever)
{
	for (scl_state s : all_states())
		for (scl_event e : {SCL_EVENT_BLOCK, SCL_EVENT_UNBLOCK, SCL_EVENT_FAIL}) {
			const bool gone = s.phase == SCL_PHASE_DEL;
			const bool waits = s.phase == SCL_PHASE_CANCEL && e == SCL_EVENT_BLOCK;
			EXPECT_EQ(scl_state_reached(s, e, true), !gone) << row(s, e);
			EXPECT_EQ(scl_state_reached(s, e, false), !gone && !waits) << row(s, e);
		}
}

TEST(Request, that_would_wait_for_ever_is_refused)
{
	for (scl_state s : all_states())
		for (scl_event e : all_events()) {
			const scl_step to = scl_state_next(s, e);
			const bool waits = to.actions & SCL_ACTION_ARM;
			EXPECT_EQ(scl_state_request(s, e, true), to) << row(s, e);
			EXPECT_EQ(scl_state_request(s, e, false),
				  waits ? (scl_step{s, 0, true}) : to)
				<< row(s, e);
		}
}

// From each pair of stock's fields: what the module leaves at its unload is what stock has then.
TEST(Request, that_gives_a_device_back_leads_to_where_stock_is)
{
	for_all_fields([](scl_stock at) {
		const bool agree = scl_state_encode(scl_state_decode(at)) == at;
		for (auto event : {SCL_EVENT_REMOVE, SCL_EVENT_BLOCK}) {
			Device stock{sdev_state(at.sdev_state), at.queue_stopped};
			const bool refused = event == SCL_EVENT_REMOVE
						     ? !stock.remove_begins()
						     : !stock.scsi_internal_device_block();
			const scl_step to = scl_state_next(scl_state_decode(at), event);
			const scl_event back =
				scl_event_to_give_back(SCL_EVENT_NONE, at, event, to.next);
			if (to.refused || !agree)
				continue;
			scl_state now = to.next;
			if (back != SCL_EVENT_NONE) {
				EXPECT_EQ(now, (scl_state{SCL_PHASE_CANCEL, true})) << at;
				now = scl_state_next(now, back).next;
			}
			if (now.phase != SCL_PHASE_CANCEL && now.phase != SCL_PHASE_DEL)
				continue;
			EXPECT_EQ(now, scl_state_decode(
					       {(unsigned char)stock.state, stock.queue_stopped}))
				<< at << " " << scl_event_name(event) << " " << refused;
		}
	});
}

TEST(Request, that_gives_a_device_back_stays_until_it_does_not_wait_any_more)
{
	const scl_state waits{SCL_PHASE_CANCEL, true};
	const scl_stock fields = scl_state_encode(waits);

	for (auto before : {SCL_EVENT_DEADLINE, SCL_EVENT_UNBLOCK, SCL_EVENT_NONE}) {
		for (auto event : {SCL_EVENT_NONE, SCL_EVENT_REMOVE, SCL_EVENT_BLOCK})
			EXPECT_EQ(scl_event_to_give_back(before, fields, event, waits), before);
		for (const scl_state now : scl::all_states) {
			if (now == waits)
				continue;
			for (unsigned int event = 0; event <= SCL_EVENTS; event++)
				EXPECT_EQ(scl_event_to_give_back(before, fields, scl_event(event),
								 now),
					  SCL_EVENT_NONE)
					<< now;
		}
	}
}
