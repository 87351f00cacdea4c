// SPDX-License-Identifier: GPL-2.0
// A machine as a directory, made from a file of trees/:
//
//	sys/class/.../proc_name = iscsi_tcp	a file of one line
//	proc/modules :				a file; the lines below that begin with a tab
//	sys/bus/... -> ../../devices/...	a link
//	sys/devices/.../7:0:0:1/		a directory
#pragma once

#include <string>

#include "model/machine.hpp"

class Tree {
public:
	// Several are laid over each other.
	explicit Tree(std::initializer_list<const char *> names = {});
	~Tree();
	Tree(const Tree &) = delete;
	Tree &operator=(const Tree &) = delete;

	const std::string &root() const { return root_; }
	void plant(const std::string &text);
	void write(const std::string &path, const std::string &text);
	std::string read(const std::string &path) const;
	void remove(const std::string &path);
	void fifo(const std::string &path);
	// A file or a directory, for root too.
	void make_unreadable(const std::string &path);

	// All that the tool can see of it.
	scl::Snapshot snapshot() const;
	scl::Machine machine() const { return scl::machine_of(snapshot()); }

private:
	std::string make(const std::string &path);

	std::string root_;
};

// Compares with golden/NAME; writes that anew where the environment has UPDATE_GOLDEN.
void expect_golden(const std::string &name, const std::string &text);

// The file of tests/tools.
std::string source_text(const std::string &name);
