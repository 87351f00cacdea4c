// SPDX-License-Identifier: GPL-2.0
#include "verbs/held.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/core.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "base/output.hpp"
#include "base/signals.hpp"
#include "node/removal.hpp"
#include "print/words.hpp"

namespace scl {

// What the node tells; done where its device is not gone.
static Exit hear(const Context &context, const Device &device, Node &node)
{
	auto code = Exit::done;
	for (const auto &record : node.read()) {
		if (expires(record))
			note(context, name_of(device) +
					      ": held no longer, the time of its teardown is up\n");
		if (!is_gone(record))
			continue;
		auto flush = flush_name(record);
		note(context, fmt::format("{}: gone, {}\n", name_of(device), outcome_words(flush)));
		code = code_of_flush(flush);
	}
	return code;
}

// What all nodes tell; those that have not ended are added to what is waited for.
static Exit hear_all(const Context &context, const std::vector<const Device *> &devices,
		     std::deque<Node> &nodes, std::vector<pollfd> &files)
{
	auto code = Exit::done;
	for (std::size_t i = 0; i < nodes.size(); i++) {
		if (!nodes[i].ended())
			code = worse(code, hear(context, *devices[i], nodes[i]));
		if (!nodes[i].ended())
			files.push_back({nodes[i].descriptor(), POLLIN, 0});
	}
	return code;
}

static constexpr int asks_every = 100;

Exit run_held(const Context &context, const std::vector<const Device *> &devices,
	      std::deque<Node> &nodes, const std::vector<std::string> &command)
{
	std::vector<char *> words;
	for (const auto &word : command)
		words.push_back(const_cast<char *>(word.c_str()));
	words.push_back(nullptr);
	auto work = [&] {
		for (auto &node : nodes)
			node.pass_on();
		execvp(words[0], words.data());
		to_stderr(fmt::format("scsi-lifecycle: {}: {}\n", words[0], std::strerror(errno)));
		return 127;
	};
	Child child(work, Child::everything);
	std::optional<int> status;
	do {
		std::vector<pollfd> files = {{child.descriptor(), POLLIN, 0}};
		hear_all(context, devices, nodes, files);
		poll(files.data(), files.size(), child.descriptor() < 0 ? asks_every : -1);
		status = child.wait(Clock::now());
	} while (!status);
	std::vector<pollfd> none;
	hear_all(context, devices, nodes, none);
	return static_cast<Exit>(WIFEXITED(*status) ? WEXITSTATUS(*status)
						    : 128 + WTERMSIG(*status));
}

// Readable when one of the signals has come that end a hold.
static int signals_of_end()
{
	auto signals = not_ignored({SIGINT, SIGTERM, SIGHUP});
	sigprocmask(SIG_BLOCK, &signals, nullptr);
	int file = signalfd(-1, &signals, SFD_CLOEXEC);
	if (file < 0)
		throw std::system_error(errno, std::generic_category(), "signalfd");
	return file;
}

Exit keep_held(const Context &context, const std::vector<const Device *> &devices,
	       std::deque<Node> &nodes)
{
	auto code = Exit::done;
	std::vector<pollfd> files = {{signals_of_end(), POLLIN, 0}};
	do {
		files.resize(1);
		code = worse(code, hear_all(context, devices, nodes, files));
		if (files.size() > 1)
			poll(files.data(), files.size(), -1);
	} while (files.size() > 1 && !(files[0].revents & POLLIN));
	close(files[0].fd);
	return code;
}

} // namespace scl
