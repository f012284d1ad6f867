/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "idcsim serve": options, listeners, loop.
 */
#ifndef AW_IDCSIM_SERVE_H
#define AW_IDCSIM_SERVE_H

/* Returns the exit code for main(): 0 after SIGTERM or SIGINT, 1 when it could
 * not start, 2 for a wrong command line.  Says why on stderr. */
int aw_sim_serve(int argc, char **argv);

#endif
