/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: the words of a command one way, what there is to say the
 * other.  One SEQPACKET message each: a JSON array of strings; a byte '0'
 * (done) or '1' (refused) and the text.
 */
#ifndef AW_IDCSIM_CONTROL_H
#define AW_IDCSIM_CONTROL_H

#include "common/outcome.h"

struct aw_sim;

#define AW_SIM_CONTROL_PATH "/run/idcsim.sock"
#define AW_SIM_CONTROL_MAX  (128 * 1024)

/* Accept one client on the listening @fd and serve it.  Never waits longer
 * than a second for it. */
void aw_sim_control_serve(struct aw_sim *sim, int fd);

/*
 * Send the command @argv of @argc words to the simulator at @path and print
 * the answer.  Returns the exit code for main().
 */
int aw_sim_control_ask(const char *path, int argc, char **argv);

#endif
