/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_FLAKY_TRANSPORT_H
#define SCSI_FLAKY_TRANSPORT_H

struct Scsi_Host;
struct flaky_address;
struct flaky_verb;

const struct flaky_verb *flaky_verb_find(const char *name);
int flaky_verb_apply(const struct flaky_verb *verb, struct Scsi_Host *shost,
		     const struct flaky_address *address);

#endif
