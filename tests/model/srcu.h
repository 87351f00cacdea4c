/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SRCU, as far as the protocols rely on it: synchronize() waits for the readers that were in a read section when it began,
 * and for none that came later. READERS is how many there are.
 */
bool inside[READERS];
byte sections[READERS];
bool awaited[READERS];
byte began[READERS];

inline read_lock(reader)
{
	inside[reader] = true
}

inline read_unlock(reader)
{
	atomic { inside[reader] = false; sections[reader] = (sections[reader] + 1) % 8 }
}

inline is_out(reader)
{
	!awaited[reader] || !inside[reader] || sections[reader] != began[reader]
}

/* One at a time. */
inline synchronize()
{
	d_step {
		awaited[0] = inside[0]; began[0] = sections[0];
		awaited[1] = inside[1]; began[1] = sections[1];
		awaited[2] = inside[2]; began[2] = sections[2];
	}
	is_out(0); is_out(1); is_out(2)
}
