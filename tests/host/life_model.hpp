// SPDX-License-Identifier: GPL-2.0
//
// A device number, the lives of the devices that have it one after the other, two files that open
// its node and two consumers, in the hands of shims that do as the core says. A move is what
// happens under one lock; between two of them anything else may. Work is queued as by a workqueue:
// what is queued twice runs once, not beside itself, and not at all while it is being cancelled.
#pragma once

#include <array>
#include <cstdint>

#include "life_move.hpp"
#include "scsi_lifecycle_core.h"

struct File {
	enum Stage : unsigned char { out, found, in, closing };

	scl_opener state = SCL_OPENER_CLOSED;
	Stage stage = out; // in all others it refers to the life
};

struct Consumer {
	enum Worker : unsigned char { idle, started, inside, inside_left };
	enum Detach : unsigned char { none, stored, cancelling };

	scl_consumer state = SCL_CONSUMER_DETACHED;
	Worker worker = idle;
	Detach detach = none; // by another, and not returned yet
	bool queued = false;
	bool refers = false; // TAKE, and no DROP since
	bool owes = false;   // the DROP of its detach
	bool heard = false;  // that this device is gone
	bool live = false;   // attached, and no detach returned since
	bool told = false;   // since it was attached
};

struct World {
	enum Device : unsigned char { none, there, telling, left };

	Device device = none;
	bool dead = false; // nothing refers to it: its destructor is about to run
	unsigned refs = 0;
	scl_openers all{};
	std::array<File, 2> files{};
	std::array<Consumer, 2> consumers{};
	const char *wrong = "";

	// Return: whether it could be made, by the file or the consumer of that number.
	bool make(Move m, unsigned number, Careless careless)
	{
		// clang-format off
		switch (m) {
		case Move::born:	return born();
		case Move::goes:	return goes();
		case Move::has_told:	return has_told(careless);
		case Move::destroyed:	return destroyed();
		default:		break;
		}
		// clang-format on
		return m <= Move::puts ? make(m, files[number], careless)
				       : make(m, consumers[number], careless);
	}

	bool at_rest() const
	{
		for (const Consumer &c : consumers)
			if (c.queued || c.worker != Consumer::idle || c.detach != Consumer::none)
				return false;
		return device == none || device == left;
	}

	const char *broken() const
	{
		unsigned open = 0, holding = 0, refers = device == there || device == telling;

		if (*wrong)
			return wrong;
		for (const File &f : files) {
			open += f.state != SCL_OPENER_CLOSED;
			holding += f.state == SCL_OPENER_HOLDING;
			refers += f.stage != File::out;
		}
		for (const Consumer &c : consumers) {
			refers += c.refers + c.owes;
			if (at_rest() && c.live && !(c.told && c.state == SCL_CONSUMER_DONE))
				return "attached, and not told when all had run out";
			if (c.told && device == there && c.refers)
				return "told of a device that is there";
		}
		if (all.gone ? all.open || all.holding : all.open != open || all.holding != holding)
			return "the sums are not what the openers have";
		if (device != none && all.gone != (device != there))
			return "gone, or not, and the accounts say otherwise";
		return refs != refers ? "the references do not add up" : "";
	}

	// All that tells two worlds apart whose sums are right.
	uint64_t key() const
	{
		uint64_t k = device << 1 | dead;
		for (const File &f : files)
			k = k << 4 | f.state << 2 | f.stage;
		for (const Consumer &c : consumers)
			k = k << 14 | c.state << 11 | c.worker << 9 | c.detach << 7 |
			    c.queued << 6 | c.refers << 5 | c.owes << 4 | c.heard << 3 |
			    c.live << 2 | c.told << 1;
		return k;
	}

private:
	void expect(bool right, const char *otherwise)
	{
		if (!right && !*wrong)
			wrong = otherwise;
	}

	template <typename Stage> static bool turns(Stage &stage, Stage from, Stage to)
	{
		if (stage != from)
			return false;
		stage = to;
		return true;
	}

	void get()
	{
		expect(refs && !dead, "a reference on what is dead");
		refs++;
	}

	void put()
	{
		expect(refs, "the references wrapped");
		dead = !--refs;
	}

	bool born()
	{
		if (!turns(device, none, there))
			return false;
		refs = 1;
		all = {};
		for (Consumer &c : consumers)
			c.heard = false;
		return true;
	}

	bool goes()
	{
		if (!turns(device, there, telling))
			return false;
		expect(scl_openers_gone(&all), "gone already");
		expect(!scl_openers_gone(&all), "gone twice");
		return true;
	}

	bool has_told(Careless careless)
	{
		if (device != telling)
			return false;
		for (const Consumer &c : consumers)
			if (!c.heard && careless != Careless::keeps_no_reference_for_those_it_tells)
				return false;
		device = left;
		put();
		return true;
	}

	bool destroyed()
	{
		if (!dead)
			return false;
		expect(device == left, "destroyed before it was gone");
		for (const File &f : files)
			expect(f.stage == File::out, "destroyed before the last close");
		for (const Consumer &c : consumers)
			expect(!c.refers && !c.owes, "destroyed before a consumer dropped it");
		device = none;
		dead = false;
		all = {};
		return true;
	}

	bool make(Move m, File &f, Careless careless)
	{
		switch (m) {
		case Move::finds:
			if (device == none || f.stage != File::out ||
			    (!refs && careless != Careless::opens_what_is_dead))
				return false;
			get();
			f.stage = File::found;
			return true;
		case Move::opens:
			if (f.stage == File::found) {
				const auto got = scl_opener_next(&all, &f.state, SCL_OPENER_OPENS);
				expect(got == (device == there ? SCL_ANSWER_DONE : SCL_ANSWER_GONE),
				       "opened wrongly");
				f.stage = got == SCL_ANSWER_DONE ? File::in : File::closing;
				return true;
			}
			return f.stage == File::in && meets(f, SCL_OPENER_OPENS);
		case Move::holds: return f.stage == File::in && meets(f, SCL_OPENER_HOLDS);
		case Move::releases: return f.stage == File::in && meets(f, SCL_OPENER_RELEASES);
		case Move::closes:
			if (f.stage != File::in)
				return false;
			f.stage = File::closing;
			if (!all.gone || careless != Careless::forgets_to_close_late)
				expect(meets(f, SCL_OPENER_CLOSES), "a close failed");
			return true;
		default:
			if (!turns(f.stage, File::closing, File::out))
				return false;
			put();
			return true;
		}
	}

	bool meets(File &f, scl_opener_event e)
	{
		const scl_opener before = f.state;
		const scl_answer answer = scl_opener_next(&all, &f.state, e);
		expect(answer == SCL_ANSWER_DONE || f.state == before, "not done, and changed");
		expect(e == SCL_OPENER_CLOSES || (answer == SCL_ANSWER_GONE) == all.gone,
		       "to be had from what is gone");
		return answer == SCL_ANSWER_DONE;
	}

	scl_consumer_step meets(Consumer &c, scl_consumer_event e)
	{
		const scl_consumer_step to = scl_consumer_next(c.state, e);
		expect(!to.refused || (to.next == c.state && !to.actions), "refused, and changed");
		c.state = to.next;
		if (to.actions & SCL_CONSUMER_DO_GET) {
			expect(!c.refers, "taken twice");
			get();
			c.refers = true;
		}
		if (to.actions & SCL_CONSUMER_DO_PUT) {
			expect(c.refers, "dropped, and not taken");
			c.refers = false;
			if (to.actions & SCL_CONSUMER_DO_CANCEL)
				c.owes = true;
			else
				put();
		}
		return to;
	}

	void pay(Consumer &c)
	{
		if (c.owes)
			put();
		c.owes = false;
	}

	void detach_returned(Consumer &c)
	{
		expect(c.state == SCL_CONSUMER_DETACHED, "not detached when its detach returned");
		c.live = c.told = false;
	}

	bool make(Move m, Consumer &c, Careless careless)
	{
		const bool early = careless == Careless::attaches_before_the_detach_returned;
		scl_consumer_step to;

		switch (m) {
		case Move::attaches:
			if (device != there || (c.detach && !early) ||
			    meets(c, SCL_CONSUMER_ATTACH).refused)
				return false;
			c.live = true;
			c.told = false;
			return true;
		case Move::hears:
			if (device != telling)
				return false;
			c.heard = true;
			if (meets(c, SCL_CONSUMER_GONE).actions & SCL_CONSUMER_DO_QUEUE)
				c.queued = c.detach != Consumer::cancelling;
			return true;
		case Move::starts:
			if (!c.queued || !turns(c.worker, Consumer::idle, Consumer::started))
				return false;
			c.queued = false;
			return true;
		case Move::calls:
			if (!turns(c.worker, Consumer::started, Consumer::idle))
				return false;
			expect(c.refers || c.owes,
			       "a worker came for a device that it does not keep");
			if (!(meets(c, SCL_CONSUMER_CALL).actions & SCL_CONSUMER_DO_CALL))
				return true;
			c.worker = Consumer::inside;
			expect(c.live && c.refers, "told after its detach returned");
			expect(!c.told, "told twice");
			c.told = true;
			return true;
		case Move::returns:
			if (!turns(c.worker, Consumer::inside, Consumer::idle))
				return false;
			expect(!meets(c, SCL_CONSUMER_RETURN).refused, "a return refused");
			return true;
		case Move::leaves_inside:
			if (c.worker != Consumer::inside ||
			    meets(c, SCL_CONSUMER_DETACH_INSIDE).refused)
				return false;
			if (careless != Careless::returns_from_one_that_detached_itself)
				c.worker = Consumer::inside_left;
			detach_returned(c);
			return true;
		case Move::returns_having_left:
			return turns(c.worker, Consumer::inside_left, Consumer::idle);
		case Move::detaches:
			// Attached anew, two tasks could detach it at once: there is no room here.
			if (c.detach && early)
				return false;
			to = meets(c, SCL_CONSUMER_DETACH);
			expect(to.refused || c.detach == Consumer::none, "detached twice");
			if (to.refused)
				return false;
			if (!(to.actions & SCL_CONSUMER_DO_CANCEL)) {
				expect(c.worker != Consumer::inside,
				       "its detach returned while it was being told");
				detach_returned(c);
				return true;
			}
			c.detach = Consumer::stored;
			if (careless == Careless::drops_before_it_cancels)
				pay(c);
			return true;
		case Move::cancels:
			if (!turns(c.detach, Consumer::stored, Consumer::cancelling))
				return false;
			c.queued = false;
			return true;
		default:
			if (c.detach != Consumer::cancelling || c.worker != Consumer::idle)
				return false;
			c.detach = Consumer::none;
			pay(c);
			if (!early)
				detach_returned(c);
			return true;
		}
	}
};
