// SPDX-License-Identifier: GPL-2.0
//
// A state machine is a table of rules, of which exactly one meets each event in each state, so that
// their order means nothing. What holds of all machines is said here once, of any table: a test
// breaks tables, and sees it.
#pragma once

#include <initializer_list>

#include "set.hpp"

namespace scl {

struct Same {};
struct Refuse {};
inline constexpr Same same{};	  // it stays as it is
inline constexpr Refuse refuse{}; // the event is refused

// Where a rule leads.
template <Enumeration E> class To {
	enum class Kind : unsigned char { value, same, refuse } kind;
	E value;

public:
	constexpr To(E e) : kind(Kind::value), value(e) {}
	constexpr To(Same) : kind(Kind::same), value() {}
	constexpr To(Refuse) : kind(Kind::refuse), value() {}

	constexpr bool refuses() const { return kind == Kind::refuse; }
	constexpr E from(E before) const { return kind == Kind::value ? value : before; }
	constexpr bool operator==(const To &) const = default;
};

template <typename S, Enumeration A> struct Step {
	S next;
	Set<A> actions;
	bool refused;

	constexpr bool does(A a) const { return actions.has(a); }
	constexpr bool is_idle() const { return actions.empty(); }
	constexpr bool operator==(const Step &) const = default;
};

// A machine whose state is one enumeration's value.
template <Enumeration S, Enumeration E, Enumeration A> struct Simple {
	using State = S;
	using Event = E;
	using Step = scl::Step<S, A>;

	static constexpr Each<S> states{};
	static constexpr unsigned int place(S s) { return unsigned(s); }

	struct Rule {
		E on;
		Set<S> from;
		To<S> to;
		Set<A> actions;

		constexpr bool meets(S s, E e) const { return e == on && from.has(s); }
		constexpr Step applied(S s) const { return {to.from(s), actions, to.refuses()}; }
	};

	static constexpr Step unmet(S s) { return {s, {}, true}; }
};

// Rules that another object keeps.
template <typename R> struct Table {
	const R *first;
	unsigned int rules;

	constexpr Table(const R *all, unsigned int n) : first(all), rules(n) {}
	template <unsigned int n> constexpr Table(const R (&all)[n]) : Table(all, n) {}

	constexpr const R *begin() const { return first; }
	constexpr const R *end() const { return first + rules; }
};

template <typename M>
concept Machine = requires(const typename M::Rule &rule, typename M::State s, typename M::Event e)
{
	requires Enumeration<typename M::Event>;
	rule.meets(rule.applied(s).next, e) == rule.applied(s).is_idle();
	rule.applied(s) == M::unmet(s);
	M::states[M::place(s)] == s;
};

// Internal, as all that is called at run time: a COMDAT function breaks a traced module's link.
template <Machine M>
static constexpr typename M::Step step(Table<typename M::Rule> table, typename M::State s,
				       typename M::Event e)
{
	for (const auto &rule : table)
		if (rule.meets(s, e))
			return rule.applied(s);
	return M::unmet(s);
}

// A law is a predicate of one step, or of a table.
template <Machine M, typename Law> constexpr bool holds(Table<typename M::Rule> table, Law law)
{
	if constexpr (requires { law(table); }) {
		return law(table);
	} else {
		for (const auto s : M::states)
			for (const auto e : each<typename M::Event>)
				if (!law(s, e, step<M>(table, s, e)))
					return false;
		return true;
	}
}

// All sequences of events, to the fixed point, from the states that M is born in. A path carries a
// bit, which @carry hands on at each step; @law has to hold of each state and bit that a path leads
// to.
template <Machine M> struct Node {
	typename M::State state;
	bool bit;
};

template <Machine M, unsigned int n, typename Carry, typename Law>
constexpr bool on_every_path(Table<typename M::Rule> table, const Node<M> (&born)[n], Carry carry,
			     Law law)
{
	bool reached[32][2] = {}, grew = true;

	for (const auto &node : born)
		reached[M::place(node.state)][node.bit] = true;
	while (grew) {
		grew = false;
		for (const auto s : M::states)
			for (bool bit : {false, true}) {
				if (!reached[M::place(s)][bit])
					continue;
				if (!law(s, bit))
					return false;
				for (const auto e : each<typename M::Event>) {
					const auto to = step<M>(table, s, e);
					bool &r = reached[M::place(to.next)][carry(s, e, to, bit)];
					grew |= !r;
					r = true;
				}
			}
	}
	return true;
}

template <Machine M> constexpr bool is_a_machine(Table<typename M::Rule> table)
{
	// Every rule is used.
	for (const auto &rule : table) {
		bool used = false;
		for (const auto s : M::states)
			used |= rule.meets(s, rule.on);
		if (!used)
			return false;
	}
	// Every event meets one rule, and one that is refused changes nothing.
	return holds<M>(table, [=](auto s, auto e, auto to) {
		unsigned int met = 0;
		for (const auto &rule : table)
			met += rule.meets(s, e);
		return met == 1 && (!to.refused || (to.next == s && to.is_idle()));
	});
}

} // namespace scl
