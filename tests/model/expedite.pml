/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/teardown/expedite.c: rcu_expedite_gp() and rcu_unexpedite_gp() pair up, no timer ends what a later step asked for, and
 * nothing is left when the module goes. Two removals of two steps each, the work that ends it, and the module's end.
 * WRONG 1: the work does not see that a step has queued it again.
 * WRONG 2: a step asks for it although the module goes.
 * WRONG 3: the module's end leaves it in force.
 * WRONG 4: a step looks before it takes the lock.
 * WRONG 5: the module's end does not wait for the work.
 */
byte expedited = 0;
bool in_force = false, pending = false, works = false, stepped = false, over = false, gone = false;

inline step()
{
#if WRONG == 4
	was = in_force;
#endif
	atomic {
#if WRONG != 4
		was = in_force;
#endif
		if
		:: over && WRONG != 2
		:: else ->
			if
			:: !was -> expedited++; assert(expedited == 1)
			:: else
			fi;
			in_force = true;
			pending = true;
			stepped = true
		fi
	}
}

proctype removal()
{
	bool was;

	step();
	step()
}

proctype lapse()
{
end:	do
	:: atomic { pending -> assert(!gone); pending = false; works = true; stepped = false }
		atomic {
			assert(!gone);
			if
			:: in_force && (!pending || WRONG == 1) ->
				assert(!stepped || over);
				expedited--;
				in_force = false
			:: else
			fi
		}
		works = false
	od
}

proctype unload()
{
	over = true;
	/* cancel_delayed_work_sync() */
	pending = false;
#if WRONG != 5
	!works;
#endif
	if
	:: in_force && WRONG != 3 -> expedited--; in_force = false
	:: else
	fi;
	gone = true;
	assert(expedited == 0)
}

init {
	atomic {
		run removal();
		run removal();
		run lapse();
		run unload()
	}
}
