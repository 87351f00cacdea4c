// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "consumer.hpp"
#include "flips.hpp"
#include "scsi_lifecycle_core.h"

namespace {

constexpr scl_consumer detached = SCL_CONSUMER_DETACHED, attached = SCL_CONSUMER_ATTACHED,
		       due = SCL_CONSUMER_QUEUED, called = SCL_CONSUMER_RUNNING,
		       told = SCL_CONSUMER_DONE, leaving = SCL_CONSUMER_DETACHING;
constexpr unsigned int none = 0, take = SCL_CONSUMER_DO_GET, queue = SCL_CONSUMER_DO_QUEUE,
		       tell = SCL_CONSUMER_DO_CALL, cancel = SCL_CONSUMER_DO_CANCEL,
		       drop = SCL_CONSUMER_DO_PUT, cancel_drop = cancel | drop;

struct Row {
	scl_consumer_event on;
	scl_consumer from, next;
	unsigned int actions;
	bool refused;
};

// clang-format off
constexpr Row rows[] = {
	{SCL_CONSUMER_ATTACH,		detached,	attached,	take,		false},
	{SCL_CONSUMER_ATTACH,		attached,	attached,	none,		true},
	{SCL_CONSUMER_ATTACH,		due,		due,		none,		true},
	{SCL_CONSUMER_ATTACH,		called,		called,		none,		true},
	{SCL_CONSUMER_ATTACH,		told,		told,		none,		true},
	{SCL_CONSUMER_ATTACH,		leaving,	leaving,	none,		true},

	{SCL_CONSUMER_GONE,		detached,	detached,	none,		false},
	{SCL_CONSUMER_GONE,		attached,	due,		queue,		false},
	{SCL_CONSUMER_GONE,		due,		due,		none,		false},
	{SCL_CONSUMER_GONE,		called,		called,		none,		false},
	{SCL_CONSUMER_GONE,		told,		told,		none,		false},
	{SCL_CONSUMER_GONE,		leaving,	leaving,	none,		false},

	{SCL_CONSUMER_CALL,		detached,	detached,	none,		false},
	{SCL_CONSUMER_CALL,		attached,	attached,	none,		false},
	{SCL_CONSUMER_CALL,		due,		called,		tell,		false},
	{SCL_CONSUMER_CALL,		called,		called,		none,		false},
	{SCL_CONSUMER_CALL,		told,		told,		none,		false},
	{SCL_CONSUMER_CALL,		leaving,	leaving,	none,		false},

	{SCL_CONSUMER_RETURN,		detached,	detached,	none,		true},
	{SCL_CONSUMER_RETURN,		attached,	attached,	none,		true},
	{SCL_CONSUMER_RETURN,		due,		due,		none,		true},
	{SCL_CONSUMER_RETURN,		called,		told,		none,		false},
	{SCL_CONSUMER_RETURN,		told,		told,		none,		true},
	{SCL_CONSUMER_RETURN,		leaving,	detached,	drop,		false},

	{SCL_CONSUMER_DETACH,		detached,	detached,	none,		true},
	{SCL_CONSUMER_DETACH,		attached,	detached,	cancel_drop,	false},
	{SCL_CONSUMER_DETACH,		due,		detached,	cancel_drop,	false},
	{SCL_CONSUMER_DETACH,		called,		leaving,	cancel,		false},
	{SCL_CONSUMER_DETACH,		told,		detached,	drop,		false},
	{SCL_CONSUMER_DETACH,		leaving,	leaving,	none,		true},

	{SCL_CONSUMER_DETACH_INSIDE,	detached,	detached,	none,		true},
	{SCL_CONSUMER_DETACH_INSIDE,	attached,	attached,	none,		true},
	{SCL_CONSUMER_DETACH_INSIDE,	due,		due,		none,		true},
	{SCL_CONSUMER_DETACH_INSIDE,	called,		detached,	drop,		false},
	{SCL_CONSUMER_DETACH_INSIDE,	told,		told,		none,		true},
	{SCL_CONSUMER_DETACH_INSIDE,	leaving,	leaving,	none,		true},
};
// clang-format on

// One that meets events, what they led to taken together.
struct Consumer {
	scl_consumer state = detached;
	int takes = 0, tells = 0, drops = 0, refused = 0;

	Consumer(std::initializer_list<scl_consumer_event> events)
	{
		for (scl_consumer_event e : events) {
			const scl_consumer_step to = scl_consumer_next(state, e);
			takes += !!(to.actions & SCL_CONSUMER_DO_GET);
			tells += !!(to.actions & SCL_CONSUMER_DO_CALL);
			drops += !!(to.actions & SCL_CONSUMER_DO_PUT);
			refused += to.refused;
			state = to.next;
		}
	}
};

} // namespace

TEST(Consumer, meets_every_event_as_the_table_says)
{
	EXPECT_EQ(std::size(rows), size_t(SCL_CONSUMER_STATES) * SCL_CONSUMER_EVENTS);
	for (const Row &r : rows) {
		const scl_consumer_step to = scl_consumer_next(r.from, r.on);
		EXPECT_EQ(to.next, r.next) << "event " << r.on << " in state " << int(r.from);
		EXPECT_EQ(to.actions, r.actions) << "event " << r.on << " in state " << int(r.from);
		EXPECT_EQ(to.refused, r.refused) << "event " << r.on << " in state " << int(r.from);
	}
}

static bool is_as_listed(scl::Table<scl::Consumer::Rule> table)
{
	for (const Row &r : rows) {
		const auto to = scl::step<scl::Consumer>(table, r.from, r.on);
		if (to.next != r.next || to.actions.mask() != r.actions || to.refused != r.refused)
			return false;
	}
	return true;
}

static const char *broken_law(scl::Table<scl::Consumer::Rule> table)
{
	using namespace scl;
	using namespace scl::consumer;
#define SCL_LAW(law)                                                                               \
	if (!scl::holds<scl::Consumer>(table, law))                                                \
		return #law;
	SCL_CONSUMER_LAWS(SCL_LAW)
#undef SCL_LAW
	return nullptr;
}

TEST(Consumer, is_held_in_every_field_of_every_rule)
{
	flips::expect_to_be_seen<scl::Consumer>(
		scl::consumer::rules, flips::of_simple<scl::Consumer>, broken_law, is_as_listed);
}

TEST(Consumer, that_does_not_exist_is_refused)
{
	for (unsigned int state = 0; state <= 300; state++)
		for (unsigned int e = 0; e <= 300; e++) {
			if (state < SCL_CONSUMER_STATES && e < SCL_CONSUMER_EVENTS)
				continue;
			const scl_consumer_step to =
				scl_consumer_next(scl_consumer(state), scl_consumer_event(e));
			EXPECT_EQ(to.next, scl_consumer(state)) << e;
			EXPECT_EQ(to.actions, 0u) << e;
			EXPECT_EQ(to.refused, 1) << e;
		}
}

TEST(Consumer, is_told_once_though_the_device_goes_and_workers_come_again_and_again)
{
	const Consumer c{SCL_CONSUMER_ATTACH, SCL_CONSUMER_GONE, SCL_CONSUMER_GONE,
			 SCL_CONSUMER_CALL,   SCL_CONSUMER_GONE, SCL_CONSUMER_CALL,
			 SCL_CONSUMER_RETURN, SCL_CONSUMER_GONE, SCL_CONSUMER_CALL};

	EXPECT_EQ(c.tells, 1);
	EXPECT_EQ(c.state, told);
	EXPECT_EQ(c.drops, 0);
	EXPECT_EQ(c.refused, 0);
}

TEST(Consumer, detached_on_the_way_of_the_call_is_not_told)
{
	const Consumer c{SCL_CONSUMER_ATTACH, SCL_CONSUMER_GONE, SCL_CONSUMER_DETACH,
			 SCL_CONSUMER_CALL};

	EXPECT_EQ(c.tells, 0);
	EXPECT_EQ(c.state, detached);
	EXPECT_EQ(c.drops, 1);
}

TEST(Consumer, attached_anew_is_not_told_by_the_call_that_was_on_its_way)
{
	const Consumer c{SCL_CONSUMER_ATTACH, SCL_CONSUMER_GONE, SCL_CONSUMER_DETACH,
			 SCL_CONSUMER_ATTACH, SCL_CONSUMER_CALL};

	EXPECT_EQ(c.tells, 0);
	EXPECT_EQ(c.state, attached);
}

TEST(Consumer, detached_while_it_is_told_refers_to_the_device_until_the_call_returns)
{
	const Consumer before{SCL_CONSUMER_ATTACH, SCL_CONSUMER_GONE, SCL_CONSUMER_CALL,
			      SCL_CONSUMER_DETACH};
	const Consumer after{SCL_CONSUMER_ATTACH, SCL_CONSUMER_GONE, SCL_CONSUMER_CALL,
			     SCL_CONSUMER_DETACH, SCL_CONSUMER_RETURN};

	EXPECT_EQ(before.drops, 0);
	EXPECT_EQ(after.drops, 1);
	EXPECT_EQ(after.state, detached);
}

TEST(Consumer, detaches_itself_while_it_is_told_and_can_attach_at_once)
{
	const Consumer c{SCL_CONSUMER_ATTACH, SCL_CONSUMER_GONE, SCL_CONSUMER_CALL,
			 SCL_CONSUMER_DETACH_INSIDE, SCL_CONSUMER_ATTACH};

	EXPECT_EQ(c.state, attached);
	EXPECT_EQ(c.takes, 2);
	EXPECT_EQ(c.drops, 1);
	EXPECT_EQ(c.refused, 0);
}

TEST(Consumer, that_another_detaches_first_cannot_detach_itself)
{
	const Consumer c{SCL_CONSUMER_ATTACH, SCL_CONSUMER_GONE, SCL_CONSUMER_CALL,
			 SCL_CONSUMER_DETACH, SCL_CONSUMER_DETACH_INSIDE};

	EXPECT_EQ(c.refused, 1);
	EXPECT_EQ(c.state, leaving);
	EXPECT_EQ(c.drops, 0);
}
