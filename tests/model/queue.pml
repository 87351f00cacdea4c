/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/transition.c: a device's state and its queue change together, from hard IRQs too, and the queue is stopped
 * once for each time that it is started. The transport, which blocks in an interrupt, and may unblock, a look whose time is
 * up, the removal's last step, and stock's own start of the queue of a device in SDEV_DEL.
 * WRONG 1: who acts on what was seen does not ask again under the device lock.
 * WRONG 2: the flag of the queue is not changed atomically.
 * WRONG 3: the state is stored without the device lock.
 * WRONG 4: a look that cuts a device off leaves its queue stopped.
 */
mtype = { cancel, cancel_blocked, offline, del };
mtype state = cancel;
bool lock = false, flag = false;
int depth = 0;
bool sent_while_blocked = false, over = false;

inline take_lock()
{
#if WRONG != 3
	atomic { !lock -> lock = true }
#else
	skip
#endif
}

inline stop_queue()
{
#if WRONG == 2
	if
	:: !flag -> flag = true; depth++
	:: else
	fi
#else
	atomic {
		if
		:: !flag -> flag = true; depth++
		:: else
		fi
	}
#endif
}

inline start_queue()
{
#if WRONG == 2
	if
	:: flag -> flag = false; depth--
	:: else
	fi
#else
	atomic {
		if
		:: flag -> flag = false; depth--
		:: else
		fi
	}
#endif
}

proctype transport()
{
	take_lock();
	if
	:: state == cancel -> state = cancel_blocked; stop_queue()
	:: else
	fi;
	lock = false;
	if
	:: take_lock();
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
	do
	:: over && state != cancel_blocked -> break
	:: state == cancel_blocked ->
		/* Seen, and the lock is taken next. */
		take_lock();
		if
		:: state == cancel_blocked || WRONG == 1 ->
			assert(state == cancel_blocked);
			state = offline;
			if
			:: WRONG != 4 -> start_queue()
			:: else
			fi
		:: else
		fi;
		lock = false
	od
}

proctype removal()
{
	/* Its flush comes through. */
	depth == 0;
	take_lock();
	state = del;
	lock = false;
	/* Stock's own, without the lock: scsi_start_queue(). */
	start_queue()
}

proctype dispatcher()
{
	/* blk-mq looks at the queue alone. */
	atomic { depth == 0 -> sent_while_blocked = state == cancel_blocked && flag }
}

init {
	atomic { run transport(); run look(); run removal(); run dispatcher() }
	_nr_pr == 1;
	assert(depth == 0 && !flag);
	assert(!sent_while_blocked)
}
