/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/life.c, end.c and departure.c: a life that begins while its device leaves, or its host, is ended once, and is
 * not found by its device afterwards. Who begins it, the removal's last steps, and the end of the host.
 * WRONG 1: who begins it does not ask whether it was ended between its two places.
 * WRONG 2: nor whether the removal is past its last word.
 * WRONG 3: the end does not take it from where it is found by its device.
 * WRONG 4: an end does not ask whether there was one.
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
	bool ended, to_come, there;

	made = true;
	has_device = true;
	/* scl_departure_delay(): the queue is not destroyed meanwhile, if it was not. */
	atomic { to_come = !destroyed; delayed = to_come }
	by_number = true;
	by_device = true;
	there = has_device;
	if
	:: !there && WRONG != 1 -> by_device = false
	:: else
	fi;
	if
	:: !there && WRONG != 1 -> end_it()
	:: there && WRONG != 2 && !to_come && dying -> end_it()
	:: else
	fi;
	if
	:: to_come -> delayed = false
	:: else
	fi
}

proctype removal()
{
	bool ended;

	dying = true;
	atomic { !delayed -> destroyed = true }
	/* departs() */
	if
	:: by_device -> end_it()
	:: !by_device
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
