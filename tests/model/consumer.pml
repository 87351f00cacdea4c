/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/consumer.c, and the table of drivers/core/consumer.hpp: gone() is called once at most, not after a detach has
 * returned, and nobody touches the memory of a consumer that is detached, or a life that nobody refers to. The end of the
 * life, the worker, one who detaches from outside, and gone(), which may detach its own consumer.
 * WRONG 1: a detach does not wait for the work.
 * WRONG 2: a detach does not cancel the work.
 * WRONG 3: the call's end goes back to a consumer that gone() has detached.
 * WRONG 4: who detaches while the consumer is told drops the life, and the call's end does too.
 */
mtype = { detached, attached, due, called, told, leaving };
mtype state = attached;
bool has_life = true, pending = false, runs = false, left = false, memory = true, finished = false;
byte life = 2, calls = 0;		/* references: of the life itself, and of the consumer */

#define TOUCHES assert(memory)
#define USES assert(life > 0)

proctype end_of_life()
{
	atomic {
		USES;
		if
		:: state == attached -> state = due; pending = true
		:: else
		fi
	}
	USES;
	life--
}

proctype worker()
{
	bool tell, dropped, inside;
end:	atomic { pending -> pending = false; runs = true }
	/* begin_call(): in a read section, so the life that is found is there. */
	atomic {
		TOUCHES;
		tell = has_life && state == due;
		if
		:: tell -> state = called
		:: else
		fi
	}
	if
	:: tell ->
		calls++;
		assert(calls == 1);
		/* gone(): may detach its own. */
		if
		:: inside = true
		:: inside = false
		fi;
		if
		:: inside ->
			atomic {
				TOUCHES;
				dropped = state == called;
				if
				:: dropped -> state = detached; has_life = false; left = true
				:: else
				fi
			}
			if
			:: dropped -> life--; memory = false
			:: else
			fi
		:: else
		fi;
		if
		:: !left || WRONG == 3 ->
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
			if
			:: dropped -> USES; life--
			:: else
			fi
		:: else
		fi
	:: else
	fi;
	runs = false;
	finished = true;
	if
	:: tell
	:: else -> goto end
	fi
}

proctype outsider()
{
	bool cancel = false, drop = false, refused = false;

	/* He has to know that the memory is there: not where gone() may have freed it. */
	atomic {
		if
		:: !memory -> refused = true
		:: else ->
			if
			:: state == attached || state == due -> state = detached; has_life = false; cancel = true; drop = true
			:: state == told -> state = detached; has_life = false; drop = true
			:: state == called -> state = leaving; cancel = true; drop = WRONG == 4
			:: else -> refused = true
			fi
		fi
	}
	if
	:: !refused ->
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
		:: drop -> USES; life--
		:: else
		fi;
		memory = false
	:: else
	fi
}

init {
	atomic { run end_of_life(); run worker(); run outsider() }
}
