/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: the one judge, and the mapping.  ASCII only by intent: folding or
 * normalising other scripts would give two people one name.
 */
#include "common/name.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* Where a byte may stand, in a name of a user and of a group. */
#define FIRST         1u
#define INNER         2u
#define LETTER        4u /* keeps the name from being a number */
#define GROUP_SHIFT   4  /* the same of a group are in the upper half */
#define OF_BOTH(bits) ((bits) | (bits) << GROUP_SHIFT)
static const uint8_t class_of[256] = {
	['a' ... 'z'] = OF_BOTH(FIRST | INNER | LETTER),
	['_'] = OF_BOTH(FIRST | INNER | LETTER),
	['A' ... 'Z'] = (FIRST | INNER | LETTER) << GROUP_SHIFT,
	['0' ... '9'] = OF_BOTH(FIRST | INNER),
	['-'] = OF_BOTH(INNER),
	['.'] = OF_BOTH(INNER),
	['@'] = OF_BOTH(INNER),
	['+'] = OF_BOTH(INNER),
};

/* The length of the name that begins at @name and ends with a NUL or @len
 * bytes on; 0 when it is not possible. */
static size_t length_of(const char *name, size_t len, bool is_group)
{
	const unsigned char *p = (const unsigned char *)name;
	const unsigned shift = is_group ? GROUP_SHIFT : 0;
	unsigned seen = 0, class;
	size_t i;

	if (len > AW_NAME_MAX + 1)
		len = AW_NAME_MAX + 1;
	for (i = 0; i < len; i++) {
		class = class_of[p[i]];
		if (!(class & INNER << shift))
			break;
		seen |= class;
	}
	if (i == 0 || i > AW_NAME_MAX || (i < len && p[i]) ||
	    !(seen & LETTER << shift) || !(class_of[p[0]] & FIRST << shift) ||
	    p[i - 1] == '.')
		return 0;
	return i;
}

bool aw_name_is_possible(const char *name, size_t len, bool is_group)
{
	return len > 0 && length_of(name, len, is_group) == len;
}

size_t aw_name_judge(const char *name, bool is_group)
{
	const size_t len = length_of(name, SIZE_MAX, is_group);

	return len > 0 && !aw_name_is_reserved(name, len) ? len : 0;
}

/*
 * What base systems and their packages own, and what amounts to root: lower
 * case, by first letter, in order.  Each letter's lengths are computed from its
 * names by the compiler, so that most names are told apart with one bit.
 */
/* clang-format off */
#define A(X) X("abrt") X("adm") X("admin") X("administrator")                  \
	X("alertmanager") X("all") X("almalinux") X("amavis") X("apache")      \
	X("audio") X("avahi") X("avahi-autoipd") X("awssso") X("awssso-net")   \
	X("azureuser")
#define B(X) X("backup") X("bin") X("bind") X("bitnami") X("bluetooth")
#define C(X) X("caddy") X("cdrom") X("centos") X("ceph") X("cgred")            \
	X("chrony") X("clamav") X("clamilt") X("clamscan") X("clamupdate")     \
	X("clevis") X("clock") X("cloud-user") X("cockpit-ws")                 \
	X("cockpit-wsinstance") X("collectd") X("colord") X("containerd")      \
	X("couchdb") X("crio") X("crontab") X("cups") X("cups-browsed")        \
	X("cups-pk-helper") X("cwagent")
#define D(X) X("daemon") X("dbus") X("dd-agent") X("debian") X("debian-exim")  \
	X("debian-spamd") X("debian-tor") X("default") X("dhcpcd") X("dhcpd")  \
	X("dialout") X("dip") X("dirsrv") X("disk") X("dnsmasq") X("docker")   \
	X("dockerroot") X("dovecot") X("dovenull")
#define E(X) X("ec2-instance-connect") X("ec2-user") X("elasticsearch")        \
	X("etcd") X("everyone") X("exim")
#define F(X) X("fax") X("fedora") X("flatpak") X("floppy") X("fluent-bit")     \
	X("fluentd") X("freerad") X("frr") X("frrvty") X("ftp") X("fuse")      \
	X("fwupd-refresh")
#define G(X) X("gamemode") X("games") X("gdm") X("geoclue") X("git")           \
	X("gitlab-runner") X("gluster") X("gnats") X("gnome-initial-setup")    \
	X("gnome-remote-desktop") X("google-sudoers") X("gpio") X("grafana")
#define H(X) X("haclient") X("hacluster") X("halt") X("haproxy") X("hdfs")     \
	X("hplip") X("http") X("hugetlbfs")
#define I(X) X("i2c") X("icinga") X("incus") X("incus-admin") X("influxdb")    \
	X("input") X("ipaapi") X("irc")
#define J(X) X("jackuser") X("jenkins") X("jetty")
#define K(X) X("kafka") X("kdcproxy") X("kernoops") X("kibana") X("kmem")      \
	X("kube") X("kvm")
#define L(X) X("landscape") X("ldap") X("libvirt") X("libvirt-dnsmasq")        \
	X("libvirt-qemu") X("libvirtd") X("libvirtdbus") X("lightdm")          \
	X("lighttpd") X("list") X("lock") X("logcheck") X("logstash") X("lp")  \
	X("lpadmin") X("lxc") X("lxc-dnsmasq") X("lxd")
#define M(X) X("mail") X("mailnull") X("man") X("mapred") X("memcache")        \
	X("memcached") X("messagebus") X("microk8s") X("mlocate") X("mock")    \
	X("mongod") X("mongodb") X("munin") X("mysql")
#define N(X) X("nagios") X("named") X("netdata") X("netdev") X("news")         \
	X("nfsnobody") X("nginx") X("nm-openconnect") X("nm-openvpn")          \
	X("nobody") X("node_exporter") X("nogroup") X("nrpe") X("nscd")        \
	X("nslcd") X("ntp") X("ntpsec") X("nut") X("nvidia-persistenced")
#define O(X) X("opc") X("opendkim") X("opendmarc") X("openldap")               \
	X("opensearch") X("opensuse") X("openvpn") X("openvswitch")            \
	X("operator") X("oracle") X("oslogin")
#define P(X) X("pcp") X("pesign") X("pgbouncer") X("pipewire") X("pkiuser")    \
	X("plocate") X("plugdev") X("podman") X("polkitd") X("polkituser")     \
	X("pollinate") X("postdrop") X("postfix") X("postgres") X("postgrey")  \
	X("power") X("privoxy") X("proftpd") X("prometheus") X("promtail")     \
	X("proxy") X("pulse") X("pulse-access") X("pulse-rt") X("puppet")
#define Q(X) X("qemu") X("quagga")
#define R(X) X("rabbitmq") X("radiusd") X("radvd") X("rdma") X("realtime")     \
	X("redis") X("render") X("rocky") X("root") X("rpc") X("rpcuser")      \
	X("rtkit")
#define S(X) X("sambashare") X("saned") X("sanlock") X("sasl") X("saslauth")   \
	X("scanner") X("sddm") X("setroubleshoot") X("sgx") X("shadow")        \
	X("shutdown") X("slocate") X("smmsp") X("smmta") X("snap_daemon")      \
	X("snapd-range-524288-root") X("solr") X("spamd")                      \
	X("speech-dispatcher") X("spi") X("squid") X("src") X("ssh")           \
	X("ssh_keys") X("sshd") X("ssl-cert") X("ssm-user") X("sssd")          \
	X("staff") X("stapdev") X("stapsys") X("stapunpriv") X("stapusr")      \
	X("statd") X("storage") X("strongswan") X("stunnel") X("stunnel4")     \
	X("sudo") X("sync") X("sys") X("syslog") X("syslog-ng") X("systemd")
#define T(X) X("tape") X("tcpdump") X("td-agent") X("telegraf") X("tftp")      \
	X("tomcat") X("toor") X("toranon") X("trusted") X("tss") X("tty")      \
	X("tuned")
#define U(X) X("ubuntu") X("uml-net") X("unbound") X("unscd") X("usbmux")      \
	X("usbmuxd") X("users") X("utempter") X("utmp") X("uucp") X("uuidd")
#define V(X) X("vagrant") X("valkey") X("varnish") X("varnishlog")             \
	X("vboxadd") X("vboxsf") X("vboxusers") X("vcache") X("video")         \
	X("virusgroup") X("voice") X("vsftpd")
#define W(X) X("wbpriv") X("wheel") X("whoopsie") X("winbindd_priv")           \
	X("wireshark") X("www-data")
#define Y(X) X("yarn")
#define Z(X) X("zabbix") X("zookeeper")
#define UNDERSCORE(X) X("_apt") X("_chrony") X("_dhcpcd") X("_flatpak")        \
	X("_galera") X("_rpc") X("_runit-log") X("_ssh")
/* clang-format on */
#define LENGTH(name) | 1u << (sizeof(name) - 1)
#define ITEM(name)   name,
#define LONGEST      24
#define ROW(list)                                                             \
	{                                                                     \
		.lengths = 0 list(LENGTH),                                    \
		.n = sizeof((const char[][LONGEST]){ list(ITEM) }) / LONGEST, \
		.names = (const char[][LONGEST]){ list(ITEM) },               \
	}

/* By the low five bits of the first byte, which are those of either case. */
static const struct row {
	uint32_t lengths;
	uint32_t n;
	const char (*names)[LONGEST]; /* filled up with NULs */
} reserved[32] = {
	['a' & 31] = ROW(A),
	['b' & 31] = ROW(B),
	['c' & 31] = ROW(C),
	['d' & 31] = ROW(D),
	['e' & 31] = ROW(E),
	['f' & 31] = ROW(F),
	['g' & 31] = ROW(G),
	['h' & 31] = ROW(H),
	['i' & 31] = ROW(I),
	['j' & 31] = ROW(J),
	['k' & 31] = ROW(K),
	['l' & 31] = ROW(L),
	['m' & 31] = ROW(M),
	['n' & 31] = ROW(N),
	['o' & 31] = ROW(O),
	['p' & 31] = ROW(P),
	['q' & 31] = ROW(Q),
	['r' & 31] = ROW(R),
	['s' & 31] = ROW(S),
	['t' & 31] = ROW(T),
	['u' & 31] = ROW(U),
	['v' & 31] = ROW(V),
	['w' & 31] = ROW(W),
	['y' & 31] = ROW(Y),
	['z' & 31] = ROW(Z),
	['_' & 31] = ROW(UNDERSCORE),
};

/* Whatever the case.  Not strncasecmp(): the process that we are in may have a
 * locale where I is no capital of i. */
static bool is_same(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* @word is @name of @len bytes in lower case. */
static bool is_word(const char *word, const char *name, size_t len)
{
	return is_same(word, name, len) && word[len] == '\0';
}

/* systemd makes users by itself, one for each new service of its own. */
static bool is_of_systemd(const char *name, size_t len)
{
	static const char prefix[] = "systemd-";
	const size_t n = sizeof(prefix) - 1;

	return len > n && is_same(prefix, name, n);
}

bool aw_name_is_reserved(const char *name, size_t len)
{
	const struct row *row;
	char second;

	if (is_of_systemd(name, len))
		return true;
	if (len < 2 || len >= LONGEST)
		return false; /* none is that short or that long */
	row = &reserved[name[0] & 31];
	if (!(row->lengths >> len & 1))
		return false;
	second = lower(name[1]);
	for (uint32_t i = 0; i < row->n; i++)
		if (row->names[i][1] == second &&
		    is_word(row->names[i], name, len))
			return true;
	return false;
}

static bool is_domain(const char *text, size_t len)
{
	if (len == 0 || text[0] == '.' || text[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		const char c = lower(text[i]);

		if (!is_lower(c) && !is_digit(c) && c != '-' && c != '.')
			return false;
	}
	return true;
}

static bool is_suffix(const char *text)
{
	for (; *text; text++)
		if (!is_lower(*text) && !is_digit(*text) && *text != '-' &&
		    *text != '_')
			return false;
	return true;
}

int aw_name_rules_add(
    struct aw_name_rules *rules, const char *entry, struct aw_diag *diag)
{
	const char *suffix = strchrnul(entry, ':');
	const size_t len = (size_t)(suffix - entry);
	struct aw_name_domain *add;

	if (*suffix == ':')
		suffix++;
	if (!is_domain(entry, len) || len >= sizeof(add->domain)) {
		aw_diag_set(diag, "\"%s\": not a domain name", entry);
		return -EINVAL;
	}
	if (!is_suffix(suffix) || strlen(suffix) >= sizeof(add->suffix)) {
		aw_diag_set(
		    diag, "\"%s\": a suffix is up to 15 of a-z 0-9 - _", entry);
		return -EINVAL;
	}
	if (rules->n_domains == AW_NAME_DOMAINS_MAX) {
		aw_diag_set(diag, "more than %d domains", AW_NAME_DOMAINS_MAX);
		return -ENOSPC;
	}
	add = &rules->domain[rules->n_domains];
	memset(add, 0, sizeof(*add));
	for (size_t i = 0; i < len; i++)
		add->domain[i] = lower(entry[i]);
	memcpy(add->suffix, suffix, strlen(suffix));
	rules->n_domains++;
	return 0;
}

/* The last word on a finished name. */
static int judge(const char *name, bool is_group, char ret[AW_NAME_SIZE],
    struct aw_diag *diag)
{
	const size_t len = strlen(name);
	char shown[80]; /* of a longer one, the beginning says which */

	(void)aw_text_escape(shown, sizeof(shown), name);
	if (len > AW_NAME_MAX) {
		aw_diag_set(
		    diag, "\"%s\": longer than %d bytes", shown, AW_NAME_MAX);
		return AW_DENIED;
	}
	if (!aw_name_is_possible(name, len, is_group)) {
		aw_diag_set(diag, "\"%s\": not usable as a %s name (%s)", shown,
		    is_group ? "group" : "user",
		    "allowed are a-z 0-9 _ - . @ + with a letter, not "
		    "beginning with - . @ + nor ending in .");
		return AW_DENIED;
	}
	if (aw_name_is_reserved(name, len)) {
		aw_diag_set(diag, "\"%s\": reserved for the system", shown);
		return AW_DENIED;
	}
	memcpy(ret, name, len + 1);
	return 0;
}

int aw_name_of_user(const struct aw_name_rules *rules, const char *user_name,
    char ret[AW_NAME_SIZE], struct aw_diag *diag)
{
	const struct aw_name_domain *match = NULL;
	const char *at = strrchr(user_name, '@');
	char name[AW_USER_NAME_MAX + 17];
	size_t len = strlen(user_name);

	if (len > AW_USER_NAME_MAX) {
		aw_diag_set(diag, "longer than %d bytes", AW_USER_NAME_MAX);
		return AW_DENIED;
	}
	for (size_t i = 0; at && !match && i < rules->n_domains; i++)
		if (!strcasecmp(rules->domain[i].domain, at + 1))
			match = &rules->domain[i];
	if (match)
		len = (size_t)(at - user_name);
	for (size_t i = 0; i < len; i++)
		name[i] = lower(user_name[i]);
	name[len] = '\0';
	if (match)
		memcpy(name + len, match->suffix, strlen(match->suffix) + 1);
	return judge(name, false, ret, diag);
}

int aw_name_of_group(
    const char *display_name, char ret[AW_NAME_SIZE], struct aw_diag *diag)
{
	char name[AW_NAME_SIZE + 2];
	bool blank = false;
	size_t len = 0;

	for (const char *p = display_name; *p; p++) {
		if (*p == ' ' || *p == '\t') {
			blank = true;
			continue;
		}
		if (len >= AW_NAME_SIZE) {
			aw_diag_set(diag, "longer than %d bytes", AW_NAME_MAX);
			return AW_DENIED;
		}
		if (blank && len > 0 && name[len - 1] != '-')
			name[len++] = '-';
		blank = false;
		name[len++] = lower(*p);
	}
	name[len] = '\0';
	return judge(name, true, ret, diag);
}

int aw_name_of_set(const char *pattern, const char *set, char ret[AW_NAME_SIZE],
    struct aw_diag *diag)
{
	const char *hole = strstr(pattern, "%s");
	char name[AW_NAME_SIZE];

	if (!hole || strchr(pattern, '%') != hole || strchr(hole + 1, '%')) {
		aw_diag_set(diag, "\"%s\": needs exactly one %%s", pattern);
		return AW_DENIED;
	}
	if (aw_fmt(name, sizeof(name), "%.*s%s%s", (int)(hole - pattern),
		pattern, set, hole + 2) < 0) {
		aw_diag_set(diag, "longer than %d bytes", AW_NAME_MAX);
		return AW_DENIED;
	}
	return judge(name, true, ret, diag);
}

bool aw_name_is_of_set(const char *pattern, const char *name)
{
	const char *const hole = strstr(pattern, "%s");
	const size_t len = strlen(name);
	size_t before, behind;

	if (!hole)
		return false;
	before = (size_t)(hole - pattern);
	behind = strlen(hole + 2);
	return before + behind > 0 && len > before + behind &&
	       is_same(pattern, name, before) &&
	       is_same(hole + 2, name + len - behind, behind);
}

/* Empty, "." or "..": a component that leads elsewhere than it says. */
static bool is_bad_component(const char *text, size_t len)
{
	return len == 0 || (len <= 2 && text[0] == '.' && text[len - 1] == '.');
}

bool aw_name_is_path(const char *path, size_t len)
{
	size_t start = 1; /* of the component being looked at */

	if (len < 2 || path[0] != '/' || !aw_text_is_clean(path, len) ||
	    memchr(path, ':', len))
		return false;
	for (size_t i = 1; i <= len; i++) {
		if (i < len && path[i] != '/')
			continue;
		if (is_bad_component(path + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}
