// SPDX-License-Identifier: GPL-2.0
//
// libFuzzer: two bytes are one thing that happens to one of four LUNs or to one of its openers and
// consumers, a poll, or time that passes.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "shim.hpp"

namespace {

void check(const char *broken, const std::string &where)
{
	if (!*broken)
		return;
	std::fprintf(stderr, "%s: %s\n", where.c_str(), broken);
	std::abort();
}

// One LUN's node, the files that have it open, and the consumers that wait for its end.
struct Node {
	scl_openers all{};
	scl_opener openers[4] = {};
	scl_consumer consumers[4] = {};
	unsigned refers = 0, told[4] = {};

	void meet(unsigned number, unsigned e)
	{
		scl_opener &opener = openers[number];
		const scl_opener was = opener;
		const bool was_gone = all.gone;

		if (e == SCL_OPENER_EVENTS)
			check(scl_openers_gone(&all) == was_gone || !all.gone
				      ? "gone twice, or never"
				      : "",
			      "openers");
		else if (scl_opener_next(&all, &opener, scl_opener_event(e)) != SCL_ANSWER_DONE)
			check(opener != was ? "not done, and changed" : "", "openers");
		unsigned open = 0, holding = 0;
		for (scl_opener o : openers) {
			open += !all.gone && o != SCL_OPENER_CLOSED;
			holding += !all.gone && o == SCL_OPENER_HOLDING;
		}
		check(all.open != open || all.holding != holding ? "the sums are not what is there"
								 : "",
		      "openers");
	}

	void tell(unsigned number, unsigned e)
	{
		scl_consumer &consumer = consumers[number];
		const scl_consumer_step to = scl_consumer_next(consumer, scl_consumer_event(e));

		check(to.refused && (to.next != consumer || to.actions) ? "refused, and changed"
									: "",
		      "consumer");
		consumer = to.next;
		refers += !!(to.actions & SCL_CONSUMER_DO_GET);
		refers -= !!(to.actions & SCL_CONSUMER_DO_PUT);
		told[number] = to.actions & SCL_CONSUMER_DO_GET
				       ? 0
				       : told[number] + !!(to.actions & SCL_CONSUMER_DO_CALL);
		check(told[number] > 1 ? "told twice" : "", "consumer");
		unsigned attached = 0;
		for (scl_consumer c : consumers)
			attached += c != SCL_CONSUMER_DETACHED;
		check(refers != attached ? "the references do not add up" : "", "consumer");
	}
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static constexpr scl_ms times[] = {0, 1, 5000, SCL_NEVER};
	Shim luns[4];
	scl_progress progresses[4] = {};
	Node nodes[4];
	scl_ms now = 0;
	unsigned sent[4] = {};
	bool dying = false, rebooting = false;

	if (size < 2)
		return 0;
	scl_limits limits =
		limits_of(times[data[0] & 3], times[data[0] >> 2 & 3], times[data[0] >> 4 & 3]);
	limits.reboot = times[data[0] >> 6];
	limits.flush_set = data[1] >> 1 & 1;
	for (size_t i = 2; i + 1 < size; i += 2) {
		Shim &l = luns[data[i] & 3];
		scl_progress &w = progresses[data[i] & 3];
		const unsigned what = data[i] >> 2, how = data[i + 1];
		const scl_state from = l.state();
		const unsigned kind = what % (SCL_EVENTS + 7);

		if (kind == SCL_EVENTS) {
			now += how * 10;
			dying |= how == 255;
			continue;
		}
		if (kind == SCL_EVENTS + 1) {
			nodes[data[i] & 3].meet(how & 3, (how >> 2) % (SCL_OPENER_EVENTS + 1));
			continue;
		}
		if (kind == SCL_EVENTS + 2) {
			nodes[data[i] & 3].tell(how & 3, (how >> 2) % SCL_CONSUMER_EVENTS);
			continue;
		}
		if (kind == SCL_EVENTS + 3) {
			sent[data[i] & 3] += how & 3;
			rebooting |= how > 250;
			continue;
		}
		scl_event e = kind < SCL_EVENTS ? scl_event(kind) : SCL_EVENT_NONE;
		if (kind > SCL_EVENTS) {
			scl_snapshot snapshot = snapshot_of(from);
			snapshot.quiesced = how & 1;
			snapshot.flushing = scl_flush(how >> 1 & 3);
			snapshot.untaken = how >> 3 & 1;
			snapshot.stopped_in_del = how >> 4 & 1;
			snapshot.host_removing = dying;
			snapshot.rebooting = rebooting;
			snapshot.recovering = how >> 5 & 1;
			snapshot.held = how >> 6 & 1;
			snapshot.sent = sent[data[i] & 3];
			if (kind == SCL_EVENTS + 4) {
				const bool ended = w.ended;
				check((scl_end_teardown(&w, &snapshot) == SCL_END_DONE) ==
						      (w.ended == ended)
					      ? "done alone ends a teardown, once"
					      : "",
				      row(from, SCL_EVENT_NONE));
				continue;
			}
			const bool expired = w.expired || w.ended;
			scl_decision v = scl_decide(&w, &snapshot, &limits, now);
			if (v.event == SCL_EVENT_NONE) {
				check(v.again ? "" : "a poll that does not end",
				      row(from, SCL_EVENT_NONE));
				continue;
			}
			// No device is let off again by a hold that comes when the time was up.
			const bool off = limits.flush == SCL_NEVER && !expired &&
					 (!rebooting || limits.reboot == SCL_NEVER) &&
					 (limits.teardown == SCL_NEVER ||
					  (snapshot.held && limits.hold == SCL_NEVER));
			check(off && v.event == SCL_EVENT_DEADLINE ? "off, and yet a deadline" : "",
			      row(from, SCL_EVENT_NONE));
			e = scl_event(v.event);
		}
		scl_step to = l.meet(e);
		check(l.broken(from, e, to), row(from, e));
	}
	return 0;
}
