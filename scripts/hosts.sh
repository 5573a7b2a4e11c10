# shellcheck shell=bash
# Hosts made of namespaces: each has a network, processes, /etc, /run, /opt and PostgreSQL folders of its own, on the
# programs of this machine. Sourced, never run. Nothing is left on the machine: a host is gone with its first process.

declare -A host_pid=() host_top=()
groups_of_hosts="" # the control group of a host that runs systemd

# host NAME [systemd] makes a host; its network has nothing but lo. With systemd its first process is that, with nothing
# to start but what is asked for; where this machine cannot, units are started without it.
host() {
	local name=$1 top init=(sleep infinity) into=() deadline=$((SECONDS + 10)) child=""
	if [[ ${2:-} == systemd ]] && control_group; then
		# shellcheck disable=SC2016
		into=(bash -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$groups_of_hosts" unshare --cgroup)
		# shellcheck disable=SC2016
		init=(bash -c 'until [[ -e /run/set-up ]]; do sleep 0.02; done; container=hosts exec /lib/systemd/systemd --system \
			--unit=nothing.target --log-target=console --log-level=warning --show-status=no')
	fi
	"${into[@]}" unshare --mount --net --pid --fork --mount-proc --kill-child "${init[@]}" >"${work:?}/$name.log" 2>&1 &
	top=$!
	host_top[$name]=$top
	until child=$(cat "/proc/$top/task/$top/children" 2>/dev/null) && [[ $child == *[0-9]* &&
		$(cat "/proc/${child%% *}/comm" 2>/dev/null) == "${init[0]}" ]]; do
		((SECONDS < deadline)) || die "host $name does not start"
		sleep 0.02
	done
	host_pid[$name]=${child%% *}
	# shellcheck disable=SC2016 # it is that host's shell that looks at the variables
	on "$name" bash -ec '
		ip link set lo up
		mount -t tmpfs none /mnt
		for d in etc var; do
			mkdir -p /mnt/$d /mnt/work/$d
			mount -t overlay none -o lowerdir=/$d,upperdir=/mnt/$d,workdir=/mnt/work/$d /$d
		done
		for d in /run /opt /etc/postgresql /etc/systemd/system /var/lib/postgresql /var/log/postgresql; do mount -t tmpfs -o mode=755 none $d; done
		mkdir -p /opt/portal/bin /etc/portal /run/postgresql
		chown postgres: /var/lib/postgresql /var/log/postgresql /run/postgresql'
	[[ ${init[0]} != bash ]] || under_systemd "$name"
}

# control_group makes a control group for systemd, where there are such of version 2.
control_group() {
	local at
	at=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[[ -n $at && -x /lib/systemd/systemd ]] || return 1
	groups_of_hosts=$at$(sed -n 's/^0:://p' /proc/self/cgroup)/hosts-$$
	mkdir "$groups_of_hosts" 2>/dev/null || { groups_of_hosts=""; return 1; }
}

# under_systemd lets a host's first process become systemd, which finds nothing of this machine's to start.
under_systemd() {
	# shellcheck disable=SC2016
	on "$1" bash -ec '
		mount -t tmpfs none /sys/fs/cgroup
		mount -t cgroup2 none /sys/fs/cgroup
		for f in /lib/systemd/system/*.wants/*; do ln -sf /dev/null "/etc/systemd/system/${f##*/}"; done
		printf "[Unit]\nDefaultDependencies=no\n" >/etc/systemd/system/nothing.target
		touch /run/set-up'
	within 20 on "$1" systemctl is-system-running >/dev/null 2>&1 || die "systemd does not start; see $work/$1.log"
}

# on HOST COMMAND… runs a command there as root.
on() {
	local name=$1
	shift
	nsenter --target "${host_pid[$name]}" --mount --net --pid --cgroup -- "$@"
}

# as HOST USER COMMAND… runs a command there as a user without any right of root.
as() {
	local name=$1 user=$2 group
	shift 2
	group=$(on "$name" id -g "$user")
	on "$name" setpriv --reuid "$user" --regid "$group" --init-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"
}

# cable HOST ADDRESS/BITS HOST ADDRESS/BITS joins two hosts by a line of their own; the end's device is named for the peer.
cable() {
	ip link add "to-$3" netns "${host_pid[$1]}" type veth peer name "to-$1" netns "${host_pid[$3]}"
	local name device address now
	for name in "$1 to-$3 $2" "$3 to-$1 $4"; do
		read -r name device address <<<"$name"
		for address in ${address//,/ }; do
			now=()
			[[ $address != *:* ]] || now=(nodad)
			on "$name" ip address add "$address" dev "$device" "${now[@]}"
		done
		on "$name" ip link set "$device" up
	done
}

# setting UNIT KEY is what a unit file says for a key, a line for each time; nothing when it does not.
setting() { sed -n "s/^$2=//p" "${root:?}/deploy/systemd/$1.service"; }

# unit HOST NAME starts a unit of deploy/systemd there: by systemd where the host has it, otherwise as systemd would: its user and groups, no capabilities, its folder
# in /run; filters of addresses and system calls and a read-only file system are then missing.
unit() {
	local user group folder command environment groups log=${work:?}/$2.log
	if [[ -n $groups_of_hosts ]]; then
		on "$1" install -m 644 "${root:?}/deploy/systemd/$2.service" /etc/systemd/system/
		on "$1" mkdir "/etc/systemd/system/$2.service.d"
		on "$1" tee "/etc/systemd/system/$2.service.d/log.conf" <<<$'[Service]\nStandardError=inherit\nStandardOutput=append:'"$log" >/dev/null
		on "$1" systemctl daemon-reload
		on "$1" systemctl start --no-block "$2"
		return
	fi
	user=$(setting "$2" User) group=$(setting "$2" Group) folder=$(setting "$2" RuntimeDirectory)
	mapfile -t groups < <(setting "$2" SupplementaryGroups)
	mapfile -t environment < <(setting "$2" Environment)
	read -ra command < <(setting "$2" ExecStart)
	if [[ -n $folder ]]; then
		on "$1" install -d -o "$user" -g "$group" -m "$(setting "$2" RuntimeDirectoryMode)" "/run/$folder"
	fi
	# shellcheck disable=SC2016
	on "$1" prlimit --core=0 setpriv --reuid "$user" --regid "$group" --groups "$(IFS=,; echo "${groups[*]:-$group}")" \
		--no-new-privs --inh-caps=-all --bounding-set=-all -- env -i PATH=/usr/bin:/bin "${environment[@]}" \
		bash -c 'umask "$1"; shift; cd /; exec "$@"' - "$(setting "$2" UMask)" "${command[@]}" >"$log" 2>&1 &
}

# reaches HOST USER ADDRESS PORT: can the user open a TCP connection?
reaches() {
	# shellcheck disable=SC2016
	as "$1" "$2" timeout 2 bash -c 'exec 3<>"/dev/tcp/$1/$2"' - "$3" "$4" 2>/dev/null
}

# listens HOST PORT stands in for a program on every address of a host.
listens() {
	# shellcheck disable=SC2016
	on "$1" perl -MSocket=:DEFAULT,inet_pton -e 'socket(my $s, PF_INET6, SOCK_STREAM, 0); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
		bind($s, pack_sockaddr_in6($ARGV[0], inet_pton(AF_INET6, "::"))) && listen($s, 50) or die $!;
		while (1) { accept(my $c, $s); close $c }' "$2" 2>>"${work:?}/listens.log" &
}

# quit_hosts ends every host with all that runs in it.
quit_hosts() {
	local pids
	mapfile -t pids < <(jobs -p)
	[[ ${#pids[@]} -eq 0 ]] || disown -a
	[[ -z $groups_of_hosts ]] || on inside systemctl stop 'portal-*' 2>/dev/null || true # removes its private /tmp
	[[ ${#host_top[@]} -eq 0 ]] || kill -KILL "${host_top[@]}" 2>/dev/null || true
	[[ -z $groups_of_hosts ]] || within 10 no_groups || say "left over: $groups_of_hosts" >&2
}

no_groups() { find "$groups_of_hosts" -depth -type d -exec rmdir {} + 2>/dev/null; [[ ! -e $groups_of_hosts ]]; }
