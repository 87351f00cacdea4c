// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <string>

#include "c_face.h"
#include "shown.hpp"

TEST(CFace, can_be_called_from_c)
{
	EXPECT_EQ(c_face_call_everything(), 0);
}

TEST(CFace, refuses_from_c_what_no_enumeration_holds)
{
	EXPECT_EQ(c_face_call_with_what_there_is_not(), 0);
}

TEST(CFace, has_the_same_layout_in_both_languages)
{
	c_face_layout c = c_face_measure();

	EXPECT_EQ(c.state, sizeof(scl_state));
	EXPECT_EQ(c.stock, sizeof(scl_stock));
	EXPECT_EQ(c.step, sizeof(scl_step));
	EXPECT_EQ(c.watch, sizeof(scl_watch));
	EXPECT_EQ(c.sight, sizeof(scl_sight));
	EXPECT_EQ(c.limits, sizeof(scl_limits));
	EXPECT_EQ(c.verdict, sizeof(scl_verdict));
	EXPECT_EQ(c.evidence, sizeof(scl_evidence));
	EXPECT_EQ(c.around, sizeof(scl_around));
	EXPECT_EQ(c.wait, sizeof(scl_wait));
	EXPECT_EQ(c.openers, sizeof(scl_openers));
	EXPECT_EQ(c.consumer_step, sizeof(scl_consumer_step));
	EXPECT_EQ(c.watch_since, offsetof(scl_watch, since));
	EXPECT_EQ(c.watch_sent, offsetof(scl_watch, sent));
	EXPECT_EQ(c.watch_condemned, offsetof(scl_watch, condemned));
	EXPECT_EQ(c.verdict_again, offsetof(scl_verdict, again));
	EXPECT_EQ(c.verdict_left, offsetof(scl_verdict, left));
	EXPECT_EQ(c.sight_held, offsetof(scl_sight, held));
	EXPECT_EQ(c.sight_sent, offsetof(scl_sight, sent));
	EXPECT_EQ(c.limits_flush_set, offsetof(scl_limits, flush_set));
	EXPECT_EQ(c.evidence_ended, offsetof(scl_evidence, ended));
	EXPECT_EQ(c.around_unsent, offsetof(scl_around, unsent));
	EXPECT_EQ(c.limits_hold, offsetof(scl_limits, hold));
	EXPECT_EQ(c.openers_gone, offsetof(scl_openers, gone));
}

TEST(CFace, names_every_phase_as_sysfs_does)
{
	const char *names[SCL_PHASES] = {"created", "running", "quiesce", "offline", "transport-offline", "cancel", "del"};

	for (unsigned char phase = 0; phase < SCL_PHASES; phase++)
		EXPECT_STREQ(scl_phase_name(phase), names[phase]);
	for (int phase = SCL_PHASES; phase <= 255; phase++)
		EXPECT_STREQ(scl_phase_name((unsigned char)phase), "unknown");
}

TEST(CFace, names_every_event_as_its_enumerator_does)
{
	const std::pair<scl_event, const char *> names[] = {
		{SCL_EVENT_BLOCK, "block"},	  {SCL_EVENT_UNBLOCK, "unblock"},
		{SCL_EVENT_FAIL, "fail"},	  {SCL_EVENT_REMOVE, "remove"},
		{SCL_EVENT_REMOVED, "removed"},	  {SCL_EVENT_DEADLINE, "deadline"},
		{SCL_EVENT_OFFLINE, "offline"},	  {SCL_EVENT_TRANSPORT_OFFLINE, "transport_offline"},
		{SCL_EVENT_ONLINE, "online"},	  {SCL_EVENT_QUIESCE, "quiesce"},
		{SCL_EVENT_RESUME, "resume"},
	};

	EXPECT_EQ(std::size(names), size_t(SCL_EVENTS));
	for (auto [event, name] : names)
		EXPECT_STREQ(scl_event_name(event), name);
	for (int event = SCL_EVENTS; event <= 255; event++)
		EXPECT_STREQ(scl_event_name((unsigned char)event), "none");
}

TEST(CFace, refuses_an_event_that_does_not_exist)
{
	// Up to 15 is what the enumeration can hold in C++.
	for (int e = SCL_EVENTS; e <= 15; e++)
		for (scl_state s : all_states())
			EXPECT_EQ(scl_next(s, scl_event(e)), (scl_step{s, 0, 1})) << e;
}

TEST(CFace, refuses_every_event_in_a_phase_that_does_not_exist)
{
	// From 32 on drivers/core/table.hpp shifts by more than an unsigned int has bits.
	for (unsigned char phase = SCL_PHASES; phase < 32; phase++)
		for (unsigned char blocked : {0, 1})
			for (scl_event e : all_events()) {
				scl_state s{phase, blocked};
				EXPECT_EQ(scl_next(s, e), (scl_step{s, 0, 1})) << int(phase);
			}
}

TEST(CFace, writes_a_phase_that_does_not_exist_as_del)
{
	for (int phase = SCL_PHASES; phase <= 255; phase++)
		EXPECT_EQ(scl_write({(unsigned char)phase, 1}), (scl_stock{4, 0})) << phase;
}

TEST(CFace, takes_del_and_blocked_which_is_no_state_for_del)
{
	scl_state no_state{SCL_PHASE_DEL, 1};

	EXPECT_EQ(scl_write(no_state), (scl_stock{4, 0}));
	for (scl_event e : all_events()) {
		scl_step to = scl_next(no_state, e);
		EXPECT_EQ(to.next.phase, SCL_PHASE_DEL) << scl_event_name((unsigned char)e);
		EXPECT_FALSE(to.actions & SCL_ACTION_STOP) << scl_event_name((unsigned char)e);
	}
}

TEST(CFace, takes_any_nonzero_byte_for_blocked)
{
	for (scl_event e : all_events())
		for (unsigned char phase = 0; phase < SCL_PHASE_DEL; phase++)
			EXPECT_EQ(scl_next({phase, 255}, e), scl_next({phase, 1}, e)) << row({phase, 1}, e);
}
