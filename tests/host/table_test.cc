// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "flips.hpp"
#include "table_proofs.hpp"
#include "shown.hpp"
#include "stock_model.hpp"

namespace {

constexpr scl_state created{SCL_PHASE_CREATED, 0}, created_blocked{SCL_PHASE_CREATED, 1};
constexpr scl_state running{SCL_PHASE_RUNNING, 0}, running_blocked{SCL_PHASE_RUNNING, 1};
constexpr scl_state quiesce{SCL_PHASE_QUIESCE, 0}, quiesce_blocked{SCL_PHASE_QUIESCE, 1};
constexpr scl_state offline{SCL_PHASE_OFFLINE, 0}, offline_blocked{SCL_PHASE_OFFLINE, 1};
constexpr scl_state t_offline{SCL_PHASE_TRANSPORT_OFFLINE, 0},
	t_offline_blocked{SCL_PHASE_TRANSPORT_OFFLINE, 1};
constexpr scl_state cancel{SCL_PHASE_CANCEL, 0}, cancel_block{SCL_PHASE_CANCEL, 1};
constexpr scl_state del{SCL_PHASE_DEL, 0};

constexpr unsigned int stop = SCL_ACTION_STOP | SCL_ACTION_DRAIN, start = SCL_ACTION_START,
		       arm = SCL_ACTION_ARM, disarm = SCL_ACTION_DISARM,
		       abort_flush = SCL_ACTION_ABORT, report = SCL_ACTION_REPORT,
		       kill = start | disarm | report;

struct Difference {
	scl_state from;
	scl_event on;
	scl_state here;
	unsigned int actions;
};

// Every row that differs from stock, by its next state, its error or its actions, and how.
// clang-format off
constexpr Difference differences[] = {
	{cancel,		SCL_EVENT_BLOCK,	cancel_block,	stop | arm},
	{cancel_block,		SCL_EVENT_BLOCK,	cancel_block,	stop | arm},

	{quiesce_blocked,	SCL_EVENT_UNBLOCK,	quiesce,	start},
	{cancel_block,		SCL_EVENT_UNBLOCK,	cancel,		start | disarm},

	{quiesce_blocked,	SCL_EVENT_FAIL,		t_offline,	start},
	{cancel_block,		SCL_EVENT_FAIL,		del,		kill},

	{created_blocked,	SCL_EVENT_REMOVE,	cancel_block,	arm},
	{running_blocked,	SCL_EVENT_REMOVE,	cancel_block,	arm},
	{quiesce_blocked,	SCL_EVENT_REMOVE,	cancel_block,	arm},
	{offline_blocked,	SCL_EVENT_REMOVE,	cancel_block,	arm},
	{t_offline_blocked,	SCL_EVENT_REMOVE,	cancel_block,	arm},

	{created_blocked,	SCL_EVENT_REMOVED,	del,		kill},
	{running_blocked,	SCL_EVENT_REMOVED,	del,		kill},
	{offline_blocked,	SCL_EVENT_REMOVED,	del,		kill},
	{t_offline_blocked,	SCL_EVENT_REMOVED,	del,		kill},
	{cancel_block,		SCL_EVENT_REMOVED,	del,		kill},
	{del,			SCL_EVENT_REMOVED,	del,		start},

	{created_blocked,	SCL_EVENT_DEADLINE,	offline,	start | report},
	{running_blocked,	SCL_EVENT_DEADLINE,	offline,	start | report},
	{quiesce_blocked,	SCL_EVENT_DEADLINE,	offline,	start | report},
	{t_offline_blocked,	SCL_EVENT_DEADLINE,	offline,	start | report},
	{offline_blocked,	SCL_EVENT_DEADLINE,	offline,	start | report},
	{cancel_block,		SCL_EVENT_DEADLINE,	del,		kill},
	{cancel,		SCL_EVENT_DEADLINE,	del,		abort_flush | report},
	{del,			SCL_EVENT_DEADLINE,	del,		abort_flush},
	{created,		SCL_EVENT_DEADLINE,	offline,	abort_flush | report},
	{running,		SCL_EVENT_DEADLINE,	offline,	abort_flush | report},
	{quiesce,		SCL_EVENT_DEADLINE,	offline,	abort_flush | report},
	{t_offline,		SCL_EVENT_DEADLINE,	offline,	abort_flush | report},
	{offline,		SCL_EVENT_DEADLINE,	offline,	abort_flush},
};
// clang-format on

const Difference *find_difference(scl_state s, scl_event e)
{
	for (const Difference &d : differences)
		if (d.from == s && d.on == e)
			return &d;
	return nullptr;
}

scl_step stock_step(scl_state s, scl_event e)
{
	stock_model::Device dev = stock_model::plain(s);

	if (!dev.meets(e))
		return {s, 0, 1};
	return {stock_model::meaning(dev.state, dev.queue_stopped),
		(dev.stopped ? stop : 0) | (dev.started ? start : 0), false};
}

} // namespace

TEST(Table, is_as_stock_in_every_row_that_is_not_listed)
{
	int rows = 0;

	for (scl_state s : all_states())
		for (scl_event e : all_events()) {
			rows++;
			if (!find_difference(s, e)) {
				EXPECT_EQ(scl_state_next(s, e), stock_step(s, e)) << row(s, e);
			}
		}
	EXPECT_EQ(rows, 13 * 11);
}

TEST(Table, differs_from_stock_in_every_row_that_is_listed)
{
	for (const Difference &d : differences) {
		EXPECT_EQ(scl_state_next(d.from, d.on), (scl_step{d.here, d.actions, 0}))
			<< row(d.from, d.on);
		EXPECT_FALSE(scl_state_next(d.from, d.on) == stock_step(d.from, d.on))
			<< row(d.from, d.on);
	}
}

TEST(Table, refuses_what_it_has_no_row_for_and_changes_nothing)
{
	const scl_state nowhere{scl_phase(SCL_PHASES), true}, dead{SCL_PHASE_DEL, true};

	for (scl_event e : all_events()) {
		EXPECT_EQ(scl::step(nowhere, e), scl::Device::unmet(nowhere)) << e;
		EXPECT_EQ(scl::step(dead, e), scl::Device::unmet(dead)) << e;
	}
	for (scl_state s : all_states())
		EXPECT_EQ(scl::step(s, scl_event(SCL_EVENTS)), scl::Device::unmet(s));
}

// By the lists of this file, which know no rule.
static bool is_as_listed(scl::Table<scl::Device::Rule> table)
{
	return scl::holds<scl::Device>(table, [](scl_state s, scl_event e, scl::Device::Step to) {
		const Difference *d = find_difference(s, e);
		const scl_step is{to.next, to.actions.mask(), to.refused};

		return is == (d ? scl_step{d->here, d->actions, false} : stock_step(s, e));
	});
}

static const char *broken_law(scl::Table<scl::Device::Rule> table)
{
	using namespace scl;
	using namespace scl::device;
#define SCL_LAW(law)                                                                               \
	if (!holds<scl::Device>(table, law))                                                       \
		return #law;
	SCL_DEVICE_LAWS(SCL_LAW)
#undef SCL_LAW
	return nullptr;
}

static std::vector<scl::Device::Rule> flipped(const scl::Device::Rule &rule)
{
	using Rule = scl::Device::Rule;
	std::vector<Rule> all;

	flips::flip(all, rule, &Rule::on);
	flips::flip(all, rule, &Rule::from);
	flips::flip(all, rule, &Rule::queue);
	flips::flip(all, rule, &Rule::to);
	flips::flip(all, rule, &Rule::then);
	flips::flip(all, rule, &Rule::actions);
	return all;
}

TEST(Table, is_held_in_every_field_of_every_rule)
{
	flips::expect_to_be_seen<scl::Device>(scl::device::rules, flipped, broken_law,
					      is_as_listed);
}

TEST(Table, lists_no_row_twice)
{
	for (const Difference &d : differences)
		EXPECT_EQ(find_difference(d.from, d.on), &d) << row(d.from, d.on);
}

TEST(Table, a_refused_event_changes_nothing)
{
	for (scl_state s : all_states())
		for (scl_event e : all_events()) {
			scl_step to = scl_state_next(s, e);
			if (to.refused) {
				EXPECT_EQ(to, (scl_step{s, 0, 1})) << row(s, e);
			}
		}
}

TEST(Table, a_reference_is_refused_exactly_where_scsi_device_get_refuses_it)
{
	for (scl_state s : all_states()) {
		auto stock = stock_model::plain(s).state;
		bool refused = stock == stock_model::SDEV_CANCEL || stock == stock_model::SDEV_DEL;
		EXPECT_EQ(!scl_may_get(s), refused) << s;
	}
}

TEST(Table, what_comes_under_removal_was_removed_and_any_other_cause_stays)
{
	for (scl_state from : all_states()) {
		for (scl_state to : all_states()) {
			bool begins = scl_may_get(from) && !scl_may_get(to);
			for (scl_event cause : {SCL_EVENT_NONE, SCL_EVENT_BLOCK, SCL_EVENT_FAIL})
				EXPECT_EQ(scl_cause_of(from, to, cause),
					  begins ? SCL_EVENT_REMOVE : cause)
					<< from << to;
			EXPECT_EQ(scl_cause_of(from, to, SCL_EVENT_REMOVED), SCL_EVENT_REMOVED);
		}
	}
}

TEST(Table, removal_of_a_blocked_disk_waits_for_the_path_and_the_flush_completes)
{
	scl_state s = scl_state_next(running, SCL_EVENT_BLOCK).next;

	s = scl_state_next(s, SCL_EVENT_REMOVE).next;
	EXPECT_EQ(s, cancel_block);
	scl_step back = scl_state_next(s, SCL_EVENT_UNBLOCK);
	EXPECT_EQ(back.next, cancel);
	EXPECT_FALSE(back.actions & report);
	EXPECT_EQ(scl_state_next(back.next, SCL_EVENT_REMOVED), (scl_step{del, 0, 0}));
}

TEST(Table, unblock_reaches_a_device_under_removal)
{
	EXPECT_FALSE(scl_state_next(cancel, SCL_EVENT_UNBLOCK).refused);
	EXPECT_EQ(scl_state_next(cancel_block, SCL_EVENT_UNBLOCK).next, cancel);
	EXPECT_EQ(scl_state_next(cancel_block, SCL_EVENT_FAIL).next, del);
}

TEST(Table, an_offline_device_that_is_blocked_is_put_to_running_and_stays_blocked_until_the_unblock)
{
	scl_state s = scl_state_next(running_blocked, SCL_EVENT_OFFLINE).next;

	EXPECT_EQ(s, offline_blocked);
	s = scl_state_next(s, SCL_EVENT_ONLINE).next;
	EXPECT_EQ(s, running_blocked);
	EXPECT_EQ(scl_state_encode(s), (scl_stock{stock_model::SDEV_BLOCK, 1}));
	EXPECT_EQ(scl_state_next(s, SCL_EVENT_UNBLOCK), (scl_step{running, start, 0}));
}

TEST(Table, the_deadline_makes_a_device_in_use_one_that_fails_and_that_its_transport_may_block)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		const scl_step to = scl_state_next(s, SCL_EVENT_DEADLINE);
		EXPECT_EQ(to.next, offline) << s;
		EXPECT_FALSE(scl_state_next(to.next, SCL_EVENT_BLOCK).refused) << s;
		EXPECT_EQ(to.actions & (start | abort_flush), s.blocked ? start : abort_flush) << s;
		EXPECT_EQ(to.actions & report, s == offline ? 0 : report) << s;
	}
}
