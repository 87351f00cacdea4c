# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Grace periods of RCU that are not expedited, by the function tracer.

trace_periods() {
	for slow in synchronize_rcu_normal __wait_rcu_gp; do
		! grep -qx $slow "$TRACE"/available_filter_functions || break
	done
	write "$slow" "$TRACE"/set_ftrace_filter || skip "$slow cannot be traced"
	write function "$TRACE"/current_tracer || fail "no function tracer"
}

# waits COMMAND...: how many of them it waits for
waits() {
	write 0 "$TRACE"/tracing_on
	echo >"$TRACE"/trace
	write 1 "$TRACE"/tracing_on
	"$@"
	grep -c " <-" "$TRACE"/trace
}
