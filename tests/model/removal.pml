/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/device.c: a removal is counted once, whoever comes upon it, and leaves no record behind. The removal, which
 * the class announces, or does not, of a device that is known, or was never seen; the look of each second; and rescue, which
 * takes one without a record for one that hung before the module came, and begins its life.
 * WRONG 1: who comes upon it does not ask again for its state, nor whether the bus has told of its end, under the mutex.
 * WRONG 2: nobody asks whether its driver is gone.
 * WRONG 3: without the mutex.
 * WRONG 4: the record is forgotten before it is noted that the driver is gone, without the mutex.
 * WRONG 5: a life that rescue begins is asked whether the driver is gone, and the host is not.
 * WRONG 6: nothing keeps the two reads of a look, of last_removed and then of the state, in their order (smp_rmb()).
 */
mtype = { running, cancel, del };
mtype state = running;
bool mutex = false, has_record, has_life, removing = false, detached = false, last_removed = false;
byte counted = 0;

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

inline begins(announced_now)
{
	lock();
	/* Once the life has ended it does not say any more that the driver is gone. */
	gone = WRONG != 2 && has_life && detached;
#if WRONG == 6
	is_over = state != cancel;
	is_over = is_over || last_removed;
#else
	is_over = last_removed && WRONG != 5 && WRONG != 2;
	is_over = is_over || state != cancel;
#endif
	late = WRONG != 1 && !announced_now && is_over;
	if
	:: !gone && !late ->
		if
		:: !has_record -> removing = false; has_record = true
		:: else
		fi;
		known = true
	:: else -> known = false
	fi;
	if
	:: (known && !removing) || (!known && announced_now) -> counted++; removing = known
	:: else
	fi;
	unlock()
}

proctype removal(bool announced)
{
	bool gone, is_over, late, known;

	state = cancel;
	if
	:: announced -> begins(true)
	:: else
	fi;
	/* Its driver leaves, and the bus tells. */
	last_removed = true;
#if WRONG == 4
	has_record = false;
	detached = has_life;
#else
	lock();
	detached = has_life;
	has_record = false;
	unlock();
#endif
	state = del;
	has_life = false
}

proctype looks()
{
	bool gone, is_over, late, known;

	if
	:: state == cancel -> begins(false)
	:: state != cancel
	fi
}

/* The removal is over: scan_mutex is free, and what was removed last is in SDEV_DEL. */
proctype forgets()
{
	state == del;
	last_removed = false
}

proctype rescue()
{
	bool gone, is_over, late, known;

	if
	:: state == cancel ->
		if
		:: !has_record && !has_life -> atomic { has_life = true; detached = false }
		:: else
		fi;
		begins(false)
	:: state != cancel
	fi
}

init {
	bool announced;

	if
	:: announced = true; has_record = true; has_life = true
	:: announced = false; has_record = true; has_life = true
	:: announced = false; has_record = false; has_life = false
	fi;
	atomic { run removal(announced); run looks(); run rescue(); run forgets() }
	_nr_pr == 1;
	assert(counted <= 1);
	assert(!announced || counted == 1);
	assert(!has_record)
}
