#!/usr/bin/env dotnet
// Checks that every local link, image, script and style of a built site exists, with its anchor.
//
//   dotnet run .ci/SiteLinks.cs artifacts/site
#:property PublishAot=false
#:property NoWarn=$(NoWarn);MA0009
using System.Net;
using System.Text.RegularExpressions;

var root = Path.GetFullPath(args[0]);
var pages = Directory.EnumerateFiles(root, "*.html", SearchOption.AllDirectories)
    .ToDictionary(path => path, File.ReadAllText, StringComparer.Ordinal);
var anchors = pages.ToDictionary(
    page => page.Key,
    page => Regex.Matches(page.Value, "\\b(?:id|name)=\"([^\"]+)\"")
        .Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))
        .ToHashSet(),
    StringComparer.Ordinal);

var (links, broken) = (0, new SortedSet<string>(StringComparer.Ordinal));
foreach (var (path, html) in pages)
{
    var targets = Regex.Matches(html, "\\b(?:href|src)=\"([^\"]*)\"").Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));
    foreach (var target in targets)
    {
        if (target.Length == 0 || target == "#" || Regex.IsMatch(target, "^([a-z]+:|//)")) continue;
        links++;
        var (file, anchor) = target.Split('#', 2) is [var before, var after] ? (before, Uri.UnescapeDataString(after)) : (target, "");
        var name = Uri.UnescapeDataString(file.Split('?')[0]);
        var to = name.Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, name));
        if (Directory.Exists(to)) to = Path.Combine(to, "index.html");
        var fault = !to.StartsWith(root, StringComparison.Ordinal) ? "leads outside the site"
            : !File.Exists(to) ? "does not exist"
            : anchor.Length > 0 && anchors.TryGetValue(to, out var ids) && !ids.Contains(anchor) ? "has no such anchor"
            : null;
        if (fault is not null) broken.Add($"{Path.GetRelativePath(root, path)}: {target} {fault}");
    }
}
foreach (var line in broken) Console.WriteLine(line);
Console.WriteLine($"{pages.Count} pages, {links} local links, {broken.Count} broken");
return pages.Count > 0 && broken.Count == 0 ? 0 : 1;
