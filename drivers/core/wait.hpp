// SPDX-License-Identifier: GPL-2.0
//
// What a removal waits for, and when that is worth a word: while the path may come back the clock says what
// there is to say, and an LLD may take its time to flush. The rest has no clock as long as the host stays.
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
	if ((cancel || del) && sight.flushing)
		return around.told ? SCL_WAITS_DEAF_LLD : SCL_WAITS_LLD;
	if (!cancel && !(del && around.leaving))
		return SCL_WAITS_NOT;
	if (around.recovering)
		return SCL_WAITS_ERROR_HANDLING;
	return around.sibling ? SCL_WAITS_SIBLING : SCL_WAITS_NOT;
}

// True: say so now, and not again for this wait.
constexpr bool see(scl_wait &w, const scl_sight &sight, const scl_around &around, scl_ms now)
{
	const scl_waits what = waits_for(sight, around);

	if (w.what != what)
		w = {now, (unsigned char)what, false};
	if (what < SCL_WAITS_DEAF_LLD || w.said || now - w.since < SCL_SAY_MS)
		return false;
	w.said = true;
	return true;
}

} // namespace scl
