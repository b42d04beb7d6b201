using System.Globalization;
using System.Text.RegularExpressions;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>The story of a run whose values a test writes.</summary>
internal static class WrittenStory
{
    public static string Of(string kind, Action<RunWriter> write, RunStatus status = RunStatus.Completed)
    {
        using var folder = new TemporaryFolder();
        using (var run = RunWriter.Create(folder.Path("run")))
        {
            run.Set(RunSchema.Kind, kind);
            run.Set(RunSchema.Status, status.Name());
            write(run);
            run.Commit();
        }
        using var reader = RunReader.Open(folder.Path("run"));
        return Story.Of(reader);
    }

    /// <summary>Writes a series from a step on.</summary>
    public static void Series(this RunWriter run, SeriesKey key, long first, IEnumerable<double> values)
    {
        foreach (var (i, value) in values.Index()) run.Add(key, first + i, value);
    }

    /// <summary>Returns the numbers that a sentence states, in the groups of a pattern; none if there is no such
    /// sentence.</summary>
    public static double[] Stated(this string story, string pattern) =>
        Regex.Match(story, pattern) is { Success: true } match ? [.. match.Groups.Values.Skip(1).Select(group => Number(group.Value))] : [];

    private static double Number(string text)
    {
        var digits = text.TrimEnd('%', ' ').Replace(",", "", StringComparison.Ordinal);
        return double.Parse(digits, CultureInfo.InvariantCulture) / (text.EndsWith('%') ? 100 : 1);
    }
}
