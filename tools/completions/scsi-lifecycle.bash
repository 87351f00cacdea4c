# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion of scsi-lifecycle

# The words as they were typed, into `typed`: bash parts them at each ':' too (COMP_WORDBREAKS).
_scsi_lifecycle_typed() {
	local i word rest=$COMP_LINE blanks
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		blanks=${rest%%[![:blank:]]*}
		rest=${rest#"$blanks$word"}
		if [[ $i != 0 && -z $blanks && ($word == :* || ${typed[-1]} == *:) ]]; then
			typed[-1]+=$word
		else
			typed+=("$word")
		fi
	done
}

_scsi_lifecycle() {
	local -a names=() choices typed=()
	_scsi_lifecycle_typed
	local current=${typed[-1]} previous=${typed[-2]} word verb= kept=
	local verbs='status why check delete wait hold monitor rescue end set doctor metrics report'
	local options='--help --json --quiet --no-color --timeout' devices='--host --session --module'
	COMPREPLY=()
	for word in "${typed[@]:1:${#typed[@]}-2}"; do
		[[ $word == -* || " $verbs " != *" $word "* ]] || { verb=$word; break; }
	done
	case $previous in
	--timeout | --watch | --host | --session | --module) return ;;
	--textfile | -o | --output)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	esac
	case $verb in
	'') options+=" --version $verbs" ;;
	status) options+=" $devices --all --watch" ;;
	delete) options+=" $devices --force --recursive --need-outcome" ;;
	wait) options+=" $devices --need-outcome" ;;
	why | check | hold | monitor | end) options+=" $devices" ;;
	rescue) options+=' --dry-run' ;;
	set) options+=' --persist teardown_tmo= flush_tmo= reboot_tmo= hold_max= uevents= expedite=' ;;
	metrics) options+=' --textfile' ;;
	report) options+=' --output' ;;
	esac
	case $verb in
	status | why | check | delete | wait | hold | monitor | end | set)
		[[ $current == -* ]] || mapfile -t names < <(scsi-lifecycle __complete 2>/dev/null)
		;;
	esac
	# Not by compgen -W, which expands its words: what a name holds is not run.
	read -ra choices <<<"$options"
	# What stands before the last ':' stays on the line: bash replaces the rest alone.
	[[ $COMP_WORDBREAKS != *:* ]] || kept=${current%"${current##*:}"}
	for word in "${choices[@]}" "${names[@]}"; do
		[[ $word != "$current"* ]] || COMPREPLY+=("$(printf %q "${word#"$kept"}")")
	done
	[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
}
complete -F _scsi_lifecycle scsi-lifecycle
