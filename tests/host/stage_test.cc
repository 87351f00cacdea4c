// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "flips.hpp"
#include "scsi_lifecycle_core.h"
#include "stage.hpp"

namespace {

constexpr scl_stage scanned = SCL_STAGE_SCANNED, in_use = SCL_STAGE_IN_USE,
		    removing = SCL_STAGE_REMOVING, detached = SCL_STAGE_DETACHED,
		    removed = SCL_STAGE_REMOVED, forgotten = SCL_STAGE_FORGOTTEN;
constexpr unsigned int none = 0, begin = SCL_STAGE_DO_BEGIN, adopt = begin | SCL_STAGE_DO_ADOPT,
		       settle = SCL_STAGE_DO_SETTLE;

struct Row {
	scl_stage_event on;
	scl_stage from, next;
	unsigned int actions;
};

// clang-format off
constexpr Row rows[] = {
	{SCL_STAGE_EVENT_ADDED,     scanned,   in_use,    none},
	{SCL_STAGE_EVENT_ADDED,     in_use,    in_use,    none},
	{SCL_STAGE_EVENT_ADDED,     removing,  removing,  none},
	{SCL_STAGE_EVENT_ADDED,     detached,  detached,  none},
	{SCL_STAGE_EVENT_ADDED,     removed,   removed,   none},
	{SCL_STAGE_EVENT_ADDED,     forgotten, forgotten, none},
	{SCL_STAGE_EVENT_ANNOUNCED, scanned,   removing,  begin},
	{SCL_STAGE_EVENT_ANNOUNCED, in_use,    removing,  begin},
	{SCL_STAGE_EVENT_ANNOUNCED, removing,  removing,  none},
	{SCL_STAGE_EVENT_ANNOUNCED, detached,  detached,  none},
	{SCL_STAGE_EVENT_ANNOUNCED, removed,   removed,   none},
	{SCL_STAGE_EVENT_ANNOUNCED, forgotten, forgotten, none},
	{SCL_STAGE_EVENT_FOUND,     scanned,   removing,  begin},
	{SCL_STAGE_EVENT_FOUND,     in_use,    removing,  begin},
	{SCL_STAGE_EVENT_FOUND,     removing,  removing,  none},
	{SCL_STAGE_EVENT_FOUND,     detached,  detached,  none},
	{SCL_STAGE_EVENT_FOUND,     removed,   removed,   none},
	{SCL_STAGE_EVENT_FOUND,     forgotten, forgotten, none},
	{SCL_STAGE_EVENT_ADOPTED,   scanned,   removing,  adopt},
	{SCL_STAGE_EVENT_ADOPTED,   in_use,    removing,  adopt},
	{SCL_STAGE_EVENT_ADOPTED,   removing,  removing,  none},
	{SCL_STAGE_EVENT_ADOPTED,   detached,  detached,  none},
	{SCL_STAGE_EVENT_ADOPTED,   removed,   removed,   none},
	{SCL_STAGE_EVENT_ADOPTED,   forgotten, forgotten, none},
	{SCL_STAGE_EVENT_DETACHED,  scanned,   detached,  none},
	{SCL_STAGE_EVENT_DETACHED,  in_use,    detached,  none},
	{SCL_STAGE_EVENT_DETACHED,  removing,  detached,  settle},
	{SCL_STAGE_EVENT_DETACHED,  detached,  detached,  none},
	{SCL_STAGE_EVENT_DETACHED,  removed,   removed,   none},
	{SCL_STAGE_EVENT_DETACHED,  forgotten, forgotten, none},
	{SCL_STAGE_EVENT_REMOVED,   scanned,   forgotten, none},
	{SCL_STAGE_EVENT_REMOVED,   in_use,    removed,   none},
	{SCL_STAGE_EVENT_REMOVED,   removing,  removed,   none},
	{SCL_STAGE_EVENT_REMOVED,   detached,  removed,   none},
	{SCL_STAGE_EVENT_REMOVED,   removed,   removed,   none},
	{SCL_STAGE_EVENT_REMOVED,   forgotten, forgotten, none},
	{SCL_STAGE_EVENT_FORGOTTEN, scanned,   forgotten, none},
	{SCL_STAGE_EVENT_FORGOTTEN, in_use,    forgotten, none},
	{SCL_STAGE_EVENT_FORGOTTEN, removing,  forgotten, none},
	{SCL_STAGE_EVENT_FORGOTTEN, detached,  forgotten, none},
	{SCL_STAGE_EVENT_FORGOTTEN, removed,   removed,   none},
	{SCL_STAGE_EVENT_FORGOTTEN, forgotten, forgotten, none},
};
// clang-format on

bool is_as_listed(scl::Table<scl::Stage::Rule> table)
{
	for (const Row &r : rows) {
		const auto to = scl::step<scl::Stage>(table, r.from, r.on);
		if (to.next != r.next || to.actions.mask() != r.actions || to.refused)
			return false;
	}
	return true;
}

const char *broken_law(scl::Table<scl::Stage::Rule> table)
{
	using namespace scl;
	using namespace scl::stage;
#define SCL_LAW(law)                                                                               \
	if (!holds<Stage>(table, law))                                                             \
		return #law;
	SCL_STAGE_LAWS(SCL_LAW)
#undef SCL_LAW
	return nullptr;
}

} // namespace

TEST(Stage, meets_every_event_as_the_table_says)
{
	EXPECT_EQ(std::size(rows), size_t(SCL_STAGES) * SCL_STAGE_EVENTS);
	for (const Row &r : rows) {
		const scl_stage_step to = scl_stage_next(r.from, r.on);
		EXPECT_EQ(to.next, r.next) << "event " << r.on << " in stage " << r.from;
		EXPECT_EQ(to.actions, r.actions) << "event " << r.on << " in stage " << r.from;
		EXPECT_FALSE(to.refused) << "event " << r.on << " in stage " << r.from;
	}
}

TEST(Stage, is_held_in_every_field_of_every_rule)
{
	flips::expect_to_be_seen<scl::Stage>(scl::stage::rules, flips::of_simple<scl::Stage>,
					     broken_law, is_as_listed);
}

TEST(Stage, that_does_not_exist_is_refused)
{
	for (unsigned int stage = 0; stage <= 300; stage++)
		for (unsigned int e = 0; e <= 300; e++) {
			if (stage < SCL_STAGES && e < SCL_STAGE_EVENTS)
				continue;
			const scl_stage_step to =
				scl_stage_next(scl_stage(stage), scl_stage_event(e));
			EXPECT_EQ(to.next, scl_stage(stage)) << e;
			EXPECT_EQ(to.actions, 0u) << e;
			EXPECT_TRUE(to.refused) << e;
		}
}

// As the kernel announces them: a removal that hung is adopted, then its driver is detached, and it
// is over.
TEST(Stage, of_any_removal_begins_once_and_is_settled_once)
{
	for (scl_stage_event first :
	     {SCL_STAGE_EVENT_ANNOUNCED, SCL_STAGE_EVENT_FOUND, SCL_STAGE_EVENT_ADOPTED}) {
		scl_stage stage = SCL_STAGE_IN_USE;
		int begun = 0, settled = 0;

		for (scl_stage_event e : {first, SCL_STAGE_EVENT_FOUND, SCL_STAGE_EVENT_ANNOUNCED,
					  SCL_STAGE_EVENT_DETACHED, SCL_STAGE_EVENT_FOUND,
					  SCL_STAGE_EVENT_REMOVED, SCL_STAGE_EVENT_ADOPTED}) {
			const scl_stage_step to = scl_stage_next(stage, e);
			begun += !!(to.actions & SCL_STAGE_DO_BEGIN);
			settled += !!(to.actions & SCL_STAGE_DO_SETTLE);
			stage = to.next;
		}
		EXPECT_EQ(begun, 1);
		EXPECT_EQ(settled, 1);
		EXPECT_EQ(stage, SCL_STAGE_REMOVED);
	}
}
