// SPDX-License-Identifier: GPL-2.0
//
// A machine's table with one field of one rule changed, in memory: all that there are. A law, or
// the test's own table, has to see each that changes what the machine does.
#pragma once

#include <gtest/gtest.h>

#include <iostream>
#include <vector>

#include "machine.hpp"

namespace flips {

template <typename E> std::vector<E> others(E one)
{
	std::vector<E> all;

	for (E e : scl::each<E>)
		if (e != one)
			all.push_back(e);
	return all;
}

// With one value more, or one less.
template <typename E> std::vector<scl::Set<E>> others(scl::Set<E> set)
{
	std::vector<scl::Set<E>> all;

	for (E e : scl::each<E>) {
		scl::Set<E> other;
		for (E each : scl::each<E>)
			if (set.has(each) != (each == e))
				other = other | each;
		all.push_back(other);
	}
	return all;
}

template <typename E> std::vector<scl::To<E>> others(scl::To<E> to)
{
	std::vector<scl::To<E>> all{scl::same, scl::refuse};

	for (E e : scl::each<E>)
		all.push_back(e);
	std::erase(all, to);
	return all;
}

// Each rule that differs from this one in that field.
template <typename R, typename F> void flip(std::vector<R> &all, const R &rule, F R::*field)
{
	for (const F &other : others(rule.*field)) {
		all.push_back(rule);
		all.back().*field = other;
	}
}

template <typename M> std::vector<typename M::Rule> of_simple(const typename M::Rule &rule)
{
	using Rule = typename M::Rule;
	std::vector<Rule> all;

	flip(all, rule, &Rule::on);
	flip(all, rule, &Rule::from);
	flip(all, rule, &Rule::to);
	flip(all, rule, &Rule::actions);
	return all;
}

template <scl::Machine M>
bool does_the_same(scl::Table<typename M::Rule> one, scl::Table<typename M::Rule> other)
{
	return scl::holds<M>(
		one, [=](auto s, auto e, auto to) { return to == scl::step<M>(other, s, e); });
}

// @flipped: the rules that differ from one in a field. @broken: the law that a table breaks, or
// NULL. @as_expected: does it do what the test says, which knows no rule?
template <scl::Machine M, typename Flipped, typename Broken, typename Expected>
void expect_to_be_seen(scl::Table<typename M::Rule> rules, Flipped flipped, Broken broken,
		       Expected as_expected)
{
	const std::vector<typename M::Rule> original(rules.begin(), rules.end());
	unsigned int all = 0, by_law = 0, equal = 0;

	ASSERT_EQ(broken(rules), nullptr);
	ASSERT_TRUE(as_expected(rules));
	for (unsigned int i = 0; i < original.size(); i++)
		for (const auto &other : flipped(original[i])) {
			auto changed = original;
			changed[i] = other;
			const scl::Table<typename M::Rule> table(changed.data(), changed.size());

			all++;
			if (broken(table))
				by_law++;
			else if (does_the_same<M>(rules, table))
				equal++;
			else
				EXPECT_FALSE(as_expected(table)) << "rule " << i + 1;
		}
	std::cout << all << " flips, " << by_law << " break a law, " << equal
		  << " change nothing\n";
	// What a rule says in two ways: that it stays in the one state that it is of.
	EXPECT_LT(equal, original.size() * 2);
	EXPECT_GT(by_law, all / 2);
}

} // namespace flips
