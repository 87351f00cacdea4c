// SPDX-License-Identifier: GPL-2.0
//
// A removal of a disk with a cache, whose flushes are observed, and its account.
#pragma once

#include "shown.hpp"

namespace removal {

inline constexpr bool both[] = {false, true};
inline constexpr scl_state running{SCL_PHASE_RUNNING, false}, blocked{SCL_PHASE_RUNNING, true};
inline constexpr scl_state cancel{SCL_PHASE_CANCEL, false}, cancel_block{SCL_PHASE_CANCEL, true};

inline constexpr scl_flush_end success{0, false, true, false, 0, 0, 0},
	failure{2, false, false, false, 3, 0xc, 2};

inline scl_flush_end sense(unsigned char key, unsigned char asc, unsigned char ascq)
{
	return {2, false, false, false, key, asc, ascq};
}

struct Removal {
	scl_flush_account account{};
	scl_progress progress{};
	scl_failure failure{
		cancel_block, SCL_EVENT_DEADLINE, SCL_FLUSH_NONE, SCL_FLUSH_NONE, true, false,
		false};

	Removal() { account.observed = true; }

	bool begin(bool adopted = false, bool in_del = false, bool has_cache = true)
	{
		const scl_removal_start start{adopted, in_del, has_cache};
		return scl_account_begin(&account, &progress, &start);
	}

	void ends(const scl_flush_end &end) { scl_account_ended(&account, &end); }

	// Return: it was reported lost.
	bool fails(unsigned int commands = 1)
	{
		const bool lost = scl_account_before_failing(&account, &failure);
		return scl_account_after_failing(&account, &failure, commands, lost);
	}

	scl_flush_result result(bool in_del) const { return scl_account_result(&account, in_del); }
};

} // namespace removal
