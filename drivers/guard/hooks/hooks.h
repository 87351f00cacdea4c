/* SPDX-License-Identifier: GPL-2.0 */
/* Where the kernel calls this module. */
#ifndef SCSI_LIFECYCLE_HOOKS_H
#define SCSI_LIFECYCLE_HOOKS_H

#include <linux/module.h>

#include "registry/registry.h"

int scl_bus_register(void);
void scl_bus_unregister(void);
void scl_bus_each_host(void (*fn)(struct Scsi_Host *shost));
int scl_class_register(void);
void scl_class_unregister(void);
void scl_container_register(void);
void scl_container_unregister(void);
int scl_module_register(void);
void scl_module_unregister(void);
void scl_module_unloads(struct module *lld);
int scl_reboot_register(void);
void scl_reboot_unregister(void);
int scl_adopt_init(void);
void scl_adopt_exit(void);
void scl_adopt(bool at_load);

/* What the kernel's calls begin and end. */
int scl_host_remember(struct Scsi_Host *shost);
void scl_host_forget(struct Scsi_Host *shost);
void scl_hosts_give_back(void);
void scl_hosts_forget_all(void);
void scl_hosts_forget_lld(struct module *lld);
void scl_lifetime_end(struct work_struct *work);
void scl_lifetimes_end(const struct Scsi_Host *shost, enum scl_stage_event event);

#endif
