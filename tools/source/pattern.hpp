// SPDX-License-Identifier: GPL-2.0
// The paths to be read, as patterns:
//
//	sys/class/scsi_host/host*/{state,proc_name}	the text of files
//	sys/bus/scsi/devices/target*/			the names in directories
//	@sys/bus/scsi/devices/*:*			where links point to
//	@proc/[0-9]*/fd/*=/dev/				of links, those that point there
//	%dev/sdc					the MAJOR:MINOR of a block device's file
//	#proc/[0-9]*/fd/*				of open files the devices: "b8:0", "c21:0"
//	!dev/kmsg				the lines of the kernel's log that name a disk
//
// A `*` stands for a part of one name. The names of each directory that is searched are kept too.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "source/left.hpp"

namespace scl {

// What is found goes here, in the order in which it is read.
struct Sink {
	enum class Kind : char {
		text = 't',
		list = 'l',
		link = '@',
		error = 'e',
		left = 'h',
	};
	// Data: of a list each name with a NUL behind it, of an error the errno's digits, of what
	// an earlier call hangs in that process's number.
	std::function<void(Kind, const std::string &path, std::string_view data)> put;
	// This is being read: what hangs, hangs in it.
	std::function<void(const std::string &path)> begin;
};

// Of {a,b} each.
std::vector<std::string> expand_braces(const std::string &pattern);

// What is not to be read.
struct Hanging {
	// A read of these has not ended before.
	std::set<std::string> paths;
	// Processes hang in what these names stand for.
	Left left;
};

// Reads what a pattern fits, below a directory. Never opens a device's file, but the log's. May
// sleep for as long as a file does. The process is called by what it reads, of open files by their
// directory.
void read_pattern(const std::string &root, const std::string &pattern, const Hanging &hanging,
		  const Sink &sink);

} // namespace scl
