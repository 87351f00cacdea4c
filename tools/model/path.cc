// SPDX-License-Identifier: GPL-2.0
#include "model/path.hpp"

#include <filesystem>

namespace scl {

bool is_path(const std::string &name)
{
	return name.find('/') != name.npos;
}

std::string path_of(const std::string &name)
{
	auto path = name[0] == '/' ? name : std::filesystem::current_path().string() + "/" + name;
	return std::filesystem::path(path).lexically_normal().relative_path().string();
}

} // namespace scl
