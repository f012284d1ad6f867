/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso setup: AWS and the daemons, as they are.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/setup.h"

#define STAGED_CONF AW_SETUP_DIR "/stage/etc/awssso/awssso.conf"

/* In the order in which they start. */
static const char *const units[] = {
	"awssso-netd.socket",
	"awsssod-auth.socket",
	"awsssod-ctl.socket",
	"awsssod.service",
};

/* What the README and the guides say, too. */
static const char policy[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", "
    "\"Resource\": \"*\", \"Action\": [\n"
    "  \"identitystore:ListUsers\", \"identitystore:DescribeUser\", "
    "\"identitystore:GetUserId\",\n"
    "  \"identitystore:ListGroups\", "
    "\"identitystore:ListGroupMemberships\", "
    "\"identitystore:ListGroupMembershipsForMember\",\n"
    "  \"sso:ListInstances\", \"sso:ListPermissionSetsProvisionedToAccount\","
    "\n  \"sso:DescribePermissionSet\", \"sso:ListAccountAssignments\"]}]}";

int aw_setup_probe(void)
{
	char netd[600];
	const char *const argv[] = { netd, "--probe", "--config", STAGED_CONF,
		NULL };
	int r;

	r = aw_child_netd(netd, sizeof(netd));
	if (r < 0)
		return aw_setup_refuse("awssso-netd is not installed");
	r = aw_child_run(argv, 120, NULL);
	if (r <= 0)
		return r;
	return aw_setup_refuse(
	    "AWS cannot be asked as it has to be (the lines with \"no\"). A "
	    "right that is missing goes into the host's role:\n%s\n(the sso: "
	    "ones only where permission sets shall be groups by the sweep)",
	    policy);
}

bool aw_setup_has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

int aw_setup_systemctl(const char *verb, bool now, const char *unit)
{
	const char *const argv[] = { "/bin/systemctl", verb, unit,
		now ? "--now" : NULL, NULL };
	struct aw_buf said = AW_BUF_INIT(65536);
	const int r = aw_child_run(argv, 90, &said);

	aw_buf_done(&said);
	return r > 0 ? AW_DENIED : r;
}

void aw_setup_reload_sshd(void)
{
	static const char *const names[] = { "ssh.service", "sshd.service" };

	if (!aw_setup_has_systemd())
		return;
	for (size_t i = 0; i < 2; i++)
		if (aw_setup_systemctl("is-active", false, names[i]) == 0) {
			if (aw_setup_systemctl("reload", false, names[i]) != 0)
				aw_setup_say(
				    "%s could not be reloaded", names[i]);
			return;
		}
}

/* Note it before it is so. */
static int start_unit(struct aw_setup *setup, const char *unit)
{
	struct aw_setup_state *state = &setup->state;
	int r;

	if (aw_setup_systemctl("is-enabled", false, unit) != 0 &&
	    state->n_units < AW_SETUP_UNITS) {
		r = aw_copy(state->units[state->n_units++],
		    sizeof(state->units[0]), unit);
		if (r == 0)
			r = aw_setup_state_write(state);
		if (r < 0)
			return r;
	}
	r = aw_setup_systemctl("enable", true, unit);
	return r == AW_DENIED
		   ? aw_setup_refuse(
			 "%s does not start: journalctl -u %s", unit, unit)
		   : r;
}

int aw_setup_start(struct aw_setup *setup)
{
	static const char *const sync[] = { "/proc/self/exe", "sync", NULL };
	int r = 0;

	if (!aw_setup_has_systemd())
		aw_setup_say("There is no systemd here: awsssod and "
			     "awssso-netd have to run already.");
	/* It may run with settings of before. */
	else if (aw_setup_systemctl("is-active", false, "awsssod.service") == 0)
		r = aw_setup_systemctl("restart", false, "awsssod.service");
	for (size_t i = 0; r == 0 && aw_setup_has_systemd() &&
			   i < sizeof(units) / sizeof(units[0]);
	     i++)
		r = start_unit(setup, units[i]);
	if (r != 0)
		return r;
	aw_setup_say("Reading the directory.");
	r = aw_child_run(sync, 3600, NULL);
	return r > 0 ? aw_setup_refuse("the directory could not be read") : r;
}
