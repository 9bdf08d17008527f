/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns a process that answers on a control socket as a test tells it to. */
#ifndef FAMA_TEST_CONTROL_CHILD_H
#define FAMA_TEST_CONTROL_CHILD_H

#include <sys/types.h>

#include "control/control.h"

/* Returns when the socket listens; ends the test if it does not. */
pid_t control_child_start(const char *path, control_handler handler, void *arg);

/* Asks it to end as famad ends; its exit status. */
int control_child_stop(pid_t pid);

#endif
