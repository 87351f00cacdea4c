/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/registry/device.c, sdev/begin.c and hooks/container.c: an object that begins while its device, or its host, is
 * being removed is ended once, is not found by its device afterwards, and gives its number back. The contexts: the begin, the
 * last steps of the removal, and the end of the host.
 * WRONG 1: the begin holds no reference while it stores the number.
 * WRONG 2: the begin does not ask whether the removal may have been announced.
 * WRONG 3: the end does not take the object from where it is found by its device.
 * WRONG 4: an end does not ask whether there was one.
 * WRONG 5: nothing keeps the begin from reading where the removal is before others can find the object (smp_mb()).
 * WRONG 6: nothing keeps the removal from looking for the object before others can read where it is (smp_mb()).
 */
bool by_number = false, by_device = false, has_device = false;
bool dying = false, entered = false, destroyed = false;
byte ends = 0, references = 0;

/* The release gives the number back. */
inline put()
{
	atomic {
		references--;
		if
		:: !references -> by_number = false
		:: else
		fi
	}
}

/* scl_device_end(), and the worker after it */
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
	fi;
	if
	:: !ended -> put()
	:: else
	fi
}

/* scl_device_begin() */
proctype begins()
{
	bool ended, enters, past = false;

	/* The queue is not destroyed meanwhile, if it was not; or it is frozen, and that says nothing. */
	if
	:: atomic { enters = !destroyed; entered = enters }
	:: enters = false
	fi;
	references = (WRONG == 1 -> 1 : 2);
	has_device = true;
	if
	:: WRONG == 5 -> past = dying
	:: else
	fi;
	by_device = true;
	by_number = true;
	if
	:: WRONG != 1 -> put()
	:: else
	fi;
	if
	:: WRONG != 2 && !enters && (WRONG == 5 -> past : dying) -> end_it()
	:: else
	fi;
	if
	:: enters -> entered = false
	:: else
	fi
}

proctype removal()
{
	bool ended, found;

	found = by_device;
	dying = true;
	atomic { !entered -> destroyed = true }
	/* removal_ends() */
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
	:: by_number && references -> end_it()
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
	assert(!by_number);
	assert(ends == 1)
}
