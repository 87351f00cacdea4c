// SPDX-License-Identifier: GPL-2.0
//
// A set of an enumeration's values. It is no integer, and no other enumeration's set: what stands
// in a wrong column of a table does not compile.
#pragma once

namespace scl {

// How many values an enumeration has, counted from 0; it says so itself.
template <typename E> inline constexpr unsigned int count = 0;

template <typename E>
concept Enumeration = (count<E> != 0);

template <Enumeration E> class Set {
	unsigned int bits = 0;

	static constexpr unsigned int bit(E e) { return 1u << unsigned(e); }

public:
	constexpr Set() = default;
	constexpr Set(E e) : bits(bit(e)) {}

	constexpr bool has(E e) const { return bits & bit(e); }
	constexpr bool empty() const { return !bits; }
	// As the C face has it.
	constexpr unsigned int mask() const { return bits; }
	constexpr Set with(Set other) const
	{
		other.bits |= bits;
		return other;
	}
	constexpr bool operator==(const Set &) const = default;
};

template <Enumeration E> constexpr Set<E> operator|(E a, E b)
{
	return Set<E>(a).with(b);
}

template <Enumeration E> constexpr Set<E> operator|(Set<E> a, E b)
{
	return a.with(b);
}

template <Enumeration E> constexpr Set<E> operator|(Set<E> a, Set<E> b)
{
	return a.with(b);
}

// for (E e : each<E>)
template <Enumeration E> struct Each {
	struct At {
		unsigned int n;

		constexpr E operator*() const { return E(n); }
		constexpr At &operator++() { return n++, *this; }
		constexpr bool operator==(const At &) const = default;
	};

	constexpr E operator[](unsigned int n) const { return E(n); }
	constexpr At begin() const { return {0}; }
	constexpr At end() const { return {count<E>}; }
};

template <Enumeration E> inline constexpr Each<E> each{};

template <Enumeration E> constexpr Set<E> all_but(E one)
{
	Set<E> all;

	for (E e : each<E>)
		if (e != one)
			all = all | e;
	return all;
}

} // namespace scl
