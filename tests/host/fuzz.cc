// SPDX-License-Identifier: GPL-2.0
//
// libFuzzer: two bytes are one thing that happens to one of four LUNs, a look, or time that passes.
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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static constexpr scl_ms limits_of[] = {0, 1, 5000, SCL_NEVER};
	Shim luns[4];
	scl_watch watches[4] = {};
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
		scl_event e = scl_event(what % (SCL_EVENTS + 3));

		if (e == SCL_EVENTS) {
			now += how * 10;
			dying |= how == 255;
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
