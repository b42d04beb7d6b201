using Brink.Runs;

namespace Brink.Reports;

/// <summary>Short labels of runs that are compared.</summary>
public static class RunLabels
{
    /// <summary>Settings that a label may name: with more it is longer than the name of a run.</summary>
    private const int MostSettings = 2;

    private const string LearningRate = "learning_rate";

    /// <summary>Returns a label for each run: the settings in which the runs differ, such as "η = 0.02", if they are few and no
    /// two labels are equal; otherwise the names of the runs.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<RunReader> runs)
    {
        var differences = RunSettings.Differences(runs);
        string[] labels =
        [
            .. runs.Select((_, i) => string.Join(", ", differences.Select(setting => $"{Word(setting.Path)} = {setting.Values[i]}"))),
        ];
        if (differences.Count is > 0 and <= MostSettings && AreDistinct(labels)) return labels;
        string[] names = [.. runs.Select(run => Path.GetFileName(run.Folder))];
        return AreDistinct(names) ? names : [.. runs.Select((run, i) => $"{i + 1}: {Path.GetFileName(run.Folder)}")];
    }

    private static bool AreDistinct(IReadOnlyCollection<string> labels) => labels.Distinct(StringComparer.Ordinal).Count() == labels.Count;

    private static string Word(string path) => path == LearningRate ? "η" : path.Split('.')[^1].Replace('_', ' ');
}
