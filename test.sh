#!/usr/bin/env bash
# Sets up and runs all tests; ends with "N passed, N failed". Arguments go to the test runner.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
command -v dotnet >/dev/null || { echo "test.sh: the .NET 10 SDK is needed, and there is no 'dotnet' on the PATH" >&2; exit 1; }

dotnet build Brink.slnx -c Release -v quiet -nologo || { echo "test.sh: the build failed" >&2; exit 1; }

# The networks of the tests are too small for a second thread; and see Directory.Build.props: the fewer collections the better.
export OMP_NUM_THREADS=1 DOTNET_GCgen0size=0x10000000
passed=0 failed=0
for project in tests/*.Tests; do
  name=$(basename "$project")
  log=$(mktemp)
  "artifacts/bin/$name/release/$name" -noColor -noLogo "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  summary=$(grep -oE "Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+" "$log" | tail -n 1)
  rm -f "$log"
  read -r total errors bad skipped < <(echo "${summary:-Total: 0, Errors: 1, Failed: 0, Skipped: 0}" | grep -oE "[0-9]+" | tr '\n' ' ')
  passed=$((passed + total - bad - skipped))
  failed=$((failed + bad + errors))
  # A runner that ended badly without counting a failure has lost tests.
  if [ "$status" -ne 0 ] && [ "$((bad + errors))" -eq 0 ]; then failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
