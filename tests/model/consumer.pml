/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/api/consumer.c, and the table of drivers/core/consumer.hpp: gone() is called once at most, and not after a detach
 * has returned; one detach alone is told that it did; and no context touches the memory of a consumer that is detached, or of a
 * life without references, outside of a read section. The contexts: the end of the life, the worker, two detaches from
 * outside, and gone(), which may detach its own consumer. (One that is attached anew, and the unload of its module, is in unload.pml.)
 * WRONG 1: a detach does not wait for the work.
 * WRONG 2: a detach does not cancel the work.
 * WRONG 3: the call's end goes back to a consumer that gone() has detached.
 * WRONG 4: the call's end is in no read section when it lets go of the life's lock.
 * WRONG 5: a detach while the consumer is told drops the life, and the call's end does too.
 */
mtype = { detached, attached, due, called, told, leaving };
mtype state = attached;
bool has_life = true, pending = false, runs = false, left = false, memory = true, freed = false;
byte life = 2, readers = 0, calls = 0, detaches = 0;	/* references on the life: its own, and the consumer's */

#define TOUCHES assert(memory)
#define USES assert(!freed)

inline drop()
{
	atomic { assert(life > 0); life-- }
}

proctype frees()
{
	atomic { life == 0 && readers == 0 -> freed = true }
}

proctype end_of_life()
{
	atomic {
		USES;
		if
		:: state == attached -> state = due; pending = true
		:: else
		fi
	}
	drop()
}

proctype worker()
{
	bool tell = false, dropped = false, found = false;

end:	do
	:: atomic { pending -> pending = false; runs = true }
		/* begin_call() */
		atomic {
			TOUCHES;
			readers++;
			found = has_life
		}
		if
		:: found ->
			atomic {
				USES;
				TOUCHES;
				tell = has_life && state == due;
				if
				:: tell -> state = called
				:: else
				fi
			}
			USES
		:: else
		fi;
		readers--;
		if
		:: tell ->
			calls++;
			assert(calls == 1);
			/* gone() */
			if
			:: atomic {
					TOUCHES;
					dropped = state == called;
					if
					:: dropped -> state = detached; has_life = false; left = true; detaches++
					:: else
					fi
				}
				if
				:: dropped -> drop(); memory = false
				:: else
				fi
			:: true
			fi;
			if
			:: !left || WRONG == 3 ->
				atomic {
					TOUCHES;
					if
					:: WRONG != 4 -> readers++
					:: else
					fi
				}
				atomic {
					TOUCHES;
					USES;
					dropped = state == leaving;
					if
					:: dropped -> state = detached; has_life = false
					:: state == called -> state = told
					:: else
					fi
				}
				/* The lock is let go of. */
				USES;
				if
				:: dropped -> drop()
				:: else
				fi;
				if
				:: WRONG != 4 -> readers--
				:: else
				fi
			:: else
			fi
		:: else
		fi;
		runs = false
	od
}

proctype outsider()
{
	bool cancel = false, drops = false, refused = false;

	/* He has to know that the memory is there: not where another may have freed it. */
	atomic {
		if
		:: !memory -> refused = true
		:: else ->
			if
			:: state == attached || state == due -> state = detached; has_life = false; cancel = true; drops = true
			:: state == told -> state = detached; has_life = false; drops = true
			:: state == called -> state = leaving; cancel = true; drops = WRONG == 5
			:: else -> refused = true
			fi
		fi
	}
	if
	:: !refused ->
		detaches++;
		assert(detaches == 1);
		if
		:: cancel && WRONG != 2 ->
			pending = false;
			if
			:: WRONG != 1 -> !runs
			:: else
			fi
		:: else
		fi;
		if
		:: drops -> drop()
		:: else
		fi;
		memory = false
	:: else
	fi
}

init {
	atomic { run end_of_life(); run worker(); run outsider(); run outsider(); run frees() }
}
