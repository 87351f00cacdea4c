// SPDX-License-Identifier: GPL-2.0
//
// What can happen to a device, its files and its consumers, one move at a time.
#pragma once

#include <string>

// What a shim may do wrong; the exploration has to see it.
enum class Careless {
	no,
	attaches_before_the_detach_returned,
	drops_before_it_cancels,
	returns_from_one_that_detached_itself,
	keeps_no_reference_for_those_it_tells,
	opens_what_is_dead,
	forgets_to_close_late,
};

enum class Move : unsigned char {
	born,
	goes,
	has_told,
	destroyed,
	finds,
	opens,
	holds,
	releases,
	closes,
	puts,
	attaches,
	hears,
	starts,
	calls,
	returns,
	leaves_inside,
	returns_having_left,
	detaches,
	cancels,
	has_cancelled,
};
inline constexpr unsigned moves = unsigned(Move::has_cancelled) + 1;

struct Step {
	Move move;
	unsigned char number;
};

inline std::string shown(Step s)
{
	static constexpr const char *names[moves] = {
		"born",
		"goes",
		"has told",
		"destroyed",
		"finds",
		"opens",
		"holds",
		"releases",
		"closes",
		"puts",
		"attaches",
		"hears",
		"starts",
		"calls",
		"returns",
		"leaves inside",
		"returns having left",
		"detaches",
		"cancels",
		"has cancelled",
	};
	const char *whose = s.move <= Move::destroyed ? "device"
			    : s.move <= Move::puts    ? "file "
						      : "consumer ";

	return whose + (s.move <= Move::destroyed ? "" : std::to_string(s.number)) + " " +
	       names[unsigned(s.move)];
}
