// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "base/address.hpp"
#include "base/exit.hpp"
#include "base/text.hpp"

using namespace scl;

TEST(Address, is_four_numbers_and_nothing_else)
{
	EXPECT_EQ(parse_address("7:0:3:18446744073709551615"),
		  (Address{7, 0, 3, 18446744073709551615ull}));
	for (const char *text :
	     {"", "7", "7:0:0", "7:0:0:1:2", "7:0:0:-1", "7:0:0: 1", "7:0:0:1 ", "7:0:0:x",
	      ":::", "4294967296:0:0:0", "7:0:0:18446744073709551616"})
		EXPECT_FALSE(parse_address(text)) << text;
}

TEST(Address, is_written_as_it_is_read)
{
	EXPECT_EQ(to_text(*parse_address("7:0:3:16385")), "7:0:3:16385");
}

TEST(Text, a_value_of_a_dash_is_not_known)
{
	auto fields = words("disk=- wwid= flush=none flushes=3");
	EXPECT_FALSE(value_of("disk", fields));
	EXPECT_FALSE(value_of("wwid", fields));
	EXPECT_EQ(value_of("flush", fields), "none");
	EXPECT_FALSE(value_of("took_ms", fields));
}

TEST(Text, a_terminal_obeys_nothing_that_is_printed)
{
	EXPECT_EQ(printable("disk\033[2J\n\xff"), "disk\\x1b[2J\\x0a\\xff");
	EXPECT_LE(printable(std::string(10000, 'a')).size(), 410u);
}

TEST(Exit, a_device_that_is_still_there_is_told_before_a_lost_flush)
{
	EXPECT_EQ(worse(Exit::flush_lost, Exit::timed_out), Exit::timed_out);
	EXPECT_EQ(worse(Exit::flush_unknown, Exit::flush_lost), Exit::flush_lost);
	EXPECT_EQ(worse(Exit::done, Exit::flush_unknown), Exit::flush_unknown);
	EXPECT_EQ(worse(Exit::cannot_tell, Exit::found), Exit::found);
	EXPECT_EQ(worse(Exit::done, Exit::done), Exit::done);
}

TEST(Exit, the_table_has_every_code)
{
	auto table = exit_table();
	for (int code = 0; code <= 9; code++)
		EXPECT_NE(table.find("\n  " + std::to_string(code) + "  "), table.npos) << code;
}
