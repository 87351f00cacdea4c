// SPDX-License-Identifier: GPL-2.0
//
// The account of a device's flush: which commands are one, what is lost with the commands that are
// failed, and what became of the flush in the end. What was seen to happen counts; what was done to
// the device explains a failure, and no more.
#pragma once

#include "state.hpp"

namespace scl {

// SYNCHRONIZE CACHE (10) and (16), START STOP UNIT. sd sends its own as commands for power
// management; one that a user sent, by sg, has a timeout of the user's.
static constexpr scl_flush flush_of(unsigned char opcode, bool passthrough, bool power_management)
{
	if (passthrough && !power_management)
		return SCL_FLUSH_NONE;
	if (opcode == 0x35 || opcode == 0x91)
		return passthrough ? SCL_FLUSH_DRIVER : SCL_FLUSH_FILE_SYSTEM;
	return opcode == 0x1b && passthrough ? SCL_FLUSH_STOP : SCL_FLUSH_NONE;
}

// The end of no flush, all zero, is neither this nor the next.
constexpr bool succeeded(const scl_flush_end &end)
{
	const bool recovered = end.sense_key == 0x01 && !end.deferred;

	return !end.error && (end.good || recovered);
}

// There is no medium, or the disk knows no such command: it has no cache to flush. What else
// sd_sync_cache() of drivers/scsi/sd.c takes for no error, so that a shutdown goes on (6.12: any
// ILLEGAL REQUEST, a password, a format), did not flush one.
constexpr bool has_nothing_to_flush(const scl_flush_end &end)
{
	return end.asc == 0x3a || (end.asc == 0x20 && end.ascq == 0); // other 20s are denied access
}

// sd stops a disk when its flush is over, or where it had none to send: what became of that is
// known. (One that it starts, to remove it, was flushed when it was suspended.) Between two
// commands of the driver's none is pending for a moment.
constexpr bool is_past_flush(const scl_failure &f)
{
	return (f.pending ? f.pending : f.remembered) == SCL_FLUSH_STOP;
}

// A device that fails under removal does not flush any more, unless its driver is detached already;
// at a reboot neither: sd_shutdown() is the last.
static constexpr bool loses(const scl_flush_account &a, const scl_failure &f)
{
	if (f.event == SCL_EVENT_REMOVED || is_past_flush(f) || succeeded(a.last))
		return false;
	// A flush that was over before it was observed is not lost by what is failed now.
	const bool was_sent = a.removing || (f.rebooting && f.shut_down);
	if (was_sent && !a.observed && !a.ended && f.pending != SCL_FLUSH_DRIVER)
		return false;
	if (f.from.phase == phase::cancel)
		return a.removing ? a.cached : f.has_cache;
	return f.rebooting && f.has_cache;
}

// What became of the flush before is neither a deadline's doing nor the transport's.
constexpr void enter_what_was_before(scl_flush_account &a, const scl_failure &f)
{
	if (a.failed)
		return;
	a.ended_before = a.ended;
	a.past_flush = is_past_flush(f);
}

static constexpr bool before_failing(scl_flush_account &a, const scl_failure &f)
{
	const bool lost = a.loss == SCL_LOSS_NOT_REPORTED && loses(a, f);

	enter_what_was_before(a, f);
	return lost;
}

static constexpr bool after_failing(scl_flush_account &a, const scl_failure &f,
				    unsigned int commands, bool lost)
{
	const bool in_removal = f.from.phase == phase::cancel;

	// A flush that was over in time was not failed: the account says what became of it.
	if (!f.from.blocked && !commands && f.remembered)
		lost = false;
	a.failed = true;
	a.expired |= in_removal && f.event != SCL_EVENT_REMOVED;
	if (lost)
		a.loss = in_removal ? SCL_LOSS_REPORTED_IN_REMOVAL : SCL_LOSS_REPORTED_AT_REBOOT;
	return lost;
}

static constexpr bool give_up(scl_flush_account &a, const scl_failure &f)
{
	const bool is_new = !a.failed;

	enter_what_was_before(a, f);
	a.failed = true;
	return is_new;
}

static constexpr bool begin(scl_flush_account &a, const scl_progress &p,
			    const scl_removal_start &start)
{
	a.removing = true;
	a.cached = start.has_cache;
	a.adopted = start.adopted;
	// An adopted removal may have sent a flush that is over.
	a.observed &= !start.adopted;
	// Seen in use since: what fails from now on is another matter.
	a.failed &= p.expired;
	// __scsi_remove_device() takes a device whose sdev_state says blocked straight to SDEV_DEL,
	// where its flush fails unsent. A poll that expired the removal first has reported that.
	if (!start.in_del || a.expired)
		return false;
	a.expired = true;
	if (!a.cached || a.loss != SCL_LOSS_NOT_REPORTED)
		return false;
	a.loss = SCL_LOSS_REPORTED_IN_REMOVAL;
	return true;
}

// Stock gets to del later: a device that is there while its driver leaves was sent there before.
static constexpr scl_flush_result result(const scl_flush_account &a, bool in_del)
{
	const bool killed = in_del && !a.past_flush;

	if (succeeded(a.last))
		return SCL_FLUSH_RESULT_COMPLETED;
	if (has_nothing_to_flush(a.last))
		return SCL_FLUSH_RESULT_NONE;
	// What the LLD had answered with an error before commands were failed failed by itself.
	if (a.ended && killed && a.ended > a.ended_before)
		return SCL_FLUSH_RESULT_KILLED;
	if (a.ended)
		return SCL_FLUSH_RESULT_FAILED;
	if (!a.cached || a.loss == SCL_LOSS_REPORTED_AT_REBOOT)
		return SCL_FLUSH_RESULT_NONE;
	// One that was over before it was observed may have completed, whatever was failed later.
	if (!a.observed)
		return SCL_FLUSH_RESULT_UNKNOWN;
	return killed ? SCL_FLUSH_RESULT_KILLED : SCL_FLUSH_RESULT_NONE;
}

} // namespace scl
