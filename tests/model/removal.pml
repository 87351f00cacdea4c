/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/teardown/removal.c, and the table of drivers/core/stage.hpp: a removal is counted once, by the context that
 * comes first, and settled if it was counted; and no object is left. The contexts: the removal, which the class announces, or
 * does not, of a device that is remembered, or is not; the monitor; and the adoption of removals that hang.
 * WRONG 1: a context that was not announced does not read the state again under the mutex.
 * WRONG 2: no context reads the stage.
 * WRONG 3: without the mutex.
 * WRONG 4: the detached driver is noted without the mutex.
 * WRONG 5: the detached driver of a device that is not remembered is not noted.
 * WRONG 6: nothing keeps the lookup of the device and then the read of its state in their order (smp_rmb()).
 */
mtype = { running, cancel, del, in_use, removing, detached };
mtype state = running, stage = in_use;
bool mutex = false, is_there = false;
byte counted = 0, settled = 0;

inline lock()
{
#if WRONG != 3
	atomic { !mutex -> mutex = true }
#else
	skip
#endif
}

inline unlock()
{
	mutex = false
}

/* scl_removal_begins() */
inline begins(announced_now)
{
	lock();
#if WRONG == 6
	is_late = !announced_now && state != cancel;
	known = is_there;
#else
	known = is_there;
	is_late = WRONG != 1 && !announced_now && state != cancel;
#endif
	if
	:: !is_late && !known -> atomic { stage = in_use; is_there = true }; known = true
	:: else
	fi;
	if
	:: !is_late && known && (stage == in_use || WRONG == 2) -> counted++; stage = removing
	:: else
	fi;
	unlock()
}

proctype removal(bool announced)
{
	bool is_late, known;

	state = cancel;
	if
	:: announced -> begins(true)
	:: else
	fi;
	/* detach() */
#if WRONG != 4
	lock();
#endif
	if
	:: is_there ->
		if
		:: stage == removing -> settled++
		:: else
		fi;
		stage = detached
	:: !is_there && WRONG != 5 -> atomic { stage = detached; is_there = true }
	:: else
	fi;
#if WRONG != 4
	unlock();
#endif
	state = del;
	/* scl_device_end(), by the attribute container */
	is_there = false
}

proctype finds()
{
	bool is_late, known;

	if
	:: state == cancel -> begins(false)
	:: state != cancel
	fi
}

init {
	bool announced;

	if
	:: announced = true; is_there = true
	:: announced = false; is_there = true
	:: announced = false; is_there = false
	fi;
	atomic { run removal(announced); run finds(); run finds() }
	_nr_pr == 1;
	assert(counted <= 1);
	assert(!announced || counted == 1);
	assert(settled == counted);
	assert(!is_there)
}
