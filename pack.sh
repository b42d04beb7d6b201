#!/usr/bin/env bash
# Makes the packages in artifacts/packages and prints their sizes. Each package of the tool has the libtorch of one platform: by
# default this machine's, with --all-platforms one for each. Other arguments are passed to dotnet pack, such as -p:Version=0.1.1.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
command -v dotnet >/dev/null || { echo "pack.sh: the .NET 10 SDK is needed, and there is no 'dotnet' on the PATH" >&2; exit 1; }
packages=$PWD/artifacts/packages
largest=$((250 * 1000 * 1000))   # bytes that a public feed accepts for one package

# Built in a folder of its own: the symbols of a developer's build have local paths, and neither build makes the other repeat.
properties=(-p:ArtifactsPath="$PWD/artifacts/pack" -p:PackageOutputPath="$packages" -p:RunAnalyzers=false
  -p:CreateHardLinksForPublishFilesIfPossible=true)
if [ -e .git ]; then properties+=(-p:ContinuousIntegrationBuild=true); fi
for argument in "$@"; do
  case $argument in
    --all-platforms) properties+=(-p:AllPlatforms=true) ;;
    *) properties+=("$argument") ;;
  esac
done

mkdir -p "$packages"
rm -f "$packages"/*.nupkg "$packages"/*.snupkg
dotnet pack Brink.slnx -c Release -v quiet -nologo "${properties[@]}"

failed=0
for package in "$packages"/*.nupkg; do
  bytes=$(wc -c <"$package")
  note=""
  if [ "$bytes" -gt "$largest" ]; then note="  TOO LARGE"; failed=1; fi
  awk -v bytes="$bytes" -v name="$(basename "$package")" -v note="$note" 'BEGIN { printf "%8.2f MB  %s%s\n", bytes / 1e6, name, note }'
done
if [ "$failed" -ne 0 ]; then echo "pack.sh: a package exceeds $((largest / 1000000)) MB" >&2; fi
exit "$failed"
