/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the read-only settings of a BPF object that is opened and not yet loaded. */
#ifndef FAMA_VM_SETTINGS_H
#define FAMA_VM_SETTINGS_H

#include "fama/dataplane.h"

struct bpf_object;

/* 0, or -ENOENT if the object has no such variable, or one of another size. */
int settings_put(struct bpf_object *object, const struct dataplane_settings *settings);

/* Every interface, every prefix, every option: no branch is dead when the verifier walks it. */
struct dataplane_settings settings_full(void);

#endif
