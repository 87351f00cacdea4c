// SPDX-License-Identifier: GPL-2.0
//
// All that can happen in a small world, in every order: each world once, to the fixed point, so
// that what is wrong is shown by the shortest way to it.
#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <string>
#include <unordered_map>
#include <vector>

#include "life_model.hpp"

namespace {

template <typename Visit> void for_every_step(Visit visit)
{
	for (unsigned m = 0; m < moves; m++)
		for (unsigned char n = 0; n < (Move(m) <= Move::destroyed ? 1 : 2); n++)
			visit(Step{Move(m), n});
}

class Exploration {
public:
	std::string wrong; // the first that is, and how it came about

	explicit Exploration(Careless careless = Careless::no) : careless(careless) { explore(); }

	size_t worlds() const { return seen.size(); }

	// Whether that happens at all.
	bool saw(const std::function<bool(const World &)> &what) const
	{
		for (const auto &[key, found] : seen)
			if (what(found.world))
				return true;
		return false;
	}

	// The worlds from which the device, once all that have it give it up, is not destroyed.
	size_t without_end() const
	{
		std::unordered_map<uint64_t, bool> ends;
		size_t endless = 0;

		for (const auto &[key, found] : seen) {
			std::vector<uint64_t> way;
			World w = found.world;
			bool end = true;
			while (w.device != World::none || !w.at_rest()) {
				if (auto known = ends.find(w.key()); known != ends.end()) {
					end = known->second;
					break;
				}
				way.push_back(w.key());
				ends[w.key()] = false;
				if (!give_up(w)) {
					end = false;
					break;
				}
			}
			for (uint64_t k : way)
				ends[k] = end;
			endless += !end;
		}
		return endless;
	}

private:
	struct Found {
		World world;
		uint64_t from;
		Step by;
	};

	Careless careless;
	std::unordered_map<uint64_t, Found> seen;

	std::string way_to(uint64_t from, Step last, const char *broken) const
	{
		std::string way = shown(last) + ": " + broken;

		for (const Found *f = &seen.at(from);
		     f->from != seen.at(f->from).world.key() || f->world.key() != f->from;
		     f = &seen.at(f->from))
			way = shown(f->by) + ", " + way;
		return way;
	}

	void explore()
	{
		std::vector<uint64_t> todo{World{}.key()};

		seen[todo.back()] = {World{}, todo.back(), {}};
		for (size_t next = 0; next < todo.size() && wrong.empty(); next++) {
			const uint64_t from = todo[next];
			const World was = seen.at(from).world;
			for_every_step([&](Step s) {
				World is = was;
				if (!wrong.empty())
					return;
				const bool made = is.make(s.move, s.number, careless);
				if (const char *broken = is.broken(); *broken) {
					wrong = way_to(from, s, broken);
					return;
				}
				if (made && seen.try_emplace(is.key(), Found{is, from, s}).second)
					todo.push_back(is.key());
			});
		}
	}

	// One move of what remains to be done once nothing wants the device any more.
	static bool give_up(World &w)
	{
		static constexpr Move ending[] = {
			Move::destroyed,
			Move::puts,
			Move::opens,
			Move::closes,
			Move::calls,
			Move::returns,
			Move::returns_having_left,
			Move::has_cancelled,
			Move::cancels,
			Move::starts,
			Move::detaches,
			Move::goes,
			Move::has_told,
			Move::hears,
		};

		for (Move m : ending)
			for (unsigned number = 0; number < 2; number++) {
				World next = w;
				if (next.make(m, number, Careless::no) && next.key() != w.key()) {
					w = next;
					return true;
				}
			}
		return false;
	}
};

const Exploration &careful()
{
	static const Exploration e;
	return e;
}

} // namespace

TEST(Life, keeps_every_promise_in_every_order)
{
	EXPECT_EQ(careful().wrong, "");
}

TEST(Life, ends_with_the_destructor_once_all_have_given_it_up)
{
	ASSERT_EQ(careful().wrong, "");
	EXPECT_EQ(careful().without_end(), 0u);
}

TEST(Life, has_all_that_is_worth_exploring)
{
	const auto any = [](auto holds) {
		return [=](const World &w) {
			return holds(w.consumers[0]) || holds(w.consumers[1]);
		};
	};

	ASSERT_EQ(careful().wrong, "");
	std::cout << careful().worlds() << " worlds\n";
	EXPECT_GT(careful().worlds(), 10000u);
	EXPECT_TRUE(careful().saw([](const World &w) { return w.all.holding == 2; }));
	EXPECT_TRUE(careful().saw([](const World &w) {
		return w.device == World::left && w.files[0].state == SCL_OPENER_HOLDING &&
		       w.refs == 1;
	})) << "a file that is all that keeps the number";
	EXPECT_TRUE(careful().saw([](const World &w) {
		return w.device == World::left && w.consumers[0].refers && w.refs == 1;
	})) << "a consumer that is";
	EXPECT_TRUE(careful().saw(
		any([](const Consumer &c) { return c.state == SCL_CONSUMER_DETACHING; })));
	EXPECT_TRUE(careful().saw(any([](const Consumer &c) {
		return c.worker == Consumer::started && c.state == SCL_CONSUMER_DETACHED;
	}))) << "a call that finds no consumer";
	EXPECT_TRUE(careful().saw(any([](const Consumer &c) {
		return c.worker == Consumer::inside_left && c.state == SCL_CONSUMER_QUEUED &&
		       c.queued;
	}))) << "attached to the next device while it was told of the last, which is gone too";
}

// What an exploration does not find when it is there, it has not proved absent.
TEST(Life, is_broken_by_a_careless_shim)
{
	const std::pair<Careless, const char *> faults[] = {
		{Careless::attaches_before_the_detach_returned, "attached, and not told"},
		{Careless::drops_before_it_cancels,
		 "a worker came for a device that it does not keep"},
		{Careless::returns_from_one_that_detached_itself, "a return refused"},
		{Careless::keeps_no_reference_for_those_it_tells, "attached, and not told"},
		{Careless::opens_what_is_dead, "a reference on what is dead"},
		{Careless::forgets_to_close_late, "the sums are not what the openers have"},
	};

	for (auto [careless, found] : faults) {
		const Exploration e(careless);
		EXPECT_NE(e.wrong.find(found), std::string::npos)
			<< found << "; instead: " << e.wrong;
	}
}
