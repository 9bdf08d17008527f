/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns Router Advertisements of one access interface (RFC 4861 section 6.2, RFC 6275 section 7). */
#ifndef FAMA_RADV_H
#define FAMA_RADV_H

#include <stdbool.h>

struct dar;
struct dar_interface;
struct radv;

/* Opens the interface's ND socket and starts advertising, unless `ra.mode` is external; NULL with
 * errno set. */
struct radv *radv_new(struct dar *dar, struct dar_interface *interface);
/* `final`: one last RA with router lifetime 0 (section 6.2.5, R-11). */
void radv_free(struct radv *radv, bool final);
/* The link came up or its MAC or MTU changed: advertise anew, soon and three times. */
void radv_link_changed(struct radv *radv);

#endif
