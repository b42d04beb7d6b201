#!/usr/bin/env bash
# Builds the documentation site into artifacts/site: the pages of docs/, the API reference from the doc comments, and
# the source files that the pages link to. A broken link is an error.
#
#   docs/build.sh && dotnet docfx serve artifacts/site
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source=artifacts/site-source
rm -rf artifacts/site "$source"
mkdir -p "$source"
cp -r docs/. "$source"

# A link to a source file becomes a link to a page that shows it.
grep -rhoE --include='*.md' '\]\((\.\./)+(src|bench|samples)/[^)]+\.cs\)' "$source" |
  sed -E 's/^\]\((\.\.\/)+//; s/\)$//' | sort -u |
  while read -r file; do
    page="$source/code/$file.md"
    mkdir -p "$(dirname "$page")"
    { echo "# $file"; echo; echo '```csharp'; cat "$file"; echo '```'; } >"$page"
  done
find "$source" -name '*.md' -exec \
  sed -i -E 's#\]\(((\.\./)*)\.\./(src|bench|samples)/([^)]+\.cs)\)#](\1code/\3/\4.md)#g' {} +

dotnet tool restore
for project in Brink Brink.Zoo Brink.Graphs Brink.Runs Brink.Reports Brink.Lab; do
  dotnet restore "src/$project" -v quiet -nologo
done
dotnet docfx metadata "$source/docfx.json" --warningsAsErrors --logLevel warning
dotnet docfx build "$source/docfx.json" --warningsAsErrors --logLevel warning
