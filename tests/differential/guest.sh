# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs /put/timelines in the guest, in the mode of the kernel's command line: way=stock|guard|livepatch, with
# parameters=... for scsi_lifecycle, and late=1 where a timeline loads it itself.

way=${way:-stock}
# Each timeline loads them, and the first one does so for all.
cat >/load <<END
#!/bin/sh
. /lib.sh
if mkdir /run/loading 2>/dev/null; then
	load_guard $(echo "${parameters-}" | tr , ' ')
	[ "$way" != livepatch ] || load_livepatch
	echo >/run/loaded
fi
wait_for 60 test -e /run/loaded || fail "the modules are not loaded"
END
chmod +x /load
dmesg -n "${loud-1}"
modprobe sd_mod || fail "no sd_mod"
load_flaky
[ "$way" = stock ] && printf '#!/bin/sh\n' >/load
[ -n "${late-}" ] || /load || fail "the modules cannot be loaded"
stty -F /dev/ttyS2 raw
chmod +x /put/agent
[ "${user_space-}" != debian ] || multipathd || fail "multipathd does not start"
: >/run/said
/put/agent /put/timelines >/dev/ttyS2 2>/run/said &
agent=$!
# The agent tells that it is done; it stays as long as something hangs in it.
while kill -0 $agent 2>/dev/null && [ ! -e /run/complete ]; do sleep 0.2; done
[ -e /run/complete ] || fail "$(cat /run/said)"
pass
