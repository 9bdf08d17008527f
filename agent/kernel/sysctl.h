/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns /proc/sys/net/ipv6: values read, set and restored. */
#ifndef FAMA_SYSCTL_H
#define FAMA_SYSCTL_H

/* net/ipv6/conf/IFNAME/KEY as a number; -errno if unreadable. */
int sysctl_conf_get(const char *ifname, const char *key, int *value);
int sysctl_conf_set(const char *ifname, const char *key, int value);

#endif
