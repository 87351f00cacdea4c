/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/life.c, end.c and departure.c: a life that begins while its device leaves, or its host, is ended once, and is
 * not found by its device afterwards. Who begins it, the removal's last steps, and the end of the host.
 * WRONG 1: who begins it does not ask whether it was ended between its two places.
 * WRONG 2: nor whether the removal is past its last word.
 * WRONG 3: the end does not take it from where it is found by its device.
 * WRONG 4: an end does not ask whether there was one.
 * WRONG 5: nothing keeps who begins it from reading where the removal is before others can find the life (smp_mb()).
 * WRONG 6: nothing keeps the removal from looking for the life before others can see where it is (smp_mb()).
 */
bool by_number = false, by_device = false, has_device = false, made = false;
bool dying = false, delayed = false, destroyed = false;
byte ends = 0;

inline end_it()
{
	atomic {
		ended = WRONG != 4 && !has_device;
		has_device = false;
		if
		:: !ended -> ends++
		:: else
		fi
	}
	if
	:: !ended && WRONG != 3 -> by_device = false
	:: else
	fi
}

proctype begins()
{
	bool ended, to_come, there, past = false;

	made = true;
	has_device = true;
	/* scl_departure_delay(): the queue is not destroyed meanwhile, if it was not; or it is frozen, and that says nothing. */
	if
	:: atomic { to_come = !destroyed; delayed = to_come }
	:: to_come = false
	fi;
	by_number = true;
	if
	:: WRONG == 5 -> past = dying
	:: else
	fi;
	by_device = true;
	there = has_device;
	if
	:: !there && WRONG != 1 -> by_device = false
	:: else
	fi;
	if
	:: !there && WRONG != 1 -> end_it()
	:: there && WRONG != 2 && !to_come && (WRONG == 5 -> past : dying) -> end_it()
	:: else
	fi;
	if
	:: to_come -> delayed = false
	:: else
	fi
}

proctype removal()
{
	bool ended, found;

	found = by_device;
	dying = true;
	atomic { !delayed -> destroyed = true }
	/* departs() */
	if
	:: WRONG != 6 -> found = by_device
	:: else
	fi;
	if
	:: found -> end_it()
	:: else
	fi
}

proctype host_ends()
{
	bool ended;

	if
	:: by_number -> end_it()
	:: !by_number
	fi
}

init {
	bool with_host;

	if
	:: with_host = true
	:: with_host = false
	fi;
	atomic {
		run begins(); run removal();
		if
		:: with_host -> run host_ends()
		:: else
		fi
	}
	_nr_pr == 1;
	assert(!by_device);
	assert(ends == 1)
}
