// SPDX-License-Identifier: GPL-2.0
#include "tool.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static std::string taken(std::FILE *file)
{
	std::string text;
	std::rewind(file);
	for (int c; (c = std::fgetc(file)) != EOF;)
		text += static_cast<char>(c);
	std::fclose(file);
	return text;
}

Ran run_tool(const Tree &tree, const std::vector<std::string> &words,
	     const std::vector<std::string> &before)
{
	auto root = tree.root();
	std::vector<char *> arguments;
	auto add = [&](const std::string &word) {
		arguments.push_back(const_cast<char *>(word.c_str()));
	};
	const std::string tool = TOOL, option = "--root";
	for (const auto &word : before)
		add(word);
	add(tool);
	add(option);
	add(root);
	for (const auto &word : words)
		add(word);
	arguments.push_back(nullptr);
	auto *out = std::tmpfile(), *err = std::tmpfile();
	auto pid = fork();
	if (pid == 0) {
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		execvp(arguments[0], arguments.data());
		_exit(127);
	}
	int status;
	waitpid(pid, &status, 0);
	return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status, taken(out), taken(err)};
}
