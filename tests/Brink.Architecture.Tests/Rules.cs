namespace Brink.Architecture.Tests;

/// <summary>Rules about references in code. Each returns its violations, one line of text each.</summary>
internal static class Rules
{
    /// <summary>Folders of a project refer only to the folders that the table allows, and the table contains each of them.</summary>
    /// <remarks>The table is not applied to a project without folders.</remarks>
    /// <param name="project">Folder of the project, relative to the root.</param>
    /// <param name="allowed">By folder, the folders that it may refer to.</param>
    public static IReadOnlyList<string> BetweenFolders(CodeAssembly code, string project, IReadOnlyDictionary<string, string[]> allowed)
    {
        var inProject = code.Types.Where(type => IsIn(type.Files[0], project)).ToArray();
        var folders = inProject.ToLookup(type => type.Name, type => Folder(type.Files[0], project), StringComparer.Ordinal);
        var all = inProject
            .SelectMany(type => type.Files)
            .Select(file => Folder(file, project))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (all is [""]) return [];
        var unknown = all
            .Where(folder => !allowed.ContainsKey(folder))
            .Select(folder => $"{project}/{folder}: not in the table of folders; add it");
        var forbidden =
            from use in code.Uses
            where use.Assembly == code.Name && IsIn(use.File, project) && folders.Contains(use.Type)
            let user = Folder(use.File, project)
            let used = folders[use.Type].First()
            where user != used && allowed.TryGetValue(user, out var may) && !may.Contains(used)
            select $"{use.File}: {use.By} uses {use.Type} in {used}";
        return [.. unknown, .. forbidden.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Only one file refers to certain members.</summary>
    /// <param name="file">Path of that file, relative to the root; null where no file may.</param>
    public static IReadOnlyList<string> OnlyIn(string? file, CodeAssembly code, Func<Use, bool> isGuarded) =>
    [
        .. code.Uses
            .Where(use => use.File != file && isGuarded(use))
            .Select(use => $"{use.File}: {use.By} uses {use.Type}{(use.Member is null ? "" : "." + use.Member)}")
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A file has one public class or interface. Records, such as an algorithm's state and result, enumerations, delegates
    /// and extensions are allowed in addition.</summary>
    public static IReadOnlyList<string> OnePublicTypeAFile(CodeAssembly code) =>
    [
        .. code.Types
            .Where(type => type is { IsPublic: true, IsNested: false, Kind: TypeKind.Class or TypeKind.Interface })
            .Where(type => !type.Name.EndsWith("Extensions", StringComparison.Ordinal))
            .SelectMany(type => type.Files.Select(file => (File: file, type.Name)))
            .GroupBy(type => type.File, type => type.Name, StringComparer.Ordinal)
            .Where(file => file.Count() > 1)
            .Select(file => $"{file.Key}: {string.Join(", ", file.Order(StringComparer.Ordinal))}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>References between folders have no cycle.</summary>
    public static IReadOnlyList<string> Cycles(IReadOnlyDictionary<string, string[]> allowed)
    {
        var remaining = allowed.ToDictionary(StringComparer.Ordinal);
        // A folder that refers to no remaining folder is not on a cycle.
        while (remaining.Where(one => !one.Value.Any(remaining.ContainsKey)).Select(one => one.Key).ToArray() is { Length: > 0 } free)
            foreach (var name in free) remaining.Remove(name);
        return [.. remaining.Keys];
    }

    public static bool IsConsole(Use use) => use.Assembly == "System.Console" && use.Type == "System.Console";

    public static bool IsStartOfProcess(Use use) => use is { Type: "System.Diagnostics.Process", Member: "Start" };

    public static bool Differentiates(Use use) =>
        use.Assembly == "TorchSharp"
        && use.Member is "backward" or "grad"
        && use.Type is "TorchSharp.torch+autograd" or "TorchSharp.torch+Tensor";

    private static bool IsIn(string file, string project) => file.StartsWith(project + "/", StringComparison.Ordinal);

    private static string Folder(string file, string project) =>
        file[(project.Length + 1)..].Split('/') is [var folder, _, ..] ? folder : "";
}
