// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the maps and the settings: the only definitions, shared by every program.

#include "maps.bpf.h"

struct bindings_map bindings SEC(".maps");
struct traffic_map traffic SEC(".maps");
struct prefixes_map prefixes SEC(".maps");
struct outcomes_map outcomes SEC(".maps");
struct punt_map punt SEC(".maps");
struct scratch_map scratch SEC(".maps");
struct layout_map layout SEC(".maps");
struct rations_map rations SEC(".maps");
struct credit_map credit SEC(".maps");
struct seen_map seen SEC(".maps");
struct defended_map defended SEC(".maps");
struct budget_map budget SEC(".maps");

const volatile struct dataplane_settings settings = {};

char LICENSE[] SEC("license") = "Dual BSD/GPL";
