/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drivers/guard/hooks/module.c and api/reference.c: nothing runs in the text of an LLD that is freed, and each reference is counted
 * until its put has ended. The contexts: two callers that get and put, the look at a host, and rmmod.
 * WRONG 1: a put leaves its read section before the device's release.
 * WRONG 2: the unload does not wait for the readers once more when the last reference is uncounted.
 * WRONG 3: a reference is counted after the lock under which the host was found was dropped.
 * WRONG 4: the references are waited for before the host is forgotten.
 * WRONG 5: a passive reference, of an LLD that is being unloaded, is not counted.
 * WRONG 6: the look drops its reference after its read section.
 */
#define READERS 3
#include "srcu.h"

bool text = true, live = true, host = true, removed = false;
byte refs = 1, module_refs = 0, counted = 0;

inline drop_device(last)
{
	atomic { refs--; last = refs == 0 }
	if
	:: last -> assert(text)		/* the release runs in the LLD */
	:: else
	fi
}

inline take(mine)
{
	atomic {
		if
		:: refs > 0 ->
			refs++;
			mine = true;
			pins = live;
			if
			:: live -> module_refs++
			:: else
			fi;
			if
			:: WRONG == 5 && !pins
			:: else -> counted++
			fi
		:: else
		fi
	}
}

proctype user(byte me)
{
	bool mine = false, last = false, pins = false, found = false, dropped = false;

	/* scsi_lifecycle_get(): under the lock of the bucket, which scl_references_drain() takes too. */
#if WRONG == 3
	found = host && !removed;
	if
	:: found -> take(mine)
	:: else
	fi;
#else
	atomic {
		found = host && !removed;
		if
		:: found -> take(mine)
		:: else
		fi
	}
#endif
	if
	:: mine ->
		assert(text);
		/* drop(), under the same lock. */
		atomic {
			if
			:: refs > 1 ->
				refs--;
				dropped = true;
				if
				:: WRONG == 5 && !pins
				:: else -> counted--
				fi
			:: else
			fi
		}
		if
		:: dropped
		:: else ->
			/* drop_last() */
			read_lock(me);
			if
			:: WRONG == 5 && !pins
			:: else -> counted--
			fi;
#if WRONG == 1
			read_unlock(me);
#endif
			drop_device(last);
#if WRONG != 1
			read_unlock(me)
#endif
		fi;
		if
		:: pins -> module_refs--
		:: else
		fi
	:: else
	fi
}

proctype look(byte me)
{
	bool mine = false, last = false, found = false;

	read_lock(me);
	found = host;
	if
	:: found ->
		atomic {
			if
			:: refs > 0 -> refs++; mine = true
			:: else
			fi
		}
		if
		:: mine -> assert(text)
		:: else
		fi
	:: else
	fi;
#if WRONG == 6
	read_unlock(me);
#endif
	if
	:: mine -> drop_device(last)
	:: else
	fi;
#if WRONG != 6
	read_unlock(me)
#endif
}

proctype unload()
{
	bool last = false;

	/* rmmod is refused while the module is referred to. */
	atomic { module_refs == 0 -> live = false }
	/* Its exit may leave the host behind. */
	if
	:: removed = true
	:: true
	fi;
#if WRONG == 4
	counted == 0;
#endif
	/* __scsi_remove_device() drops the mid-layer's own, before scsi_remove_host() has the host forgotten. */
	if
	:: removed -> drop_device(last)
	:: else
	fi;
	host = false;
	synchronize();
	/* The notifier of MODULE_STATE_GOING. */
	synchronize();
#if WRONG != 4
	counted == 0;
#endif
#if WRONG != 2
	synchronize();
#endif
	text = false
}

init {
	atomic { run user(0); run user(1); run look(2); run unload() }
}
