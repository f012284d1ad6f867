/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso, the command.
 */
#include "awssso/command.h"

int main(int argc, char **argv)
{
	return aw_command_main(argc, argv);
}
