#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC1091
# In the guest: what happens to the target, the session and the path of one timeline on a real transport.
# iscsi.sh up N LUNS SECONDS, break N, mend N, logout N

. /lib.sh
STORE=t$2d PORT=$((3300 + $2 % 10000))
use iscsi

# The session of this timeline's target, and its host.
tell_session() {
	for tell_each in /sys/class/iscsi_session/session*; do
		[ "$(cat "$tell_each/targetname")" = "$IQN" ] || continue
		tell_host=$(readlink -f "$tell_each/device")
		echo "${tell_host##*/session} $(echo "$tell_host" | sed 's,.*/host\([0-9]*\)/.*,\1,')" >"/run/session$1"
	done
}

# On a slow machine one event may not be over when the next one comes.
exec 9>"/run/turn$2"
flock 9
case $1 in
up)
	target_up "$3"
	initiator_up "$4" 9>&-
	iscsiadm -m node -T "$IQN" -p "$PORTAL" --login || fail "cannot log in"
	tell_session "$2" ;;
break) break_path reset ;;
mend) ! nft list table inet "path$PORT" >/dev/null 2>&1 || mend_path ;;
logout) log_out ;;
esac
