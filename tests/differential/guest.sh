# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs /put/timelines in the guest, with way=stock|guard|livepatch, with parameters=... for scsi_lifecycle, and with
# late=1 where a timeline loads it itself.

way=${way:-stock}
# load guard|livepatch: each timeline loads it, and the first one does so for all.
cat >/load <<END
#!/bin/sh
. /lib.sh
if mkdir "/run/loading_\$1" 2>/dev/null; then
	case \$1 in
	guard) load_guard $(echo "${parameters-}" | tr , ' ') ;;
	livepatch) [ "$way" != livepatch ] || load_livepatch ;;
	esac
	echo >"/run/loaded_\$1"
fi
wait_for 60 test -e "/run/loaded_\$1" || fail "\$1 is not loaded"
END
chmod +x /load
dmesg -n "${loud-1}"
modprobe sd_mod || fail "no sd_mod"
load_flaky
[ "$way" = stock ] && printf '#!/bin/sh\n' >/load
[ -n "${late-}" ] || { /load guard && /load livepatch; } || fail "the modules cannot be loaded"
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
