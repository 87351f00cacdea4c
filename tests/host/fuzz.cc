// SPDX-License-Identifier: GPL-2.0
//
// libFuzzer: two bytes are one thing that happens to one of four LUNs or to one of its openers and consumers, a
// look, or time that passes.
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

// One LUN's node, who has it open, and who waits for its end.
struct Node {
	scl_openers all{};
	unsigned char openers[4] = {};
	unsigned char consumers[4] = {};
	unsigned refers = 0, told[4] = {};

	void meet(unsigned who, unsigned e)
	{
		unsigned char &opener = openers[who];
		const unsigned char was = opener, was_gone = all.gone;

		if (e == SCL_OPENER_EVENTS)
			check(scl_openers_gone(&all) == was_gone || !all.gone ? "gone twice, or never" : "", "openers");
		else if (scl_opener_next(&all, &opener, scl_opener_event(e)) != SCL_ANSWER_DONE)
			check(opener != was ? "not done, and changed" : "", "openers");
		unsigned open = 0, holding = 0;
		for (unsigned char o : openers) {
			open += !all.gone && o != SCL_OPENER_CLOSED;
			holding += !all.gone && o == SCL_OPENER_HOLDING;
		}
		check(all.open != open || all.holding != holding ? "the sums are not what is there" : "", "openers");
	}

	void tell(unsigned who, unsigned e)
	{
		unsigned char &consumer = consumers[who];
		const scl_consumer_step to = scl_consumer_next(consumer, scl_consumer_event(e));

		check(to.refused && (to.next != consumer || to.actions) ? "refused, and changed" : "", "consumer");
		consumer = to.next;
		refers += !!(to.actions & SCL_CONSUMER_TAKE);
		refers -= !!(to.actions & SCL_CONSUMER_DROP);
		told[who] = to.actions & SCL_CONSUMER_TAKE ? 0 : told[who] + !!(to.actions & SCL_CONSUMER_TELL);
		check(told[who] > 1 ? "told twice" : "", "consumer");
		unsigned attached = 0;
		for (unsigned char c : consumers)
			attached += c != SCL_CONSUMER_DETACHED;
		check(refers != attached ? "the references do not add up" : "", "consumer");
	}
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static constexpr scl_ms times[] = {0, 1, 5000, SCL_NEVER};
	Shim luns[4];
	scl_watch watches[4] = {};
	Node nodes[4];
	scl_ms now = 0;
	unsigned sent[4] = {};
	bool dying = false, rebooting = false;

	if (size < 2)
		return 0;
	scl_limits limits = limits_of(times[data[0] & 3], times[data[0] >> 2 & 3], times[data[0] >> 4 & 3]);
	limits.reboot = times[data[0] >> 6];
	limits.flush_set = data[1] >> 1 & 1;
	for (size_t i = 2; i + 1 < size; i += 2) {
		Shim &l = luns[data[i] & 3];
		scl_watch &w = watches[data[i] & 3];
		const unsigned what = data[i] >> 2, how = data[i + 1];
		const scl_state from = l.state();
		const unsigned kind = what % (SCL_EVENTS + 6);

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
			scl_sight sight = sight_of(from);
			sight.quiesced = how & 1;
			sight.flushing = how >> 1 & 3;
			sight.untaken = how >> 3 & 1;
			sight.stuck = how >> 4 & 1;
			sight.dying = dying;
			sight.rebooting = rebooting;
			sight.recovering = how >> 5 & 1;
			sight.held = how >> 6 & 1;
			sight.sent = sent[data[i] & 3];
			const bool condemned = w.condemned;
			scl_verdict v = scl_judge(&w, &sight, &limits, now);
			if (v.event == SCL_EVENT_NONE) {
				check(v.again ? "" : "a look that does not end", row(from, SCL_EVENT_NONE));
				continue;
			}
			// Nobody is let off again by a hold that comes when the time was up.
			const bool off = limits.flush == SCL_NEVER && !condemned &&
					 (!rebooting || limits.reboot == SCL_NEVER) &&
					 (limits.teardown == SCL_NEVER || (sight.held && limits.hold == SCL_NEVER));
			check(off && v.event == SCL_EVENT_DEADLINE ? "off, and yet a deadline" : "",
			      row(from, SCL_EVENT_NONE));
			e = scl_event(v.event);
		}
		scl_step to = l.meet(e);
		check(l.broken(from, e, to), row(from, e));
	}
	return 0;
}
