#!/bin/sh
# Part of a lock file, hashes included: `only NAME…` or `without NAME…`, from standard input to standard output.
set -eu
how=$1
shift
exec awk -v how="$how" -v names="$*" '
  BEGIN { count = split(names, list, " "); for (i = 1; i <= count; i++) named[list[i]] = 1 }
  /^[a-zA-Z]/ { name = $0; sub(/[=\[ ].*/, "", name); take = (name in named) == (how == "only") }
  take && !/^ *#/
'
