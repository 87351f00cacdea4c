// SPDX-License-Identifier: GPL-2.0
//
// text FUNCTION...: a line for each of these functions of the running kernel and its modules, with
// its size and a sum of the bytes that are executed there now, calls and jumps that the kernel has
// patched included. One that there is not, because the compiler has no use for it by itself, is
// left out.
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct symbol {
	uint64_t address;
	const char *name; /* Of a function that was asked for, else NULL. */
};

static struct symbol *symbols;
static size_t count;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static const char *wanted(const char *name, char **names)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return *names;
	return NULL;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *left = a, *right = b;

	return (left->address > right->address) - (left->address < right->address);
}

/* All of them, because a function ends where the next symbol begins. */
static void read_symbols(char **names)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	size_t room = 0;
	char line[1024], name[512], type;
	unsigned long long address;

	if (!file)
		die("/proc/kallsyms");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %c %511s", &address, &type, name) != 3)
			continue;
		if (count == room) {
			room = room ? room * 2 : 1 << 16;
			symbols = realloc(symbols, room * sizeof(*symbols));
			if (!symbols)
				die("symbols");
		}
		symbols[count].address = address;
		symbols[count].name = strchr("tTwW", type) ? wanted(name, names) : NULL;
		count++;
	}
	fclose(file);
	qsort(symbols, count, sizeof(*symbols), by_address);
}

static void read_at(int fd, uint64_t offset, void *data, size_t size)
{
	if (pread(fd, data, size, offset) != (ssize_t)size)
		die("/proc/kcore");
}

static uint64_t offset_of(int kcore, uint64_t address)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	int i;

	read_at(kcore, 0, &header, sizeof(header));
	for (i = 0; i < header.e_phnum; i++) {
		read_at(kcore, header.e_phoff + i * sizeof(segment), &segment, sizeof(segment));
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
		    address - segment.p_vaddr < segment.p_memsz)
			return segment.p_offset + (address - segment.p_vaddr);
	}
	fprintf(stderr, "%llx is not in /proc/kcore\n", (unsigned long long)address);
	exit(1);
}

/* FNV-1a. */
static uint64_t sum_of(const unsigned char *data, size_t size)
{
	uint64_t sum = 0xcbf29ce484222325;

	while (size--)
		sum = (sum ^ *data++) * 0x100000001b3;
	return sum;
}

static void tell(int kcore, size_t at)
{
	static unsigned char data[1 << 16];
	size_t next = at, size;

	while (next < count && symbols[next].address == symbols[at].address)
		next++;
	size = next < count ? symbols[next].address - symbols[at].address : 0;
	if (!size || size > sizeof(data)) {
		fprintf(stderr, "%s has no end\n", symbols[at].name);
		exit(1);
	}
	read_at(kcore, offset_of(kcore, symbols[at].address), data, size);
	printf("%s %zu %016llx\n", symbols[at].name, size, (unsigned long long)sum_of(data, size));
}

int main(int argc, char **argv)
{
	int kcore = open("/proc/kcore", O_RDONLY), told = 0;
	size_t i;

	if (kcore < 0)
		die("/proc/kcore");
	read_symbols(argv + 1);
	for (i = 0; i < count; i++) {
		if (!symbols[i].name)
			continue;
		tell(kcore, i);
		told++;
	}
	if (!told) {
		fprintf(stderr, "none of %d functions is there\n", argc - 1);
		return 1;
	}
	return 0;
}
