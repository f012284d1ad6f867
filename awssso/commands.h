/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subcommands: each lives in the file of its name.
 */
#ifndef AW_AWSSSO_COMMANDS_H
#define AW_AWSSSO_COMMANDS_H

#include "awssso/command.h"

extern const struct aw_command aw_command_config;
extern const struct aw_command aw_command_doctor;
extern const struct aw_command aw_command_explain;
extern const struct aw_command aw_command_revoke;
extern const struct aw_command aw_command_reap;
extern const struct aw_command aw_command_ids_adopt;
extern const struct aw_command aw_command_ids_export;
extern const struct aw_command aw_command_ids_import;
extern const struct aw_command aw_command_ids_list;
extern const struct aw_command aw_command_ids_rename;
extern const struct aw_command aw_command_limits;
extern const struct aw_command aw_command_login;
extern const struct aw_command aw_command_lookup;
extern const struct aw_command aw_command_setup;
extern const struct aw_command aw_command_snapshot_build;
extern const struct aw_command aw_command_snapshot_dump;
extern const struct aw_command aw_command_status;
extern const struct aw_command aw_command_publish;
extern const struct aw_command aw_command_sync;
extern const struct aw_command aw_command_try;
extern const struct aw_command aw_command_why;

#endif
