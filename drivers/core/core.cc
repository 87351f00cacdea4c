// SPDX-License-Identifier: GPL-2.0
//
// The C face: a state that is outside its enumeration is refused here, an event meets no rule.
#include "account.hpp"
#include "consumer.hpp"
#include "decision.hpp"
#include "decision_proofs.hpp"
#include "opener.hpp"
#include "request.hpp"
#include "stage.hpp"
#include "stall.hpp"
#include "table.hpp"
#include "table_proofs.hpp"
#include "time.hpp"

namespace {

template <scl::Enumeration E> constexpr bool is(E e)
{
	return (unsigned int)e < scl::count<E>;
}

template <unsigned int n>
constexpr const char *name(const char *const (&names)[n], unsigned int value, const char *other)
{
	return value < n ? names[value] : other;
}

constexpr bool waits_for_ever(const scl_step &to, bool has_clock)
{
	return (to.actions & SCL_ACTION_ARM) && !has_clock;
}

} // namespace

extern "C" {

scl_state scl_state_decode(scl_stock stock)
{
	return scl::decode(stock);
}

scl_stock scl_state_encode(scl_state state)
{
	return scl::encode(state);
}

scl_step scl_state_next(scl_state state, scl_event event)
{
	if (!is(state.phase))
		return {state, 0, true};
	const auto to = scl::step(state, event);
	return {to.next, to.actions.mask(), to.refused};
}

scl_step scl_state_request(scl_state state, scl_event event, bool has_clock)
{
	const scl_step to = scl_state_next(state, event);

	return waits_for_ever(to, has_clock) ? scl_step{state, 0, true} : to;
}

bool scl_state_reached(scl_state state, scl_event event, bool has_clock)
{
	return state.phase != SCL_PHASE_DEL &&
	       !waits_for_ever(scl_state_next(state, event), has_clock);
}

scl_event scl_event_for_state(scl_stock at, unsigned char sdev_state)
{
	return scl::event_for_state(at, sdev_state);
}

scl_event scl_event_for_unblock(unsigned char sdev_state)
{
	return scl::event_for_unblock(sdev_state);
}

scl_event scl_event_to_give_back(scl_event before, scl_stock was, scl_event event, scl_state now)
{
	return scl::event_to_give_back(before, was, event, now);
}

bool scl_already_in_state(scl_stock at, unsigned char sdev_state)
{
	return scl::already_in_state(at, sdev_state);
}

scl_event scl_cause_of(scl_state from, scl_state to, scl_event cause)
{
	return scl::cause_of(from, to, cause);
}

bool scl_may_get(scl_state state)
{
	return scl::may_get(state);
}

const char *scl_phase_name(scl_phase phase)
{
	static constexpr const char *names[] = {
#define SCL_PHASE(NAME, name, text) text,
#include "scsi_lifecycle_enums.inc"
	};
	return name(names, phase, "unknown");
}

const char *scl_event_name(scl_event event)
{
	static constexpr const char *names[] = {
#define SCL_EVENT(NAME, name, text) text,
#include "scsi_lifecycle_enums.inc"
	};
	return name(names, event, "none");
}

scl_decision scl_decide(scl_progress *p, const scl_snapshot *s, const scl_limits *limits,
			scl_ms now)
{
	return scl::decide(*p, *s, *limits, now);
}

void scl_progress_update(scl_progress *p, const scl_snapshot *s, scl_ms now)
{
	scl::remember(*p, *s, now);
}

bool scl_may_hold(scl_state state, bool detached, const scl_progress *p)
{
	return scl::has_time(state, detached, *p);
}

scl_end_answer scl_end_teardown(scl_progress *p, const scl_snapshot *s)
{
	return scl::end(*p, *s);
}

const char *scl_expiry_name(const scl_progress *p, const scl_snapshot *s)
{
	return scl::expiry_name(*p, *s);
}

scl_ms scl_flush_default(scl_ms first_try)
{
	return scl::flush_default(first_try);
}

bool scl_stall_update(scl_stall *stall, const scl_snapshot *s, const scl_environment *around,
		      scl_ms now)
{
	return scl::update(*stall, *s, *around, now);
}

const char *scl_stall_name(scl_stall_on what)
{
	static constexpr const char *names[] = {
		"-", "path", "lld", "lld", "lld", "error_handling", "sibling",
	};
	return name(names, what, "-");
}

scl_stage_step scl_stage_next(scl_stage stage, scl_stage_event event)
{
	if (!is(stage))
		return {stage, 0, true};
	const auto to = scl::step<scl::Stage>(scl::stage::rules, stage, event);
	return {to.next, to.actions.mask(), to.refused};
}

scl_flush scl_flush_of_command(unsigned char opcode, bool passthrough, bool power_management)
{
	return scl::flush_of(opcode, passthrough, power_management);
}

scl_flush scl_flush_later(scl_flush one, scl_flush other)
{
	return one > other ? one : other;
}

bool scl_flush_succeeded(const scl_flush_end *end)
{
	return scl::succeeded(*end);
}

void scl_account_ended(scl_flush_account *a, const scl_flush_end *end)
{
	a->last = *end;
	a->ended++;
}

bool scl_account_begin(scl_flush_account *a, const scl_progress *p, const scl_removal_start *start)
{
	return scl::begin(*a, *p, *start);
}

bool scl_account_before_failing(scl_flush_account *a, const scl_failure *f)
{
	return scl::before_failing(*a, *f);
}

bool scl_account_after_failing(scl_flush_account *a, const scl_failure *f, unsigned int commands,
			       bool lost)
{
	return scl::after_failing(*a, *f, commands, lost);
}

bool scl_account_give_up(scl_flush_account *a, const scl_failure *f)
{
	return scl::give_up(*a, *f);
}

void scl_account_take_back(scl_flush_account *a)
{
	a->failed = false;
}

scl_flush_result scl_account_result(const scl_flush_account *a, bool in_del)
{
	return scl::result(*a, in_del);
}

bool scl_account_rescued(const scl_flush_account *a, const scl_progress *p, bool in_del)
{
	return a->adopted && (p->waited || in_del);
}

scl_answer scl_opener_next(scl_openers *all, scl_opener *opener, scl_opener_event event)
{
	if (!is(*opener) || !is(event))
		return SCL_ANSWER_HAS_NOT;
	return scl::opener::ask(scl::opener::rules, *all, *opener, event);
}

bool scl_openers_gone(scl_openers *all)
{
	return scl::opener::give_back(*all);
}

scl_consumer_step scl_consumer_next(scl_consumer consumer, scl_consumer_event event)
{
	if (!is(consumer))
		return {consumer, 0, true};
	const auto to = scl::step<scl::Consumer>(scl::consumer::rules, consumer, event);
	return {to.next, to.actions.mask(), to.refused};
}

} // extern "C"
