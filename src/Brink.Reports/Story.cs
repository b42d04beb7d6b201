using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>The sentences about a run: its findings and how it ended.</summary>
public static class Story
{
    public static string Of(RunReader run, StudyReports? reports = null)
    {
        var manifest = run.Manifest();
        return string.Join(" ", [.. (reports ?? StudyReports.Standard).Of(manifest).Sentences(run), .. Ending(manifest)]);
    }

    private static IEnumerable<string> Ending(RunManifest manifest)
    {
        if (manifest.Get(RunSchema.Message) is not { } message) yield break;
        if (manifest.Status == RunStatus.Stable.Name()) yield return $"This learning rate is stable: {message}.";
        else if (manifest.Status != RunStatus.Completed.Name() && manifest.Status != RunStatus.Running.Name())
            yield return $"The run ended early: {message}.";
    }

    internal static string N(double value) => value.ToString(
        Math.Abs(value) switch
        {
            > 0 and < 1e-3 => "0.0e0",
            >= 1000 and < 1e7 => "#,0",
            _ => "G3",
        },
        CultureInfo.InvariantCulture);

    internal static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
}
