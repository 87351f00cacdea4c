// SPDX-License-Identifier: GPL-2.0
//
// The structures of the C face, compared and printed.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "scsi_lifecycle_core.h"
#include "state.hpp"

inline bool operator==(const scl_step &a, const scl_step &b)
{
	return a.next == b.next && a.actions == b.actions && a.refused == b.refused;
}

inline std::ostream &operator<<(std::ostream &out, const scl_state &s)
{
	return out << scl_phase_name(s.phase) << (s.blocked ? "+blocked" : "");
}

inline std::ostream &operator<<(std::ostream &out, const scl_stock &f)
{
	return out << "sdev_state " << int(f.sdev_state) << " queue_stopped "
		   << int(f.queue_stopped);
}

inline std::ostream &operator<<(std::ostream &out, const scl_step &to)
{
	static constexpr const char *names[] = {"stop",	  "drain", "start", "arm",
						"disarm", "abort", "report"};

	out << to.next << (to.refused ? " refused" : "");
	for (int i = 0; i < 7; i++)
		if (to.actions & 1 << i)
			out << ' ' << names[i];
	return out;
}

inline std::string row(scl_state s, scl_event e)
{
	return std::string(scl_phase_name(s.phase)) + (s.blocked ? "+blocked, " : ", ") +
	       scl_event_name(e);
}

inline const std::vector<scl_state> &all_states()
{
	static const std::vector<scl_state> states = [] {
		std::vector<scl_state> v;
		for (unsigned int phase = 0; phase < SCL_PHASES; phase++)
			for (int blocked = 0; blocked <= (phase != SCL_PHASE_DEL); blocked++)
				v.push_back({scl_phase(phase), blocked != 0});
		return v;
	}();
	return states;
}

inline const std::vector<scl_event> &all_events()
{
	static const std::vector<scl_event> events = [] {
		std::vector<scl_event> v;
		for (unsigned int e = 0; e < SCL_EVENTS; e++)
			v.push_back(scl_event(e));
		return v;
	}();
	return events;
}

inline scl_snapshot snapshot_of(scl_state s)
{
	scl_snapshot snapshot{};

	snapshot.state = s;
	return snapshot;
}

// None for a reboot.
inline scl_limits limits_of(scl_ms teardown, scl_ms flush, scl_ms hold = 0)
{
	scl_limits limits{};

	limits.teardown = teardown;
	limits.reboot = SCL_NEVER;
	limits.flush = flush;
	limits.hold = hold;
	return limits;
}

inline bool under_removal(scl_state s)
{
	return s.phase == SCL_PHASE_CANCEL || s.phase == SCL_PHASE_DEL;
}
