// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <string>

#include "flips.hpp"
#include "opener.hpp"
#include "scsi_lifecycle_core.h"

namespace {

constexpr scl_opener closed = SCL_OPENER_CLOSED, open = SCL_OPENER_OPEN,
		     holding = SCL_OPENER_HOLDING;

struct Row {
	scl_opener_event on;
	scl_opener from;
	bool gone;
	scl_opener next;
	scl_answer answer;
};

// clang-format off
constexpr Row rows[] = {
	{SCL_OPENER_OPENS,	closed,		false,	open,		SCL_ANSWER_DONE},
	{SCL_OPENER_OPENS,	open,		false,	open,		SCL_ANSWER_HAS},
	{SCL_OPENER_OPENS,	holding,	false,	holding,	SCL_ANSWER_HAS},
	{SCL_OPENER_HOLDS,	closed,		false,	closed,		SCL_ANSWER_HAS_NOT},
	{SCL_OPENER_HOLDS,	open,		false,	holding,	SCL_ANSWER_DONE},
	{SCL_OPENER_HOLDS,	holding,	false,	holding,	SCL_ANSWER_HAS},
	{SCL_OPENER_RELEASES,	closed,		false,	closed,		SCL_ANSWER_HAS_NOT},
	{SCL_OPENER_RELEASES,	open,		false,	open,		SCL_ANSWER_HAS_NOT},
	{SCL_OPENER_RELEASES,	holding,	false,	open,		SCL_ANSWER_DONE},
	{SCL_OPENER_CLOSES,	closed,		false,	closed,		SCL_ANSWER_HAS_NOT},
	{SCL_OPENER_CLOSES,	open,		false,	closed,		SCL_ANSWER_DONE},
	{SCL_OPENER_CLOSES,	holding,	false,	closed,		SCL_ANSWER_DONE},

	{SCL_OPENER_OPENS,	closed,		true,	closed,		SCL_ANSWER_GONE},
	{SCL_OPENER_OPENS,	open,		true,	open,		SCL_ANSWER_GONE},
	{SCL_OPENER_OPENS,	holding,	true,	holding,	SCL_ANSWER_GONE},
	{SCL_OPENER_HOLDS,	closed,		true,	closed,		SCL_ANSWER_GONE},
	{SCL_OPENER_HOLDS,	open,		true,	open,		SCL_ANSWER_GONE},
	{SCL_OPENER_HOLDS,	holding,	true,	holding,	SCL_ANSWER_GONE},
	{SCL_OPENER_RELEASES,	closed,		true,	closed,		SCL_ANSWER_GONE},
	{SCL_OPENER_RELEASES,	open,		true,	open,		SCL_ANSWER_GONE},
	{SCL_OPENER_RELEASES,	holding,	true,	holding,	SCL_ANSWER_GONE},
	{SCL_OPENER_CLOSES,	closed,		true,	closed,		SCL_ANSWER_HAS_NOT},
	{SCL_OPENER_CLOSES,	open,		true,	closed,		SCL_ANSWER_DONE},
	{SCL_OPENER_CLOSES,	holding,	true,	closed,		SCL_ANSWER_DONE},
};
// clang-format on

std::string shown(const Row &r)
{
	return "event " + std::to_string(r.on) + " in state " + std::to_string(r.from) +
	       (r.gone ? ", gone" : "");
}

scl_openers sums(unsigned int opens, unsigned int holds, bool gone = false)
{
	return {opens, holds, gone};
}

void expect_sums(const scl_openers &all, const scl_openers &want, const std::string &where = "")
{
	EXPECT_EQ(all.open, want.open) << where;
	EXPECT_EQ(all.holding, want.holding) << where;
	EXPECT_EQ(all.gone, want.gone) << where;
}

struct Node {
	scl_openers all{};
	scl_opener a = closed, b = closed;

	scl_answer meet(scl_opener &opener, scl_opener_event e)
	{
		return scl_opener_next(&all, &opener, e);
	}
};

} // namespace

static bool is_as_listed(scl::Table<scl::Opener::Rule> table)
{
	for (const Row &r : rows) {
		scl_opener is = r.from;
		scl_openers all{1, 1, r.gone};

		if (scl::opener::ask(table, all, is, r.on) != r.answer || is != r.next)
			return false;
	}
	return true;
}

static const char *broken_law(scl::Table<scl::Opener::Rule> table)
{
	using namespace scl;
	using namespace scl::opener;
#define SCL_LAW(law)                                                                               \
	if (!scl::holds<scl::Opener>(table, law))                                                  \
		return #law;
	SCL_OPENER_LAWS(SCL_LAW)
#undef SCL_LAW
	return nullptr;
}

TEST(Opener, is_held_in_every_field_of_every_rule)
{
	flips::expect_to_be_seen<scl::Opener>(scl::opener::rules, flips::of_simple<scl::Opener>,
					      broken_law, is_as_listed);
}

TEST(Opener, meets_every_event_as_the_table_says)
{
	EXPECT_EQ(std::size(rows), size_t(SCL_OPENER_STATES) * SCL_OPENER_EVENTS * 2);
	for (const Row &r : rows) {
		scl_opener opener = r.from;
		// Four others, of which three hold.
		scl_openers all = r.gone ? sums(0, 0, true)
					 : sums(4 + (r.from != closed), 3 + (r.from == holding));

		EXPECT_EQ(scl_opener_next(&all, &opener, r.on), r.answer) << shown(r);
		EXPECT_EQ(opener, r.next) << shown(r);
		expect_sums(all,
			    r.gone ? sums(0, 0, true)
				   : sums(4 + (r.next != closed), 3 + (r.next == holding)),
			    shown(r));
	}
}

TEST(Opener, what_is_not_done_changes_nothing)
{
	for (const Row &r : rows)
		if (r.answer != SCL_ANSWER_DONE) {
			EXPECT_EQ(r.next, r.from) << shown(r);
		}
}

TEST(Opener, that_does_not_exist_has_nothing)
{
	for (unsigned int state = 0; state <= 300; state++)
		for (unsigned int e = 0; e <= 300; e++)
			for (bool gone : {false, true}) {
				if (state < SCL_OPENER_STATES && e < SCL_OPENER_EVENTS)
					continue;
				scl_opener opener = scl_opener(state);
				scl_openers all = sums(2, 1, gone);
				EXPECT_EQ(scl_opener_next(&all, &opener, scl_opener_event(e)),
					  SCL_ANSWER_HAS_NOT)
					<< state << " " << e;
				EXPECT_EQ(opener, scl_opener(state));
				expect_sums(all, sums(2, 1, gone));
			}
}

TEST(Opener, that_closes_releases_what_it_holds)
{
	Node n;

	n.meet(n.a, SCL_OPENER_OPENS);
	n.meet(n.a, SCL_OPENER_HOLDS);
	n.meet(n.b, SCL_OPENER_OPENS);
	n.meet(n.b, SCL_OPENER_HOLDS);
	expect_sums(n.all, sums(2, 2));
	EXPECT_EQ(n.meet(n.a, SCL_OPENER_CLOSES), SCL_ANSWER_DONE);
	expect_sums(n.all, sums(1, 1));
}

TEST(Opener, cannot_release_what_another_holds)
{
	Node n;

	n.meet(n.a, SCL_OPENER_OPENS);
	n.meet(n.a, SCL_OPENER_HOLDS);
	n.meet(n.b, SCL_OPENER_OPENS);
	EXPECT_EQ(n.meet(n.b, SCL_OPENER_RELEASES), SCL_ANSWER_HAS_NOT);
	EXPECT_EQ(n.meet(n.b, SCL_OPENER_CLOSES), SCL_ANSWER_DONE);
	expect_sums(n.all, sums(1, 1));
}

TEST(Opener, a_late_close_finds_nothing_to_release)
{
	Node n;

	n.meet(n.a, SCL_OPENER_OPENS);
	n.meet(n.a, SCL_OPENER_HOLDS);
	n.meet(n.b, SCL_OPENER_OPENS);
	EXPECT_EQ(scl_openers_gone(&n.all), 1);
	expect_sums(n.all, sums(0, 0, true));
	for (scl_opener *opener : {&n.a, &n.b}) {
		EXPECT_EQ(n.meet(*opener, SCL_OPENER_CLOSES), SCL_ANSWER_DONE);
		EXPECT_EQ(*opener, closed);
		expect_sums(n.all, sums(0, 0, true));
		EXPECT_EQ(n.meet(*opener, SCL_OPENER_CLOSES), SCL_ANSWER_HAS_NOT);
	}
}

TEST(Opener, the_device_goes_once)
{
	for (unsigned int opens = 0; opens < 3; opens++)
		for (unsigned int holds = 0; holds <= opens; holds++) {
			scl_openers all = sums(opens, holds);

			EXPECT_EQ(scl_openers_gone(&all), 1);
			expect_sums(all, sums(0, 0, true));
			EXPECT_EQ(scl_openers_gone(&all), 0);
			expect_sums(all, sums(0, 0, true));
		}
}

TEST(Opener, a_device_that_is_gone_does_not_go_again_whatever_it_was_left_with)
{
	scl_openers all = sums(2, 1, true);

	EXPECT_EQ(scl_openers_gone(&all), 0);
	expect_sums(all, sums(2, 1, true));
}
