# Runs a suite in parts: every part runs whatever became of the others; `ended` says how each went and how long it took.
parts=()
failed=0

part() { # part <name> <command...>
  local name=$1 since=$SECONDS verdict=passed
  shift
  echo "== $name"
  "$@" || { verdict=FAILED; failed=1; }
  parts+=("$(printf '%5d s  %-6s  %s' $((SECONDS - since)) "$verdict" "$name")")
}

beside() { # beside <name> <command...>: like part, at the same time as what follows, its output kept for `join`
  beside_name=$1 beside_log=$(mktemp) beside_since=$SECONDS
  shift
  ("$@" >"$beside_log" 2>&1; code=$?; echo "$SECONDS" >"$beside_log.end"; exit $code) &
  beside_pid=$!
}

join() { # join: waits for the part running beside
  local verdict=passed
  wait "$beside_pid" || { verdict=FAILED; failed=1; }
  echo "== $beside_name"
  cat "$beside_log"
  local took=$(($(cat "$beside_log.end") - beside_since))
  parts+=("$(printf '%5d s  %-6s  %s (beside the next)' "$took" "$verdict" "$beside_name")")
  rm -f "$beside_log" "$beside_log.end"
}

ended() {
  echo
  printf '%s\n' "${parts[@]}"
  printf '%5d s  in all\n' "$SECONDS"
  exit $failed
}
