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
	static constexpr scl_ms limits_of[] = {0, 1, 5000, SCL_NEVER};
	Shim luns[4];
	scl_watch watches[4] = {};
	Node nodes[4];
	scl_clock clock{};
	scl_ms now = 0;
	bool dying = false;

	if (!size)
		return 0;
	const scl_limits limits{limits_of[data[0] & 3], limits_of[data[0] >> 2 & 3], limits_of[data[0] >> 4 & 3]};
	for (size_t i = 1; i + 1 < size; i += 2) {
		Shim &l = luns[data[i] & 3];
		scl_watch &w = watches[data[i] & 3];
		const unsigned what = data[i] >> 2, how = data[i + 1];
		const scl_state from = l.state();
		scl_event e = scl_event(what % (SCL_EVENTS + 5));

		if (e == SCL_EVENTS) {
			now += how * 10;
			dying |= how == 255;
			continue;
		}
		if (e == SCL_EVENTS + 1) {
			nodes[data[i] & 3].meet(how & 3, (how >> 2) % (SCL_OPENER_EVENTS + 1));
			continue;
		}
		if (e == SCL_EVENTS + 2) {
			nodes[data[i] & 3].tell(how & 3, (how >> 2) % SCL_CONSUMER_EVENTS);
			continue;
		}
		if (e > SCL_EVENTS) {
			const scl_sight sight{from, (unsigned char)(how & 1), (unsigned char)(how >> 1 & 1),
					      (unsigned char)(how >> 2 & 1), dying, (unsigned char)(how >> 3 & 1)};
			const bool condemned = w.condemned;
			scl_verdict v = scl_judge(&clock, &w, &sight, &limits, now);
			if (v.event == SCL_EVENT_NONE) {
				check(v.again ? "" : "a look that does not end", row(from, SCL_EVENT_NONE));
				continue;
			}
			// Nobody is let off again by a hold that comes when the time was up.
			const bool off = limits.flush == SCL_NEVER && !condemned &&
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
