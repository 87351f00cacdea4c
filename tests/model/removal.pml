/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/device.c: a removal is counted once, whoever comes upon it, and leaves no record behind. The removal, which
 * the class announces, or does not; the look of each second, and the search of rescue.
 * WRONG 1: who comes upon it does not ask again for its state under the mutex.
 * WRONG 2: nobody asks whether its driver is gone.
 * WRONG 3: without the mutex.
 * WRONG 4: the record is forgotten before it is noted that the driver is gone, without the mutex.
 */
mtype = { running, cancel, del };
mtype state = running;
bool mutex = false, has_record = true, removing = false, detached = false, has_life = true;
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

inline begins(found_it)
{
	lock();
	/* Once the life has ended it does not say any more that the driver is gone. */
	gone = WRONG != 2 && has_life && detached;
	if
	:: !gone && (WRONG == 1 || !found_it || state == cancel) ->
		if
		:: !has_record -> removing = false; has_record = true
		:: else
		fi;
		known = true
	:: else -> known = false
	fi;
	if
	:: (known && !removing) || (!known && !found_it) -> counted++; removing = known
	:: else
	fi;
	unlock()
}

proctype removal(bool announced)
{
	bool gone, known;

	state = cancel;
	if
	:: announced -> begins(false)
	:: else
	fi;
	/* Its driver leaves, and the bus tells. */
#if WRONG == 4
	has_record = false;
	detached = true;
#else
	lock();
	detached = true;
	has_record = false;
	unlock();
#endif
	state = del;
	has_life = false
}

proctype finder()
{
	bool gone, known;

	if
	:: state == cancel -> begins(true)
	:: state != cancel
	fi
}

init {
	bool announced;

	if
	:: announced = true
	:: announced = false
	fi;
	atomic { run removal(announced); run finder(); run finder() }
	_nr_pr == 1;
	assert(counted <= 1);
	assert(!announced || counted == 1);
	assert(!has_record)
}
