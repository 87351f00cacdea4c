// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <cstddef>
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
	const c_face_layout c = c_face_measure(), cpp{{C_FACE_LAYOUT}};

	for (size_t i = 0; i < std::size(c.values); i++) {
		EXPECT_EQ(c.values[i], cpp.values[i]) << "the value " << i << " of C_FACE_LAYOUT";
		EXPECT_NE(c.values[i], 0u) << "the value " << i << " of C_FACE_LAYOUT";
	}
}

TEST(CFace, names_every_phase_as_sysfs_does)
{
	const char *names[] = {"created",	    "running", "quiesce", "offline",
			       "transport-offline", "cancel",  "del"};

	EXPECT_EQ(std::size(names), size_t(SCL_PHASES));
	for (unsigned int phase = 0; phase < SCL_PHASES; phase++)
		EXPECT_STREQ(scl_phase_name(scl_phase(phase)), names[phase]);
	EXPECT_STREQ(scl_phase_name(SCL_PHASES), "unknown");
}

TEST(CFace, names_every_event_as_its_enumerator_does)
{
	const std::pair<scl_event, const char *> names[] = {
		{SCL_EVENT_BLOCK, "block"},	{SCL_EVENT_UNBLOCK, "unblock"},
		{SCL_EVENT_FAIL, "fail"},	{SCL_EVENT_REMOVE, "remove"},
		{SCL_EVENT_REMOVED, "removed"}, {SCL_EVENT_DEADLINE, "deadline"},
		{SCL_EVENT_OFFLINE, "offline"}, {SCL_EVENT_TRANSPORT_OFFLINE, "transport_offline"},
		{SCL_EVENT_ONLINE, "online"},	{SCL_EVENT_QUIESCE, "quiesce"},
		{SCL_EVENT_RESUME, "resume"},
	};

	EXPECT_EQ(std::size(names), size_t(SCL_EVENTS));
	for (auto [event, name] : names)
		EXPECT_STREQ(scl_event_name(event), name);
	EXPECT_STREQ(scl_event_name(SCL_EVENT_NONE), "none");
}

TEST(CFace, refuses_an_event_that_does_not_exist)
{
	for (unsigned int e = SCL_EVENTS; e <= 300; e++)
		for (scl_state s : all_states())
			EXPECT_EQ(scl_state_next(s, scl_event(e)), (scl_step{s, 0, true})) << e;
}

TEST(CFace, refuses_every_event_in_a_phase_that_does_not_exist)
{
	for (bool blocked : {false, true})
		for (scl_event e : all_events()) {
			const scl_state s{SCL_PHASES, blocked};
			EXPECT_EQ(scl_state_next(s, e), (scl_step{s, 0, true}));
		}
}

TEST(CFace, takes_del_and_blocked_which_is_no_state_for_del)
{
	const scl_state no_state{SCL_PHASE_DEL, true};

	EXPECT_EQ(scl_state_encode(no_state), (scl_stock{4, false}));
	for (scl_event e : all_events()) {
		const scl_step to = scl_state_next(no_state, e);
		EXPECT_EQ(to.next.phase, SCL_PHASE_DEL) << scl_event_name(e);
		EXPECT_FALSE(to.actions & SCL_ACTION_STOP) << scl_event_name(e);
	}
}
