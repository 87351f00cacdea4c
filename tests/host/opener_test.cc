// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <string>

#include "scsi_lifecycle_core.h"

namespace {

constexpr unsigned char closed = SCL_OPENER_CLOSED, open = SCL_OPENER_OPEN, holding = SCL_OPENER_HOLDING;

struct Row {
	scl_opener_event on;
	unsigned char from;
	bool gone;
	unsigned char next;
	scl_answer answer;
};

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

std::string shown(const Row &r)
{
	return "event " + std::to_string(r.on) + " in state " + std::to_string(r.from) + (r.gone ? ", gone" : "");
}

scl_openers sums(unsigned int opens, unsigned int holds, bool gone = false) { return {opens, holds, gone}; }

void expect_sums(const scl_openers &all, const scl_openers &want, const std::string &where = "")
{
	EXPECT_EQ(all.open, want.open) << where;
	EXPECT_EQ(all.holding, want.holding) << where;
	EXPECT_EQ(all.gone, want.gone) << where;
}

struct Node {
	scl_openers all{};
	unsigned char a = closed, b = closed;

	scl_answer meet(unsigned char &who, scl_opener_event e) { return scl_opener_next(&all, &who, e); }
};

} // namespace

TEST(Opener, meets_every_event_as_the_table_says)
{
	EXPECT_EQ(std::size(rows), size_t(SCL_OPENER_STATES) * SCL_OPENER_EVENTS * 2);
	for (const Row &r : rows) {
		unsigned char opener = r.from;
		// Four others, three of whom hold.
		scl_openers all = r.gone ? sums(0, 0, true) : sums(4 + (r.from != closed), 3 + (r.from == holding));

		EXPECT_EQ(scl_opener_next(&all, &opener, r.on), r.answer) << shown(r);
		EXPECT_EQ(opener, r.next) << shown(r);
		expect_sums(all, r.gone ? sums(0, 0, true) : sums(4 + (r.next != closed), 3 + (r.next == holding)), shown(r));
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
	for (int state = 0; state <= 255; state++)
		// Up to 7 is what the enumeration can hold in C++.
		for (int e = 0; e <= 7; e++)
			for (bool gone : {false, true}) {
				if (state < SCL_OPENER_STATES && e < SCL_OPENER_EVENTS)
					continue;
				unsigned char opener = (unsigned char)state;
				scl_openers all = sums(2, 1, gone);
				EXPECT_EQ(scl_opener_next(&all, &opener, scl_opener_event(e)), SCL_ANSWER_HAS_NOT) << state << " " << e;
				EXPECT_EQ(opener, state);
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
	for (unsigned char *who : {&n.a, &n.b}) {
		EXPECT_EQ(n.meet(*who, SCL_OPENER_CLOSES), SCL_ANSWER_DONE);
		EXPECT_EQ(*who, closed);
		expect_sums(n.all, sums(0, 0, true));
		EXPECT_EQ(n.meet(*who, SCL_OPENER_CLOSES), SCL_ANSWER_HAS_NOT);
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
