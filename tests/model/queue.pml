/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/sdev/state.c under the livepatch: a device's state and its queue change together, from hard IRQs too, and the
 * queue is stopped once for each time that it is started. The transport, which blocks in an interrupt, and may unblock, a
 * look whose time is up, the removal, which stores SDEV_DEL by the redirected function, and then stock's own start of the
 * queue, which takes no lock. (Without the livepatch stock's functions store the state under state_mutex alone, which a look
 * has too; what interrupts do there is stock's.)
 * WRONG 1: an act on a look does not ask again under the device lock.
 * WRONG 2: the removal starts the queue before it stores SDEV_DEL.
 * WRONG 3: the state is stored without the device lock.
 * WRONG 4: a look that cuts a device off leaves its queue stopped.
 * WRONG 5: a look starts the queue before it stores the state.
 */
mtype = { cancel, cancel_blocked, offline, del };
mtype state = cancel;
bool lock = false, flag = false, silent = false, over = false;
int depth = 0;

inline take_lock()
{
#if WRONG != 3
	atomic { !lock -> lock = true }
#else
	skip
#endif
}

/* cmpxchg() of the flag, and then the queue: two steps. */
inline stop_queue()
{
	atomic { was = flag; flag = true };
	if
	:: !was -> depth++
	:: else
	fi
}

inline start_queue()
{
	atomic { was = flag; flag = false };
	if
	:: was -> assert(depth > 0); depth--
	:: else
	fi
}

proctype transport()
{
	bool was;

	take_lock();
	if
	:: state == cancel -> state = cancel_blocked; stop_queue(); silent = true
	:: else
	fi;
	lock = false;
	if
	:: take_lock();
		silent = false;
		if
		:: state == cancel_blocked -> state = cancel; start_queue()
		:: else
		fi;
		lock = false
	:: true
	fi;
	over = true
}

/* Again and again. */
proctype look()
{
	bool was;

	do
	:: over && state != cancel_blocked -> break
	:: state == cancel_blocked ->
		/* Seen, and the lock is taken next. */
		take_lock();
		if
		:: state == cancel_blocked || WRONG == 1 ->
			assert(state == cancel_blocked);
			if
			:: WRONG == 5 -> start_queue(); state = offline
			:: WRONG == 4 -> state = offline
			:: else -> state = offline; start_queue()
			fi
		:: else
		fi;
		lock = false
	od
}

proctype removal()
{
	bool was;

	/* Its flush comes through. */
	depth == 0;
#if WRONG == 2
	start_queue();
#endif
	take_lock();
	state = del;
	lock = false;
#if WRONG != 2
	start_queue()
#endif
}

/* blk-mq looks at the queue alone; in other states the mid-layer fails what it sends. */
proctype dispatcher()
{
	atomic { depth == 0 -> assert(!(silent && state == cancel_blocked)) }
}

init {
	atomic { run transport(); run look(); run removal(); run dispatcher() }
	_nr_pr == 1;
	assert(depth == 0 && !flag)
}
