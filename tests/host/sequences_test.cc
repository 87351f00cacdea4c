// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <tuple>

#include "shim.hpp"

namespace {

constexpr bool both[] = {false, true};

using Key = std::tuple<unsigned char, bool, bool>;

Key key(const Shim &d)
{
	return {d.fields.sdev_state, d.fields.queue_stopped, d.armed};
}

// Every device that any sequence of events leads to, and what is wrong on the way.
std::set<Key> closure(Shim born, std::vector<std::string> &wrong)
{
	std::set<Key> seen{key(born)};
	std::vector<Shim> todo{born};

	while (!todo.empty()) {
		const Shim was = todo.back();
		todo.pop_back();
		for (scl_event e : all_events()) {
			Shim is = was;
			scl_step to = is.meet(e);
			const char *broken = is.broken(was.state(), e, to);
			if (*broken)
				wrong.push_back(row(was.state(), e) + ": " + broken);
			if (seen.insert(key(is)).second)
				todo.push_back(is);
		}
	}
	return seen;
}

unsigned seed()
{
	const char *given = std::getenv("SCL_SEED");
	unsigned s = given ? unsigned(std::strtoul(given, nullptr, 0)) : std::random_device{}();

	std::cout << "SCL_SEED=" << s << "\n";
	return s;
}

} // namespace

TEST(Sequences, keep_every_promise_to_the_fixed_point_from_every_birth)
{
	for (bool blocked : both)
		for (bool armed : both) {
			std::vector<std::string> wrong;
			closure(Shim::born(blocked, armed), wrong);
			EXPECT_TRUE(wrong.empty())
				<< wrong.size() << ", the first: " << wrong.front();
		}
}

TEST(Sequences, reach_every_state_and_CANCEL_BLOCK_only_where_it_is_polled)
{
	std::vector<std::string> wrong;
	std::set<std::pair<int, int>> states;
	bool cancel_block = false;

	for (auto [sdev_state, stopped, armed] : closure(Shim::born(false, false), wrong)) {
		scl_state s = scl_state_decode({sdev_state, stopped});
		states.insert({s.phase, s.blocked});
		if (s.phase == SCL_PHASE_CANCEL && s.blocked) {
			cancel_block = true;
			EXPECT_TRUE(armed);
		}
	}
	EXPECT_TRUE(cancel_block);
	EXPECT_EQ(states.size(), all_states().size());
}

TEST(Sequences, leave_no_fields_whose_two_facts_disagree)
{
	std::vector<std::string> wrong;

	for (auto [sdev_state, stopped, armed] : closure(Shim::born(false, false), wrong)) {
		auto plain = stock_model::plain(scl_state_decode({sdev_state, stopped}));
		EXPECT_EQ((scl_stock{sdev_state, stopped}),
			  (scl_stock{plain.state, plain.queue_stopped}));
	}
}

TEST(Sequences, can_end_in_del_from_everywhere_by_deadline_and_removal)
{
	for (scl_state s : all_states()) {
		Shim d;
		d.fields = scl_state_encode(s);
		d.queue_stopped = d.armed = s.blocked;
		d.meet(SCL_EVENT_REMOVE);
		EXPECT_TRUE(under_removal(d.state())) << s;
		d.meet(SCL_EVENT_DEADLINE);
		EXPECT_EQ(d.state(), (scl_state{SCL_PHASE_DEL, 0})) << s;
		EXPECT_FALSE(d.queue_stopped) << s;
	}
}

TEST(Sequences, of_five_events_keep_every_promise)
{
	const int n = SCL_EVENTS, length = 5, all = n * n * n * n * n;

	for (bool blocked : both)
		for (int i = 0; i < all; i++) {
			Shim d = Shim::born(blocked, false);
			bool removed = false;
			for (int k = 0, rest = i; k < length; k++, rest /= n) {
				scl_event e = scl_event(rest % n);
				scl_state from = d.state();
				scl_step to = d.meet(e);
				const char *broken = d.broken(from, e, to);
				ASSERT_STREQ(broken, "")
					<< "sequence " << i << ", " << row(from, e);
				removed |= e == SCL_EVENT_REMOVE;
				ASSERT_TRUE(!removed || under_removal(d.state()))
					<< "sequence " << i;
			}
		}
}

TEST(Sequences, long_and_random_keep_every_promise)
{
	const unsigned s = seed();
	std::mt19937 random(s);

	for (int i = 0; i < 2000; i++) {
		Shim d = Shim::born(random() & 1, random() & 1);
		// Few lives are long if every event is as likely as removal.
		const unsigned removal = 1 + random() % 400;
		for (int k = 0; k < 400; k++) {
			scl_event e = scl_event(random() % SCL_EVENTS);
			if ((e == SCL_EVENT_REMOVE || e == SCL_EVENT_REMOVED ||
			     e == SCL_EVENT_DEADLINE) &&
			    random() % removal)
				e = SCL_EVENT_BLOCK;
			scl_state from = d.state();
			scl_step to = d.meet(e);
			ASSERT_STREQ(d.broken(from, e, to), "")
				<< "SCL_SEED=" << s << ", " << row(from, e);
		}
	}
}

// A transport, a removal and error handling at once: each in order, together in any.
TEST(Sequences, interleaved_from_three_threads_end_in_del_once_the_deadline_passed)
{
	const std::vector<scl_event> threads[] = {
		{SCL_EVENT_BLOCK, SCL_EVENT_UNBLOCK, SCL_EVENT_BLOCK, SCL_EVENT_FAIL,
		 SCL_EVENT_BLOCK},
		{SCL_EVENT_REMOVE, SCL_EVENT_REMOVED},
		{SCL_EVENT_OFFLINE, SCL_EVENT_ONLINE, SCL_EVENT_QUIESCE},
	};
	std::vector<int> order;
	int orders = 0;

	for (int t = 0; t < 3; t++)
		order.insert(order.end(), threads[t].size(), t);
	do {
		size_t at[3] = {};
		Shim d = Shim::born(false, false);
		d.meet(SCL_EVENT_ONLINE);
		for (int t : order) {
			scl_event e = threads[t][at[t]++];
			// The upper-level driver is not gone while its flush is parked.
			if (e == SCL_EVENT_REMOVED && d.state().blocked)
				d.meet(SCL_EVENT_DEADLINE);
			scl_state from = d.state();
			scl_step to = d.meet(e);
			ASSERT_STREQ(d.broken(from, e, to), "") << row(from, e);
		}
		ASSERT_EQ(d.state(), (scl_state{SCL_PHASE_DEL, 0}));
		ASSERT_FALSE(d.queue_stopped);
		orders++;
	} while (std::next_permutation(order.begin(), order.end()));
	EXPECT_EQ(orders, 2520);
}
