/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns when the ring buffer of the data plane is emptied, and by how much at a time. */
#ifndef FAMA_PUNT_TURNS_H
#define FAMA_PUNT_TURNS_H

struct dar;
struct punt_turns;

struct punt_turns *punt_turns_new(struct dar *dar);
void punt_turns_free(struct punt_turns *turns); /* NULL is fine */

#endif
