// SPDX-License-Identifier: GPL-2.0
#include "consumer.hpp"
#include "consumer_proofs.hpp"
#include "fate.hpp"
#include "opener.hpp"
#include "opener_proofs.hpp"
#include "proofs.hpp"
#include "state.hpp"
#include "table.hpp"
#include "time.hpp"
#include "time_proofs.hpp"
#include "verdict.hpp"
#include "wait.hpp"

extern "C" {

scl_state scl_read(scl_stock f)
{
	return scl::to_c(scl::read({f.sdev_state, f.queue_stopped != 0}));
}

scl_stock scl_write(scl_state s)
{
	const auto f = scl::write(scl::from_c(s));
	return {f.sdev_state, f.queue_stopped};
}

struct scl_step scl_next(scl_state s, scl_event e)
{
	if (s.phase >= SCL_PHASES || (unsigned int)e >= SCL_EVENTS)
		return {s, 0, 1};
	const auto to = scl::step(scl::from_c(s), scl::Event(e));
	return {scl::to_c(to.next), to.actions, to.refused};
}

int scl_may_get(scl_state s)
{
	return s.phase < SCL_PHASES && scl::from_c(s).may_get();
}

int scl_may_hold(scl_state s, const scl_watch *watch)
{
	return s.phase < SCL_PHASES && scl::may_hold(scl::from_c(s), *watch);
}

const char *scl_phase_name(unsigned char phase)
{
	static constexpr const char *names[] = {"created", "running", "quiesce", "offline",
						"transport-offline", "cancel", "del"};
	static_assert(sizeof(names) / sizeof(*names) == SCL_PHASES);
	return phase < SCL_PHASES ? names[phase] : "unknown";
}

const char *scl_event_name(unsigned char event)
{
	static constexpr const char *names[] = {"block", "unblock", "fail", "remove", "removed", "deadline",
						"offline", "transport_offline", "online", "quiesce", "resume"};
	static_assert(sizeof(names) / sizeof(*names) == SCL_EVENTS);
	return event < SCL_EVENTS ? names[event] : "none";
}

scl_ms scl_flush_default(scl_ms first_try)
{
	return scl::flush_default(first_try);
}

void scl_watch_see(scl_watch *watch, const scl_sight *sight, scl_ms now)
{
	scl::remember(*watch, *sight, now);
}

int scl_wait_see(scl_wait *wait, const scl_sight *sight, const scl_around *around, scl_ms now)
{
	return scl::see(*wait, *sight, *around, now);
}

const char *scl_wait_name(unsigned char waits)
{
	static constexpr const char *names[] = {"-", "path", "lld", "lld", "lld", "error_handling", "sibling"};
	static_assert(sizeof(names) / sizeof(*names) == SCL_WAITS_SIBLING + 1);
	return waits <= SCL_WAITS_SIBLING ? names[waits] : "-";
}

scl_verdict scl_judge(scl_watch *watch, const scl_sight *sight, const scl_limits *limits, scl_ms now)
{
	return scl::judge(*watch, *sight, *limits, now);
}

enum scl_fate scl_flush_fate(const scl_evidence *evidence)
{
	return scl::fate(*evidence);
}

enum scl_answer scl_opener_next(scl_openers *all, unsigned char *opener, scl_opener_event event)
{
	if (*opener >= SCL_OPENER_STATES || (unsigned int)event >= SCL_OPENER_EVENTS)
		return SCL_ANSWER_HAS_NOT;
	auto state = scl::opener::State(*opener);
	const scl_answer answer = scl::opener::meet(*all, state, scl::opener::Event(event));
	*opener = (unsigned char)state;
	return answer;
}

int scl_openers_gone(scl_openers *all)
{
	return scl::opener::give_back(*all);
}

scl_consumer_step scl_consumer_next(unsigned char consumer, scl_consumer_event event)
{
	if (consumer >= SCL_CONSUMER_STATES || (unsigned int)event >= SCL_CONSUMER_EVENTS)
		return {consumer, 0, 1};
	const auto to = scl::consumer::step(scl::consumer::State(consumer), scl::consumer::Event(event));
	return {(unsigned char)to.next, to.actions, to.refused};
}

} // extern "C"
