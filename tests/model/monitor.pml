/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/teardown/monitor.c: each reason to look at the devices is seen, again and again for as long as it lasts; without one no
 * pass follows; and none runs when the module is gone. A reason that is announced, one that begins in silence, the monitor, the
 * backstop, and the module's end.
 * WRONG 1: the announcement comes before what it announces.
 * WRONG 2: a pass that is asked for while one runs is not queued.
 * WRONG 3: there is no backstop.
 * WRONG 4: a pass is followed by another without a reason.
 * WRONG 5: the module's end lets passes be queued.
 */
bool announced = false, silent = false, saw_announced = false, saw_silent = false;
bool pending = false, works = false, called = false, over = false, gone = false;

/* scl_monitor_look() */
inline look()
{
	atomic {
		called = true;
		if
		:: !over && !pending && !(WRONG == 2 && works) -> pending = true
		:: else
		fi
	}
}

proctype announcer()
{
#if WRONG == 1
	look();
	announced = true;
#else
	announced = true;
	look();
#endif
	saw_announced || over;
	saw_announced = false;
	saw_announced || over;
	announced = false
}

proctype quiet()
{
	silent = true;
	saw_silent || over;
	saw_silent = false;
	saw_silent || over;
	silent = false
}

proctype monitor()
{
	bool due, more = true;

end:	do
	:: atomic {
			pending ->
			assert(!gone);
			assert(more || called);
			pending = false;
			works = true;
			called = false
		}
		due = WRONG == 4;
		/* One device after the other; what comes behind the walk has been announced, or is silent. */
		atomic { if :: announced -> due = true; saw_announced = true :: else fi }
		atomic { if :: silent -> due = true; saw_silent = true :: else fi }
		more = due && WRONG != 4;
		if
		:: due -> atomic {
			if
			:: !over -> pending = true
			:: else
			fi
		}
		:: else
		fi;
		works = false
	od
}

proctype backstop()
{
end:	do
	:: atomic { silent && !pending && !over && WRONG != 3 -> pending = true; called = true }
	od
}

/* Or the module stays. */
proctype unload()
{
	if
	:: goto stays
	:: true
	fi;
#if WRONG != 5
	over = true;
#endif
	pending = false;
	!works;
	gone = true;
	over = true;
stays:	skip
}

init {
	atomic {
		run announcer();
		run quiet();
		run monitor();
		run backstop();
		run unload()
	}
}
