/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/api/consumer.c, and the table of drivers/core/consumer.hpp: the module of a consumer is unloaded. Its exit may
 * detach the consumer, or forget it; its gone() may detach it too, and attach it anew, before or after the device it then
 * hears of is gone. scl_consumers_leave() runs after the exit, and the module's text and the consumer, which is in the
 * module, are freed after that: no context runs the one or touches the other afterwards, and two workers never run gone() at once.
 * WRONG 1: the leave does not wait for a gone() that detached itself.
 * WRONG 2: the leave does not look for consumers that the exit forgot.
 * WRONG 3: the leave does not wait for the work of what it detaches: a call is listed only after the consumer's state says so.
 * WRONG 4: an attach inside gone() initialises the work, which forgets that it runs.
 * WRONG 5: an attach inside gone() does not ask whether its module leaves.
 */
mtype = { detached, attached, due, called, told, leaving };
mtype state = attached;
bool pending = false, freed = false, leaves = false;
byte running = 0, in_gone = 0, calls = 0, attaches = 1;

#define TOUCHES assert(!freed)

/* scl_consumers_gone(), for the device that the consumer is attached to now. */
inline device_gone()
{
	atomic {
		if
		:: state == attached -> state = due; pending = true
		:: else
		fi
	}
}

proctype devices()
{
	device_gone();
	/* That of the second one, where there is one. */
	if
	:: attaches == 2 -> device_gone()
	:: freed
	fi
}

/* One work is run by one worker at a time, as long as the workqueue knows that it runs. */
proctype worker()
{
	bool tell, mine, dropped;

end:	do
	:: atomic { pending && (running == 0 || WRONG == 4) -> pending = false; running++ }
		mine = false;
		/* begin_call() */
		atomic {
			TOUCHES;
			tell = state == due;
			if
			:: tell -> state = called
			:: else
			fi
		}
		if
		:: tell ->
			calls++;
			/* The module's text. */
			TOUCHES;
			in_gone++;
			assert(in_gone == 1);
			if
			:: atomic {
					TOUCHES;
					if
					:: state == called -> state = detached; mine = true
					:: else
					fi
				}
				if
				:: atomic { mine && attaches == 1 && state == detached && (!leaves || WRONG == 5) -> state = attached; attaches++ }
				:: true
				fi
			:: true
			fi;
			TOUCHES;
			in_gone--;
			if
			:: !mine ->
				atomic {
					TOUCHES;
					dropped = state == leaving;
					if
					:: dropped -> state = detached
					:: state == called -> state = told
					:: else
					fi
				}
			:: else
			fi;
			calls--
		:: else
		fi;
		running--
	:: freed && !pending -> break
	od
}

/* cancel_work_sync() */
inline cancel()
{
	pending = false;
	running == 0
}

inline detach()
{
	atomic {
		TOUCHES;
		wait = false; found = true;
		if
		:: state == attached || state == due -> state = detached; wait = true
		:: state == called -> state = leaving; wait = true
		:: state == told -> state = detached
		:: else -> found = false
		fi
	}
}

proctype unload()
{
	bool wait, found;

	/* The module's exit. */
	if
	:: detach();
		if
		:: wait -> cancel()
		:: else
		fi
	:: true
	fi;
	/* scl_consumers_leave() */
	leaves = true;
	if
	:: WRONG != 2 ->
		do
		:: detach();
			if
			:: !found -> break
			:: else
			fi;
			if
			:: wait && WRONG != 3 -> cancel()
			:: wait && WRONG == 3 -> pending = false
			:: else
			fi
		od
	:: else
	fi;
	if
	:: WRONG != 1 -> calls == 0
	:: else
	fi;
	freed = true
}

init {
	atomic { run devices(); run worker(); run worker(); run unload() }
}
