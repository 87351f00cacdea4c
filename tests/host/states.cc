// SPDX-License-Identifier: GPL-2.0
//
// Prints docs/states.md from the table of the device's state: the matrix, and the part of it that
// is a removal.
#include <cstdio>
#include <string>

#include "scsi_lifecycle_core.h"
#include "table.hpp"

using namespace scl;

namespace {

std::string name(scl_state s)
{
	return std::string(scl_phase_name(s.phase)) + (s.blocked ? " blocked" : "");
}

const char *letter(scl_action_bit a)
{
	// clang-format off
	switch (a) {
	case action::stop:	return "S";
	case action::drain:	return "W";
	case action::start:	return "G";
	case action::arm:	return "A";
	case action::disarm:	return "D";
	case action::abort:	return "X";
	case action::report:	return "R";
	case SCL_ACTIONS:	break;
	}
	// clang-format on
	return "?";
}

std::string cell(scl_state s, scl_event e)
{
	const auto to = step(s, e);
	std::string text = to.refused ? "-" : to.next == s ? "=" : name(to.next), does;

	for (scl_action_bit a : each<scl_action_bit>)
		if (to.does(a))
			does += letter(a);
	return does.empty() ? text : text + " *" + does + "*";
}

void matrix()
{
	std::string head = "| from |", line = "|---|";

	for (scl_event e : each<scl_event>) {
		head += std::string(" ") + scl_event_name(e) + " |";
		line += "---|";
	}
	printf("%s\n%s\n", head.c_str(), line.c_str());
	for (scl_state s : all_states) {
		std::string row = "| **" + name(s) + "** |";
		for (scl_event e : each<scl_event>)
			row += " " + cell(s, e) + " |";
		puts(row.c_str());
	}
}

// All states of a device in use are one here.
std::string group(scl_state s)
{
	const std::string phase = under_removal(s) ? scl_phase_name(s.phase) : "alive";

	return phase + (s.blocked ? "_blocked" : "");
}

// The events that lead from one group to another.
std::string events(const std::string &from, const std::string &to)
{
	std::string all;

	for (scl_event e : each<scl_event>) {
		bool leads = false;
		for (scl_state s : all_states)
			leads |= group(s) == from && group(step(s, e).next) == to;
		if (leads)
			all += (all.empty() ? "" : ", ") + std::string(scl_event_name(e));
	}
	return all;
}

void removal()
{
	const char *groups[] = {"alive", "alive_blocked", "cancel", "cancel_blocked", "del"};

	puts("```mermaid\nstateDiagram-v2");
	for (std::string from : groups)
		for (std::string to : groups)
			if (const std::string by = events(from, to); from != to && !by.empty())
				printf("    %s --> %s: %s\n", from.c_str(), to.c_str(), by.c_str());
	puts("```");
}

} // namespace

int main()
{
	puts("<!-- Printed by `make -C tests/host states` from drivers/core/table.hpp; "
	     "make check compares. -->");
	puts(R"(# States and events

A device's state is its phase, and whether its transport has stopped its queue. A row of the table
is a state, a column an event, a cell what the event leads to: a state, `=` (it stays), or `-` (the
event is refused). Then what the caller does: *S* stop the queue, *W* wait for the commands on their
way, *G* start the queue, *A* arm the deadline, *D* disarm it, *X* abort the flush that the LLD has,
*R* report that commands were failed.
)");
	matrix();
	puts(R"(
## A removal

All states of a device in use are one here. The events are those that lead from the one to the other
in at least one of them.
)");
	removal();
	return 0;
}
