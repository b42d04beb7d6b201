using Brink.Lab.Tests;
using Brink.Reports;
using Brink.Runs;

[assembly: AssemblyFixture(typeof(Brink.Browser.Tests.MadePages))]
[assembly: AssemblyFixture(typeof(Brink.Browser.Tests.Chromium))]

namespace Brink.Browser.Tests;

/// <summary>The pages that the tests open: one for each run of <see cref="SmallRuns"/>, one for each stored run of format 3, and
/// two of two runs.</summary>
public sealed class MadePages : IDisposable
{
    private const string Two = "two-runs", Alike = "two-runs-of-a-kind";

    private static readonly string[] Stored = ["edge", "stopped", "solve", "bnp", "speed"];

    private readonly TemporaryFolder _folder = new();
    private readonly HashSet<string> _kinds = new(StringComparer.Ordinal);

    public MadePages()
    {
        Directory.CreateDirectory(Screenshots);
        foreach (var (name, make) in SmallRuns.All)
        {
            make(_folder.Path(name));
            Draw(name, _folder.Path(name));
        }
        foreach (var name in Stored)
        {
            var archive = Path.Combine(AppContext.BaseDirectory, "format3", $"{name}.zip");
            Draw(OfFormat3(name), RunArchive.Read(archive, Directory.CreateDirectory(_folder.Path(OfFormat3(name))).FullName, null));
        }
        Draw(Two, _folder.Path("speed"), _folder.Path("monitor"));
        Draw(Alike, _folder.Path("landscape"), _folder.Path("landscape-diverged"));
    }

    public static IReadOnlyList<string> Names { get; } =
        [.. SmallRuns.All.Select(run => run.Name), .. Stored.Select(OfFormat3), Two, Alike];

    /// <summary>The folder of the screenshots.</summary>
    public static string Screenshots { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../screenshots"));

    /// <summary>The kinds of study that have a page.</summary>
    public IReadOnlyCollection<string> Kinds => _kinds;

    public string this[string name] => _folder.Path($"{name}.html");

    public void Dispose() => _folder.Dispose();

    private static string OfFormat3(string name) => $"format3-{name}";

    private void Draw(string name, params string[] folders)
    {
        RunReader[] runs = [.. folders.Select(RunReader.Open)];
        Page.Write(runs, this[name]);
        foreach (var run in runs)
        {
            if (run.Manifest().Kind is { } kind) _kinds.Add(kind);
            run.Dispose();
        }
    }
}
