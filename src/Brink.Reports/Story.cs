using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>The sentences about a run: its findings and how it ended.</summary>
public static class Story
{
    /// <summary>Returns the sentences about a run, joined by spaces.</summary>
    /// <param name="run">Run to describe.</param>
    /// <param name="reports">Reports by kind of study; null for those in Brink.</param>
    public static string Of(RunReader run, StudyReports? reports = null)
    {
        var manifest = run.Manifest();
        return string.Join(
            " ", [.. Origin(manifest), .. (reports ?? StudyReports.Standard).Of(manifest).Sentences(run), .. Ending(manifest)]);
    }

    private static IEnumerable<string> Origin(RunManifest manifest)
    {
        if (manifest.Get(RunSchema.ForkedFrom) is not { Settings.Count: > 0 } fork) yield break;
        yield return $"The run is a branch of {fork.Name}: from step {fork.Step} on with {string.Join(", ", fork.Settings)}. The following"
            + " includes the common steps before, relative to the settings of the branch.";
    }

    private static IEnumerable<string> Ending(RunManifest manifest)
    {
        string[] asPlanned = [RunStatus.Completed.Name(), RunStatus.Stable.Name(), RunStatus.Running.Name()];
        if (manifest.Get(RunSchema.Message) is { } message && !asPlanned.Contains(manifest.Status))
            yield return $"The run ended early: {message}.";
    }

    /// <summary>Formats a number with about three significant digits; a count below ten million with all its digits.</summary>
    internal static string N(double value) => value.ToString(
        Math.Abs(value) switch
        {
            > 0 and < 1e-3 => "0.0e0",
            >= 999.5 and < 1e7 => "#,0",
            _ => "G3",
        },
        CultureInfo.InvariantCulture);

    /// <summary>Formats a number, or names one that is not finite.</summary>
    internal static string Finite(double value) => double.IsFinite(value) ? N(value) : "a non-finite value";

    internal static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    /// <summary>Formats a multiple of 2/eta.</summary>
    internal static string Times(double ratio) => ratio.ToString("0.000", CultureInfo.InvariantCulture);
}
