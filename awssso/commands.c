/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of subcommands, in the order in which they are shown.
 */
#include "awssso/commands.h"

const struct aw_command *const aw_commands[] = {
	&aw_command_login,
	&aw_command_why,
	&aw_command_explain,
	&aw_command_revoke,
	&aw_command_reap,
	&aw_command_status,
	&aw_command_sync,
	&aw_command_doctor,
	&aw_command_publish,
	&aw_command_lookup,
	&aw_command_try,
	&aw_command_setup,
	&aw_command_config,
	&aw_command_limits,
	&aw_command_ids_list,
	&aw_command_ids_adopt,
	&aw_command_ids_rename,
	&aw_command_ids_export,
	&aw_command_ids_import,
	&aw_command_snapshot_build,
	&aw_command_snapshot_dump,
};
const size_t aw_n_commands = sizeof(aw_commands) / sizeof(aw_commands[0]);
