# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Runs of a guest that are written by hand, and how scripts/vm-result has to decide each.

# EXIT STATUS OF vm-result#ITS TEXT#STATUS OF qemu, AND OPTIONS#WORD OF THE GUEST#LOG OF ITS KERNEL
hand_made_runs() {
	cat <<-'END'
	0#ends in 7 ms#85#PASS ends in 7 ms#all is well
	77#no module sg#85#SKIP no module sg#all is well
	1#it hangs#85#FAIL it hangs#all is well
	1#the log is not clean: BUG: x#85#PASS ends#BUG: x
	0#ends#85 --expected BUG#PASS ends#BUG: x
	1#the guest died without a result (qemu: 0 )#0##all is well
	1#the guest said PASS, but qemu ended with 0#0#PASS ends#all is well
	1#no result within 3 s#late --timeout 3##all is well
	1#announced a reboot, but is still running#late#REBOOTING 10#all is well
	0#reboots in 2000 ms#0 --took 2000#REBOOTING 10 1900 gone#gone\nreboot: Restarting system
	0#reboots in 2000 ms#43 --took 2000#REBOOTING 10#kexec_core: Starting new kernel
	1#the machine went down, and not by reboot(2)#0 --took 2000#REBOOTING 10#all is well
	1#the machine went down, and not by reboot(2)#0 --took 2000#REBOOTING 10#sysrq: Resetting
	0#reboots in 2000 ms#0 --took 2000#REBOOTING 10 0 sysrq: Resetting#sysrq: Resetting
	1#the machine went down, and not by reboot(2)#0 --took 2000#REBOOTING 10 0 sysrq: Resetting#reboot: Power down
	1#reboots in 20 ms, before 1900 ms#0 --took 20#REBOOTING 10 1900#reboot: Power down
	1#reboots in 20 ms, and did not say: gone#0 --took 20#REBOOTING 10 0 gone#reboot: Power down
	1#lockdep was off at the end#85 --config tests/tree/lockdep.config#PASS ends#all is well
	0#ends#85 --config tests/tree/lockdep.config#PASS ends#debug_locks:    1
	END
}

the_end_of_a_run_is_decided() {
	local directory due text status options word log got
	directory=$(mktemp -d)
	: >"$directory/qemu"
	hand_made_runs | while IFS='#' read -r due text options word log; do
		read -r status options <<<"$options"
		echo "$word" >"$directory/result"
		printf '%b\n' "$log" >"$directory/console"
		# shellcheck disable=SC2086
		got=$(scripts/vm-result "$directory" "$status" $options; echo "#$?")
		[[ $got == "$text"$'\n'"#$due" ]] || echo "$status $options, $word: $got"
	done
	rm -rf "$directory"
}
