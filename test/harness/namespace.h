/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns network namespaces of a test program's own: made, entered, looked into with commands. */
#ifndef FAMA_TEST_NAMESPACE_H
#define FAMA_TEST_NAMESPACE_H

#include <netinet/in.h>
#include <stdbool.h>

/* Two namespaces without names: they and all in them end with the process. */
struct namespaces {
	int home, peer; /* descriptors for namespace_enter() */
};

/* False, after a loud line on both outputs, where none can be made; main() then returns 77. */
bool namespaces_open(struct namespaces *ns);
void namespaces_close(struct namespaces *ns);
void namespace_enter(int fd);

/* veth `name` in home, `peer` in peer, both up, without DAD; carrier has been waited for. */
void namespace_veth(const struct namespaces *ns, const char *name, const char *peer);

/* Runs a command in the namespace entered; fails the test unless it exits 0. */
void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* First line of what the command prints, "" if nothing; valid until the next call. */
const char *line_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Repeats the command until it prints `expected`, at most 5 s. */
bool becomes(const char *expected, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct in6_addr in6_of(const char *text);

#endif
