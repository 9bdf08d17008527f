/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the trial of the LWT xmit program: what a DAR itself sends to an away HoA. */
#ifndef FAMA_VM_LOCAL_PACKET_H
#define FAMA_VM_LOCAL_PACKET_H

#include <stdbool.h>
#include <stddef.h>

/* Needs the links acc0 and core0, up. False: `why` says what was not as it should be. */
bool local_packet_is_encapsulated(const char *object_path, char *why, size_t size);

#endif
