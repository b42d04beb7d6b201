using Brink.Runs;

namespace Brink.Reports;

/// <summary>A point of a sweep and what its run has recorded so far.</summary>
/// <param name="Index">Number of the point, from 1.</param>
/// <param name="Values">Value for each axis of the sweep.</param>
/// <param name="Folder">Folder of the run, which may not exist yet.</param>
/// <param name="Status">Status of the run; "killed" if its process ended without one, "waiting" if there is no run yet, "unreadable"
/// if the store is damaged.</param>
/// <param name="Message">Reason for the status, in one line; empty if there is none.</param>
/// <param name="Results">Numbers of the manifest by key, the last value of each series by PROCESS.NAME, and
/// final_sharpness: that of gradient descent at its end.</param>
public sealed record SweepRow(
    int Index,
    IReadOnlyList<string> Values,
    string Folder,
    string Status,
    string Message,
    IReadOnlyDictionary<string, double> Results)
{
    /// <summary>Statuses of a point without a run, of one whose process was killed, and of one whose store is damaged.</summary>
    public const string Waiting = "waiting", Killed = "killed", Unreadable = "unreadable";

    // Numbers that describe the process or its input.
    private static readonly string[] Origin =
    [
        RunSchema.Processors.Name, RunSchema.Threads.Name, RunSchema.Seed.Name, RunSchema.Resumed.Name, RunSchema.LastGoodStep.Name,
    ];

    private static readonly Dictionary<string, double> None = new(StringComparer.Ordinal);

    private static readonly string[] Outcomes =
        [RunStatus.Completed.Name(), RunStatus.Stable.Name(), RunStatus.Diverged.Name()];

    /// <summary>True if the run has ended with a result: divergence is one.</summary>
    public bool HasOutcome => Outcomes.Contains(Status);

    /// <summary>True if the run could not be computed.</summary>
    public bool HasFailed => Status == RunStatus.Failed.Name() || Status == Unreadable;

    /// <summary>True if a process computes the run now.</summary>
    public bool IsRunning => Status == RunStatus.Running.Name();

    /// <summary>Reads the run of a point.</summary>
    /// <param name="index">Number of the point.</param>
    /// <param name="values">Value for each axis of the sweep.</param>
    /// <param name="folder">Folder of the run, which may not exist yet.</param>
    public static SweepRow Of(int index, IReadOnlyList<string> values, string folder)
    {
        if (RunFolders.TryFind(RunFolders.DefaultRoot, folder) is null)
        {
            // A run that has just begun has a lock before its store.
            var status = RunFolders.IsBeingWritten(folder) ? RunStatus.Running.Name() : Waiting;
            return new(index, values, folder, status, "", None);
        }
        try
        {
            using var run = RunReader.Open(folder);
            var manifest = run.Manifest();
            return new(index, values, folder, StatusOf(folder, manifest), manifest.Get(RunSchema.Message) ?? "", Numbers(run, manifest));
        }
        catch (RunStoreException e)
        {
            return RunFolders.IsBeingWritten(folder)
                ? new(index, values, folder, RunStatus.Running.Name(), "", None)
                : new(index, values, folder, Unreadable, e.Message, None);
        }
    }

    /// <summary>Returns the status; a run without one was killed before it began, unless a process has just created it.</summary>
    private static string StatusOf(string folder, RunManifest manifest) =>
        manifest.Get(RunSchema.Status) is not null ? RunFolders.StatusOf(folder, manifest)
        : RunFolders.IsBeingWritten(folder) ? RunStatus.Running.Name()
        : Killed;

    private static Dictionary<string, double> Numbers(RunReader run, RunManifest manifest)
    {
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var key in manifest.Keys.Except(Origin, StringComparer.Ordinal))
            if (manifest.Node(key) is { } node && node.GetValueKind() == System.Text.Json.JsonValueKind.Number)
                numbers[key] = node.GetValue<double>();
        foreach (var (key, last) in run.LastPoints())
            if (!key.Name.EndsWith(RunSchema.NotConverged(""), StringComparison.Ordinal))
                numbers[$"{key.Process}.{key.Name}"] = last.Value;
        if (FinalSharpness(numbers) is { } sharpness) numbers[LandscapeSchema.FinalSharpness.Name] = sharpness;
        return numbers;
    }

    /// <summary>Returns the last sharpness of gradient descent: at the edge of stability, or at the last check of a run that did not
    /// reach it.</summary>
    private static double? FinalSharpness(Dictionary<string, double> numbers) =>
        numbers.TryGetValue($"{EdgeSchema.Descent}.{RunSchema.SharpnessSeries}", out var atEdge) ? atEdge
        : numbers.TryGetValue($"{EdgeSchema.Descent}.{EdgeSchema.SharpnessMidpoint}", out var before) ? before
        : null;
}
