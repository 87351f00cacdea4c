/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/teardown/observe.c: while a device is observed the probe is registered, once; it is not for ever; and none is left
 * when the module goes. Two removals, one after the other each, the worker, and the module's end.
 * WRONG 1: that it is not registered is said after it was unregistered.
 * WRONG 2: the end of the module does not wait for the worker.
 * WRONG 3: the end of the module does not unregister what lingers.
 * WRONG 4: the worker forgets what it is asked for while it works.
 * WRONG 5: an end puts the worker off after it has let go of the lock.
 */
byte observers = 0, probes = 0, left = 2;
bool registered = false, due = false, later = false, works = false, over = false;

proctype removal()
{
	bool sees, last;

	atomic {
		observers++;
		sees = registered;
		if
		:: !sees -> due = true; later = false
		:: else
		fi
	}
	/* (For a second at most; then what ends is not seen.) */
	if
	:: !sees -> registered
	:: else
	fi;
	/* It is observed, and no other's end takes that away. */
	assert(probes == 1);
#if WRONG == 5
	atomic { observers--; last = observers == 0 }
	if
	:: last -> atomic { assert(!observers); due = false; later = true }
	:: else
	fi;
#else
	atomic {
		observers--;
		if
		:: observers == 0 -> due = false; later = true
		:: else
		fi
	}
#endif
	left--
}

proctype worker()
{
	bool shall, change;

end:	do
	:: atomic { (due || later) && !over -> due = false; later = false; works = true }
		do
		:: atomic {
				shall = observers > 0;
				change = shall != registered;
				if
				:: change && !shall && WRONG != 1 -> registered = false
				:: else
				fi
			}
			if
			:: !change -> break
			:: change && !shall ->
				probes--;
				if
				:: WRONG == 1 -> registered = false
				:: else
				fi
			:: change && shall ->
				probes++;
				assert(probes == 1);
				registered = true
			fi
		od;
		if
		:: WRONG == 4 -> due = false
		:: else
		fi;
		works = false
	:: over -> break
	od
}

proctype leaves()
{
	left == 0;
	/* cancel_delayed_work_sync() */
	if
	:: WRONG == 2 -> over = true
	:: else -> atomic { !works -> over = true }
	fi;
	if
	:: registered && WRONG != 3 -> probes--; registered = false
	:: else
	fi;
	assert(probes == 0)
}

init {
	atomic { run removal(); run removal(); run worker(); run leaves() }
}
