/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the shape of every map and of the settings; maps.bpf.c defines them, programs declare them
 * here. */
#ifndef FAMA_MAPS_BPF_H
#define FAMA_MAPS_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "fama/dataplane.h"

enum {
	BINDING_DEFAULT = 65536, /* the agent sets its own number before loading */
	PUNT_OCTETS = 4 * 1024 * 1024,
	SEEN_MIN = 65536, /* the agent makes it as large as `bindings` if that is more */
	DEFENDED_MAX = 1024,
};

/* What bpf_ringbuf_output() copies from: no verifier of 6.1 takes packet octets of variable
 * length straight into a reserved record (measured on 6.1.0 and 6.18). */
struct punt_frame {
	struct punt_header header;
	__u8 octets[FAMA_PUNT_FRAME_MAX];
	__u8 reserved[2];
};

/* What is limited for itself, so that a stranger who spends one leaves the others alone. */
enum ration_kind {
	RATION_TOO_BIG,      /* Packet Too Big, made here or by the agent */
	RATION_ABOUT_TUNNEL, /* errors received about a tunnel, handed up */
	RATION_HOME_ADDRESS, /* Home Address option of a stranger, handed up */
	RATION_CONFLICT,     /* somebody claims what we defend, handed up */
	RATION_SEEN,         /* rows made in `seen`, or given to another neighbour */
	RATION_UNSEEN,       /* packets to addresses that are not in it */
	RATION_KIND_MAX,
};

/* Token bucket of one kind on one CPU. */
struct ration {
	__u64 refilled_ns;
	__u64 saved_ns; /* time saved up; one of the kind costs a fixed part of a second */
};

struct bindings_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BINDING_DEFAULT);
	__type(key, __u8[16]);
	__type(value, struct binding);
};

struct traffic_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BINDING_DEFAULT);
	__type(key, __u8[16]);
	__type(value, struct traffic);
};

struct prefixes_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FAMA_PREFIX_MAX);
	__type(key, __u8[16]);
	__type(value, struct anchored_prefix);
};

struct outcomes_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, OUTCOME_MAX);
	__type(key, __u32);
	__type(value, struct outcome_count);
};

struct punt_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, PUNT_OCTETS);
};

struct scratch_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct punt_frame);
};

struct layout_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct layout);
};

struct rations_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RATION_KIND_MAX);
	__type(key, __u32);
	__type(value, struct ration);
};

struct credit_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BINDING_DEFAULT);
	__type(key, __u8[16]);
	__type(value, struct credit);
};

struct seen_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SEEN_MIN);
	__type(key, __u8[16]);
	__type(value, struct seen);
};

struct defended_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DEFENDED_MAX);
	__type(key, __u8[16]);
	__type(value, struct defended);
};

struct budget_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FAMA_BUDGET_GLOBAL + 1);
	__type(key, __u32);
	__type(value, __u64);
};

/*
 * No SEC(".maps") here: with it the linker of libbpf 1.1 keeps offset 0 from an extern that it
 * meets before the definition, and the object does not open.
 */
extern struct bindings_map bindings;
extern struct traffic_map traffic;
extern struct prefixes_map prefixes;
extern struct outcomes_map outcomes;
extern struct punt_map punt;
extern struct scratch_map scratch;
extern struct layout_map layout;
extern struct rations_map rations;
extern struct credit_map credit;
extern struct seen_map seen;
extern struct defended_map defended;
extern struct budget_map budget;

extern const volatile struct dataplane_settings settings;

#endif
