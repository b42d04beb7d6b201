#!/usr/bin/env bash
# Builds and runs all tests; the last line is "N passed, N failed". Arguments are passed to the test runner.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
command -v dotnet >/dev/null || { echo "test.sh: 'dotnet' is not on the PATH; install the .NET 10 SDK" >&2; exit 1; }

build/compile test.sh Brink.slnx || exit 1

# The networks of the tests are too small for a second thread. Fewer collections are better: see build/Brink.props.
export OMP_NUM_THREADS=1 DOTNET_GCgen0size=0x10000000
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0 failed=0

# project NAME ARGUMENTS...: runs the tests of one project; its output also goes to a file, and its exit code to another file.
project() {
  "artifacts/bin/$1/release/$1" -noColor -noLogo "${@:2}" 2>&1 | tee "$logs/$1"
  echo "${PIPESTATUS[0]}" >"$logs/$1.status"
}

# count NAME: adds the results of a project to the totals.
count() {
  local summary status total errors bad skipped
  summary=$(grep -oE "Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+" "$logs/$1" | tail -n 1)
  status=$(cat "$logs/$1.status")
  read -r total errors bad skipped < <(echo "${summary:-Total: 0, Errors: 1, Failed: 0, Skipped: 0}" | grep -oE "[0-9]+" | tr '\n' ' ')
  passed=$((passed + total - bad - skipped))
  failed=$((failed + bad + errors))
  # A runner that failed without a failed test has lost tests.
  if [ "$status" -ne 0 ] && [ "$((bad + errors))" -eq 0 ]; then failed=$((failed + 1)); fi
}

# The longest project runs in parallel with the others, and its output follows theirs. Processes in the background ignore
# Ctrl-C; a test that sends it starts its child with the default action (tests/Shared/ChildProcess.cs).
longest=Brink.Tests
project "$longest" "$@" >/dev/null </dev/null &
for folder in tests/*.Tests; do
  name=$(basename "$folder")
  if [ "$name" = "$longest" ]; then continue; fi
  project "$name" "$@"
  count "$name"
done
echo "test.sh: waiting for $longest" >&2
wait
cat "$logs/$longest"
count "$longest"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
