# shellcheck shell=bash
# What the scripts have in common: messages, packages, tools. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
run=$root/.run
tools=$run/tools
export PORTAL_TOOLS=$tools
# No stamps in binaries: a checkout that belongs to another user would fail to build.
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
unset GOWORK

say() { printf '%s\n' "$*"; }
die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# quietly LABEL COMMAND… runs the command with its output in .run/logs/, shows how long it takes, and
# shows the end of the output when it fails.
quietly() {
	local label=$1 log started=$SECONDS shown=0 pid status=0
	shift
	mkdir -p "$run/logs"
	log=$run/logs/$(tr -c 'a-zA-Z0-9\n' '-' <<<"$label").log
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		if [[ -t 1 ]]; then
			printf '\r%s … %d s ' "$label" $((SECONDS - started))
		elif ((SECONDS - started >= shown + 20)); then
			shown=$((SECONDS - started))
			printf '%s … %d s\n' "$label" "$shown"
		fi
		sleep 0.2
	done
	wait "$pid" || status=$?
	[[ -t 1 ]] && printf '\r\033[K'
	if [[ $status -ne 0 ]]; then
		tail -n 25 "$log" >&2
		die "$label failed (exit code $status); the whole output is in $log"
	fi
	say "$label: done in $((SECONDS - started)) s"
}

version_at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

need_go() {
	local wanted=1.26 found
	command -v go >/dev/null || die "Go is not installed; $wanted or newer is needed: https://go.dev/dl/"
	found=$(go -C "$root" env GOVERSION) || die "Go does not work here; $wanted or newer is needed: https://go.dev/dl/"
	found=${found#go}
	version_at_least "${found%%[- ]*}" "$wanted" || die "Go $found is too old, $wanted or newer is needed: https://go.dev/dl/"
}

need_node() {
	local found
	if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
		die "Node.js with npm is not installed; 18 or newer is needed"
	fi
	found=$(node --version)
	version_at_least "${found#v}" 18 || die "Node.js $found is too old, 18 or newer is needed"
}

has_package() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

has_postgresql() {
	local server version
	for server in /usr/lib/postgresql/*/bin/postgres; do
		version=${server#/usr/lib/postgresql/}
		version=${version%%/*}
		[[ -x $server && $version -ge 15 ]] && return 0
	done
	return 1
}

has_dictionary() {
	local dir suffix
	for dir in /usr/share/postgresql/*/tsearch_data; do
		for suffix in dict affix stop; do
			[[ -s $dir/portal_uk.$suffix ]] || return 1
		done
	done
}

# need_packages PACKAGE… installs what is missing when root; otherwise it prints the line that does and
# stops. PostgreSQL and the search dictionary are always among what is needed.
need_packages() {
	local missing=() package
	has_postgresql || missing+=(postgresql)
	for package in hunspell-uk "$@"; do
		has_package "$package" || missing+=("$package")
	done
	if [[ ${#missing[@]} -eq 0 ]] && has_dictionary; then return; fi
	command -v apt-get >/dev/null || die "these Debian packages are needed and this is not Debian: ${missing[*]}"
	if [[ $EUID -ne 0 ]]; then
		{
			say "Something that is needed is not installed. Run, then start this again:"
			[[ ${#missing[@]} -eq 0 ]] || say "    sudo apt-get install --yes --no-install-recommends ${missing[*]}"
			has_dictionary || say "    sudo $root/deploy/postgresql/install-dictionary"
		} >&2
		exit 1
	fi
	if [[ ${#missing[@]} -gt 0 ]]; then
		quietly "Reading package lists" apt-get update
		[[ " ${missing[*]} " == *" postgresql "* ]] && no_main_cluster
		quietly "Installing ${missing[*]}" apt_install "${missing[@]}"
		has_postgresql || die "PostgreSQL 15 or newer is needed and this Debian has none that new"
	fi
	has_dictionary || quietly "Installing the Ukrainian search dictionary" "$root/deploy/postgresql/install-dictionary"
}

# browser_package names the browser to test with: the one without windows, which works a third less, or Chromium where that is
# there already and the other cannot be had.
browser_package() {
	if has_package chromium && ! has_package chromium-headless-shell && ! apt_install chromium-headless-shell >/dev/null 2>&1; then
		say chromium
	else
		say chromium-headless-shell
	fi
}

apt_install() {
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

# no_main_cluster keeps Debian from making and starting a server of its own: ours live in .run/.
no_main_cluster() {
	quietly "Installing postgresql-common" apt_install postgresql-common
	sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
}

# build_tool NAME PACKAGE MODULE builds a pinned tool once per version.
build_tool() {
	local name=$1 package=$2 module=$3 version
	version="$(sed -n "s|^[[:space:]]*$module \(v[^ ]*\).*|\1|p" "$root/scripts/tools/go.mod") $(go env GOVERSION)"
	if [[ -x $tools/$name && $(cat "$tools/$name.version" 2>/dev/null) == "$version" ]]; then return; fi
	mkdir -p "$tools"
	quietly "Building $name ${version%% *}" env GOWORK=off go -C "$root/scripts/tools" build -trimpath -ldflags=-s -o "$tools/$name.new" "$package"
	mv -f "$tools/$name.new" "$tools/$name"
	printf '%s\n' "$version" >"$tools/$name.version"
}

# take_tool NAME PACKAGE PATH takes one program out of a Debian package, which is not installed. Where that cannot be done, what
# needs the program is skipped.
take_tool() {
	local name=$1 package=$2 path=$3 dir
	if [[ -x $tools/$name ]] || ! command -v apt-get >/dev/null; then return; fi
	mkdir -p "$tools"
	dir=$(mktemp -d)
	if (cd "$dir" && apt-get download "$package" >&2 && dpkg-deb --fsys-tarfile ./*.deb | tar -xO "$path") >"$dir/program" 2>"$dir/log"; then
		install -m 755 "$dir/program" "$tools/$name"
	else
		say "skipped $name: package $package cannot be fetched: $(grep -m 1 '^E:' "$dir/log")"
	fi
	rm -r "$dir"
}

# build_portal builds the portal's three programs into .run/bin/.
build_portal() {
	local program
	mkdir -p "$run/bin"
	for program in internal-site external-site syncer; do
		quietly "Building $program" go -C "$root/$program" build -o "$run/bin/$program" "./cmd/$program"
	done
}

# build_script NAME builds a program behind the scripts (scripts/cmd/NAME) into .run/bin/.
build_script() {
	mkdir -p "$run/bin"
	GOWORK=off go -C "$root/scripts" build -o "$run/bin/$1" "./cmd/$1"
}

# install_browser_tests fetches what scripts/e2e needs, once per lock file.
install_browser_tests() {
	local dir=$root/scripts/e2e
	if cmp -s "$dir/package-lock.json" "$dir/node_modules/.installed"; then return; fi
	quietly "Installing Playwright and axe" npm --prefix "$dir" ci --no-audit --no-fund
	cp "$dir/package-lock.json" "$dir/node_modules/.installed"
}
