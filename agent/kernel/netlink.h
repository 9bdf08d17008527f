/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns one rtnetlink conversation: request and acknowledgement, dumps, notifications (libmnl). */
#ifndef FAMA_NETLINK_H
#define FAMA_NETLINK_H

#include <stdint.h>

struct nlmsghdr;
struct netlink;

typedef int (*netlink_reader)(const struct nlmsghdr *nlh, void *arg); /* 0, or -errno to stop */

/* For requests: groups 0. For notifications: RTMGRP_* bits; then netlink_fd() is non-blocking.
 * A socket serves one of the two. NULL with errno set. */
struct netlink *netlink_open(unsigned int groups);
void netlink_close(struct netlink *nl);
int netlink_fd(const struct netlink *nl);

/* Sends the request and waits for the kernel's word: 0 or -errno. Sets seq and NLM_F_ACK. */
int netlink_request(struct netlink *nl, struct nlmsghdr *request);
/* Sends a dump request (or a get of one object) and hands each message to `reader`, after the
 * answer has arrived whole and unchanged under the read: `reader` may itself use `nl`. */
int netlink_dump(struct netlink *nl, struct nlmsghdr *request, netlink_reader reader, void *arg);
/* Hands on what has arrived; 0, or -ENOBUFS after an overrun: then dump everything anew. */
int netlink_receive(struct netlink *nl, netlink_reader reader, void *arg);

#endif
