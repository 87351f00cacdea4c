// SPDX-License-Identifier: GPL-2.0
// A machine, or a disk that is idle, which is suspended, and waits for the flush of a disk.
#include "diagnosis/case.hpp"

#include "print/words.hpp"

namespace scl {

Case suspend_case(const Machine &machine, const Task &culprit, const Device *device)
{
	auto c = stopped_flush_case(machine, culprit, device,
				    is_runtime_suspend(culprit) ? "a disk that is idle is suspended"
								: "the machine is suspended");
	say_end_of_flush(c, nullptr, nullptr);
	c.end("not by the module: it bounds removals, and the reboot of a machine");
	c.sooner("bring the path back: the flush completes");
	c.say("stack", chain_of(culprit));
	return c;
}

} // namespace scl
