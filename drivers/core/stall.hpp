// SPDX-License-Identifier: GPL-2.0
//
// What a removal waits for, and when that is to be reported: while the path may come back the
// deadline says what there is to say, and an LLD may take its time. The rest has no deadline as
// long as the host stays.
#pragma once

#include "state.hpp"

namespace scl {

static constexpr scl_stall_on stalled_on(const scl_snapshot &s, const scl_environment &around)
{
	const bool cancel = s.state.phase == phase::cancel, del = s.state.phase == phase::del;
	const bool flush_at_lld = s.flushing && !s.untaken;
	const bool at_lld = flush_at_lld || around.busy;

	if ((cancel && (s.state.blocked || s.quiesced)) || (del && s.stopped_in_del))
		return SCL_STALL_ON_PATH;
	if (!cancel && !(del && (at_lld || around.leaving_tag_set)))
		return SCL_STALL_ON_NOTHING;
	// A host recovers from the first command that failed on, but what the LLD still holds is
	// the LLD's.
	if (at_lld ? around.failed : around.recovering)
		return SCL_STALL_ON_ERROR_HANDLING;
	if (at_lld)
		return flush_at_lld && around.abort_requested ? SCL_STALL_ON_LLD_ABORT
							      : SCL_STALL_ON_LLD;
	if (around.sibling)
		return SCL_STALL_ON_SIBLING;
	return cancel && around.unsent ? SCL_STALL_ON_BUSY_LLD : SCL_STALL_ON_NOTHING;
}

constexpr scl_ms report_after(scl_stall_on what)
{
	switch (what) {
	case SCL_STALL_ON_NOTHING:
	case SCL_STALL_ON_PATH: break;
	case SCL_STALL_ON_LLD: return SCL_REPORT_LLD_AFTER_MS;
	case SCL_STALL_ON_LLD_ABORT:
	case SCL_STALL_ON_BUSY_LLD:
	case SCL_STALL_ON_ERROR_HANDLING:
	case SCL_STALL_ON_SIBLING: return SCL_REPORT_AFTER_MS;
	}
	return SCL_NEVER;
}

// True: report it now, and not again for this wait.
static constexpr bool update(scl_stall &stall, const scl_snapshot &s, const scl_environment &around,
			     scl_ms now)
{
	const scl_stall_on what = stalled_on(s, around);

	if (stall.what != what)
		stall = {now, what, false};
	if (stall.said || now - stall.since < report_after(what))
		return false;
	stall.said = true;
	return true;
}

} // namespace scl
