using System.Globalization;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>The folder of a sweep: sweep.yaml, a folder for the run of each point (0001, 0002, ...), and table.csv and page.html,
/// which are made from the runs.</summary>
/// <param name="Path">Full path of the folder.</param>
/// <param name="Sweep">The sweep in sweep.yaml.</param>
internal sealed record SweepFolder(string Path, Sweep Sweep)
{
    public const string FileName = "sweep.yaml";

    /// <summary>Name of the sweep.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    public string Page => System.IO.Path.Combine(Path, "page.html");

    public string Csv => System.IO.Path.Combine(Path, "table.csv");

    /// <summary>Opens the folder of a sweep. The folder of a file is created, unless it contains the same sweep.</summary>
    /// <param name="what">A file, or the folder of a sweep or its name in the folder runs.</param>
    /// <param name="output">Folder for the sweep of a file; null for one in runs with the name of the file.</param>
    /// <exception cref="InputException">There is no such sweep, or the folder has another.</exception>
    public static SweepFolder Of(string what, string? output)
    {
        var existing = new[] { what, System.IO.Path.Combine(RunFolders.DefaultRoot, what) }
            .FirstOrDefault(folder => File.Exists(System.IO.Path.Combine(folder, FileName)));
        if (existing is not null)
        {
            return output is null
                ? new(Full(existing), Sweep.Read(System.IO.Path.Combine(existing, FileName)))
                : throw new InputException($"--out: {existing} is the folder of a sweep already; leave the option out");
        }
        if (Directory.Exists(what)) throw new InputException($"{what}: not a sweep (no file {FileName})");
        var sweep = Sweep.Read(what).Checked();
        var made = output ?? System.IO.Path.Combine(RunFolders.DefaultRoot, System.IO.Path.GetFileNameWithoutExtension(what));
        Create(made, sweep);
        return new(Full(made), sweep);
    }

    /// <summary>Returns the folder of the run of a point.</summary>
    /// <param name="index">Number of the point, from 1.</param>
    public string RunOf(int index) => System.IO.Path.Combine(Path, index.ToString("D4", CultureInfo.InvariantCulture));

    /// <summary>Returns whether a point is to be computed.</summary>
    /// <param name="row">The point.</param>
    /// <param name="retry">True to compute failed points as well.</param>
    public static bool IsDue(SweepRow row, bool retry) => !row.HasOutcome && !row.IsRunning && (retry || !row.HasFailed);

    /// <summary>Reads the run of a point.</summary>
    public SweepRow Row(SweepPoint point) => SweepRow.Of(point.Index, point.Values, RunOf(point.Index));

    /// <summary>Reads the runs of all points.</summary>
    public SweepTable Table() => Table([.. Sweep.Points.Select(Row)]);

    /// <summary>Returns the table of rows that were read.</summary>
    public SweepTable Table(IReadOnlyList<SweepRow> rows) =>
        new(Name, [.. Sweep.Axes.Select(axis => new SweepSetting(axis.Path, axis.Range?.IsLogarithmic ?? false))], rows);

    /// <summary>Writes table.csv and page.html.</summary>
    public void Write(SweepTable table)
    {
        WholeFile.Write(Csv, table.Csv());
        SweepPage.Write(table, Page);
    }

    /// <summary>Creates the folder with its file, unless it has the same file. Several processes may do so at the same
    /// time.</summary>
    private static void Create(string folder, Sweep sweep)
    {
        var file = System.IO.Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            RunFolders.CheckNew(folder);
            Directory.CreateDirectory(folder);
            var aside = $"{file}.{Environment.ProcessId}";
            File.WriteAllText(aside, sweep.Text);
            try
            {
                File.Move(aside, file);
            }
            catch (IOException) when (File.Exists(file))
            {
                File.Delete(aside);   // another process was first
            }
        }
        var there = File.ReadAllText(file);
        if (there == sweep.Text) return;
        var (old, now) = (there.Split('\n'), sweep.Text.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(old.Length, now.Length))
            .First(i => old.ElementAtOrDefault(i) != now.ElementAtOrDefault(i));
        throw new InputException(
            $"{folder}: contains another sweep, with '{old.ElementAtOrDefault(line)?.Trim()}' in place of"
                + $" '{now.ElementAtOrDefault(line)?.Trim()}'; name another folder with --out");
    }

    private static string Full(string folder) => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
}
