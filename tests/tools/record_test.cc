// SPDX-License-Identifier: GPL-2.0
#include "node/record.hpp"

#include <cstring>
#include <gtest/gtest.h>

#include "kernel.hpp"
#include "print/event.hpp"

using namespace scl;

static std::string bytes_of(const Record &record, std::size_t size)
{
	std::string bytes(size, '\x7f');
	std::memcpy(bytes.data(), &record, std::min(size, sizeof(record)));
	bytes[offsetof(Record, size)] = static_cast<char>(size);
	return bytes;
}

TEST(Record, a_reader_steps_by_the_size_that_each_record_states)
{
	auto bytes = bytes_of(began(1), 48) + bytes_of(ended(2, SCSI_LIFECYCLE_FLUSH_NONE), 48);
	std::string_view rest = bytes;
	EXPECT_EQ(take_record(rest)->time, 1u);
	auto second = take_record(rest);
	ASSERT_TRUE(second);
	EXPECT_TRUE(is_gone(*second));
	EXPECT_TRUE(rest.empty());
}

TEST(Record, one_of_an_older_kernel_has_nothing_behind_its_end)
{
	auto bytes = bytes_of(ended(2, SCSI_LIFECYCLE_FLUSH_KILLED), 24);
	std::string_view rest = bytes;
	auto record = take_record(rest);
	ASSERT_TRUE(record);
	EXPECT_EQ(flush_name(*record), "killed");
	EXPECT_EQ(record->result, 0u);
}

TEST(Record, a_part_of_one_is_kept_until_it_is_whole)
{
	auto bytes = bytes_of(began(1), 32);
	for (std::size_t size = 0; size < bytes.size(); size++) {
		std::string_view part(bytes.data(), size);
		EXPECT_FALSE(take_record(part));
		EXPECT_EQ(part.size(), size);
	}
}

TEST(Record, a_size_that_has_no_room_for_itself_ends_nothing)
{
	auto bytes = bytes_of(began(1), 32);
	bytes[offsetof(Record, size)] = 3;
	std::string_view rest = bytes;
	EXPECT_FALSE(take_record(rest));
}

TEST(Record, a_value_that_is_not_known_is_shown_as_such)
{
	auto record = began(1);
	record.cause = 99;
	record.to = 0x80 | 77;
	EXPECT_EQ(cause_name(record), "?");
	EXPECT_EQ(state_name(record.to), "?+blocked");
}

TEST(Event, one_that_is_not_known_is_no_removal)
{
	auto record = began(1500000000);
	record.type = 9;
	auto event = event_of({2, 0, 0, 0}, record);
	EXPECT_EQ(event.what, "?");
	EXPECT_EQ(event_text(event), "     1.500 2:0:0:0 an event of a newer module, which this "
				     "program does not know\n");
}

TEST(Event, a_hosts_event_has_what_is_known_of_the_removed_device)
{
	std::map<std::string, const char *> properties = {
		{"SCSI_LIFECYCLE_REMOVED", "7:0:0:1"}, {"SCSI_LIFECYCLE_FLUSH", "killed"},
		{"SCSI_LIFECYCLE_NUMBER", "41"},       {"SCSI_LIFECYCLE_DISK", "sdc"},
		{"SCSI_LIFECYCLE_WWID", "-"},	       {"SCSI_LIFECYCLE_TOOK_MS", "203"}};
	auto property = [&](const char *name) -> const char * {
		auto found = properties.find(name);
		return found == properties.end() ? nullptr : found->second;
	};
	auto event = event_of(property, 12345678901);
	ASSERT_TRUE(event);
	EXPECT_EQ(event_text(*event),
		  "    12.345 7:0:0:1 (sdc) removed in 0.2 s, flush LOST: it was "
		  "cut off, or never sent\n");
	EXPECT_EQ(
		event_json(*event),
		"{\"version\":1,\"time_ns\":12345678901,\"hctl\":\"7:0:0:1\",\"event\":\"removed\","
		"\"from\":null,\"to\":null,\"cause\":null,\"flush\":\"killed\",\"lost\":0,"
		"\"number\":41,\"disk\":\"sdc\",\"wwid\":null,\"took_ms\":203}\n");
	properties.clear();
	EXPECT_FALSE(event_of(property, 0));
}
