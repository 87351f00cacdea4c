# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# What a scenario asks of the command scsi-lifecycle.

# says CODE PATTERN ARGUMENT...: how the command ends, and what it says
says() {
	says_code=$1 says_what=$2 said_code=0
	shift 2
	scsi-lifecycle "$@" >/run/said 2>&1 || said_code=$?
	cat /run/said >/dev/console
	[ $said_code = "$says_code" ] || fail "scsi-lifecycle $* ends with $said_code, not $says_code"
	said_too "$says_what" "scsi-lifecycle $*"
}

# said_too PATTERN [COMMAND]: what was said last says this too
said_too() { grep -q -- "$1" /run/said || fail "${2-the command} does not say: $1"; }

# begin_wait NAME DEV: scsi-lifecycle wait, spawned as NAME, has seen DEV, and waits for its end
begin_wait() {
	spawn "$1" scsi-lifecycle wait --timeout 100 "$2"
	wait_for 30 keeps_following "$1" || fail "$1 does not wait"
}

# Between two readings it has no child either, but not for long.
keeps_following() { for look in 1 2 3 4; do { follows "$1" && sleep 0.1; } || return 1; done; }

# It waits for what it has started only while it reads.
follows() {
	waits_in "$1" do_sys_poll && followed=$(cat "$RUN/$1/pid") &&
		[ -z "$(cat "/proc/$followed/task/$followed/children")" ]
}

# wait_told NAME CODE WORDS
wait_told() {
	wait_for 30 ended "$1" || fail "$1 goes on waiting"
	cat "$RUN/$1/output" >/dev/console
	[ "$(status_of "$1")" = "$2" ] || fail "$1 ends with $(status_of "$1"), not $2"
	grep -q "$3" "$RUN/$1/output" || fail "$1 does not say: $3"
}

# culprit NAME: a spawned process, as `why` names it
culprit() { echo "$(cat "/proc/$(cat "$RUN/$1/pid")/comm") ($(cat "$RUN/$1/pid"))"; }

# advised PROGRAM: the command that `why`, which spoke last, suggests of this program: what is before the sentence
# that says what it does
advised() {
	awk '/^     [a-z]/ { heard = $1 == "sooner" } heard' /run/said | sed 's/^ *\(sooner\)\{0,1\} *//' |
		sed -n "s/^\($1 [^:]*\(:[^ ][^:]*\)*\)\(: .*\)\{0,1\}\$/\1/p"
}

# take_advice PROGRAM: runs it
take_advice() {
	advice=$(advised "$1")
	[ -n "$advice" ] || fail "no $1 is suggested"
	echo "# $advice" >/dev/console
	advice_code=0
	sh -c "$advice" >/run/said 2>&1 || advice_code=$?
	cat /run/said >/dev/console
	[ $advice_code = 0 ] || fail "$advice fails with $advice_code"
}

# expect_known ADDRESS WAIT: a module that came later has found the removal, and what it waits for
expect_known() {
	wait_for 20 grep -q "^$1 state=\(cancel\|del\) .* waits_for=$2 " "$GUARD"/devices ||
		fail "$1 does not wait for $2: $(cat "$GUARD"/devices)"
}

# The module is where modprobe finds it.
install_guard() {
	install_where=/lib/modules/$(uname -r)/extra
	mkdir -p "$install_where"
	cp /modules/scsi_lifecycle.ko "$install_where" || fail "the module cannot be copied"
	depmod || fail "depmod failed"
}
