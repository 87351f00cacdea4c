// SPDX-License-Identifier: GPL-2.0
//
// What a removal waits for, and when that is worth a word: while the path may come back the clock says what
// there is to say, and an LLD may take its time. The rest has no clock as long as the host stays.
#pragma once

#include "state.hpp"
#include "verdict.hpp"

namespace scl {

constexpr scl_waits waits_for(const scl_sight &sight, const scl_around &around)
{
	const State s = from_c(sight.state);
	const bool cancel = s.phase == Phase::cancel, del = s.phase == Phase::del;

	if ((cancel && (s.blocked || sight.quiesced)) || (del && sight.stuck))
		return SCL_WAITS_PATH;
	const bool flush_at_lld = sight.flushing && !sight.untaken;
	const bool at_lld = flush_at_lld || around.busy;
	if (!cancel && !(del && (at_lld || around.leaving)))
		return SCL_WAITS_NOT;
	// A host recovers from the first command that failed on, but what the LLD still holds is the LLD's.
	if (at_lld ? around.failed : around.recovering)
		return SCL_WAITS_ERROR_HANDLING;
	if (at_lld)
		return flush_at_lld && around.told ? SCL_WAITS_DEAF_LLD : SCL_WAITS_LLD;
	if (around.sibling)
		return SCL_WAITS_SIBLING;
	return cancel && around.unsent ? SCL_WAITS_BUSY_LLD : SCL_WAITS_NOT;
}

constexpr scl_ms patience(scl_waits what)
{
	switch (what) {
	case SCL_WAITS_NOT:
	case SCL_WAITS_PATH:
		return SCL_NEVER;
	case SCL_WAITS_LLD:
		return SCL_SAY_LLD_MS;
	default:
		return SCL_SAY_MS;
	}
}

// True: say so now, and not again for this wait.
constexpr bool see(scl_wait &w, const scl_sight &sight, const scl_around &around, scl_ms now)
{
	const scl_waits what = waits_for(sight, around);

	if (w.what != what)
		w = {now, (unsigned char)what, false};
	if (w.said || now - w.since < patience(what))
		return false;
	w.said = true;
	return true;
}

} // namespace scl
