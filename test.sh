#!/usr/bin/env bash
# Sets up and runs all tests; ends with "N passed, N failed". Arguments go to the test runner.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
command -v dotnet >/dev/null || { echo "test.sh: the .NET 10 SDK is needed, and there is no 'dotnet' on the PATH" >&2; exit 1; }

dotnet build Brink.slnx -c Release -v quiet -nologo || { echo "test.sh: the build failed" >&2; exit 1; }

# The networks of the tests are too small for a second thread; and see build/Brink.props: the fewer collections the better.
export OMP_NUM_THREADS=1 DOTNET_GCgen0size=0x10000000
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0 failed=0

# project NAME ARGUMENTS...: runs the tests of one project; its output also goes to a file, its exit code to another.
project() {
  "artifacts/bin/$1/release/$1" -noColor -noLogo "${@:2}" 2>&1 | tee "$logs/$1"
  echo "${PIPESTATUS[0]}" >"$logs/$1.status"
}

# count NAME: adds what a project reported.
count() {
  local summary status total errors bad skipped
  summary=$(grep -oE "Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+" "$logs/$1" | tail -n 1)
  status=$(cat "$logs/$1.status")
  read -r total errors bad skipped < <(echo "${summary:-Total: 0, Errors: 1, Failed: 0, Skipped: 0}" | grep -oE "[0-9]+" | tr '\n' ' ')
  passed=$((passed + total - bad - skipped))
  failed=$((failed + bad + errors))
  # A runner that ended badly without counting a failure has lost tests.
  if [ "$status" -ne 0 ] && [ "$((bad + errors))" -eq 0 ]; then failed=$((failed + 1)); fi
}

# The longest project runs in parallel to the others and is shown after them. What runs in the background ignores Ctrl-C; a test that
# presses it starts its child with the default (tests/Shared/ChildProcess.cs).
longest=Brink.Tests
project "$longest" "$@" >/dev/null </dev/null &
for folder in tests/*.Tests; do
  name=$(basename "$folder")
  if [ "$name" = "$longest" ]; then continue; fi
  project "$name" "$@"
  count "$name"
done
wait
cat "$logs/$longest"
count "$longest"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
