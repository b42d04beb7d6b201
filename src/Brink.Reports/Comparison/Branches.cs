using Brink.Runs;

namespace Brink.Reports;

/// <summary>Branches of a run in a comparison: where the parent or another branch of it is drawn as well, the common steps are drawn
/// once.</summary>
internal static class Branches
{
    /// <summary>Returns for each run the step from which it is drawn: that of its fork, if another run has the common steps; null
    /// for all of it.</summary>
    /// <param name="all">All runs of the comparison, in their order.</param>
    public static IReadOnlyList<long?> Starts(IReadOnlyList<RunReader> all) =>
    [
        .. all.Select(run => run.Manifest().Get(RunSchema.ForkedFrom) is { } fork && IsDrawn(fork, run, all) ? fork.Step : (long?)null),
    ];

    /// <summary>Removes the points before a step from the figures over steps.</summary>
    public static IReadOnlyList<Chapter> From(IReadOnlyList<Chapter> chapters, long? step) => step is { } fork
        ? [.. chapters.Select(chapter => chapter with { Figures = [.. chapter.Figures.Select(figure => From(figure, fork))] })]
        : chapters;

    /// <summary>Returns whether the common steps are those of the parent, or of a branch that comes first.</summary>
    private static bool IsDrawn(Lineage fork, RunReader run, IReadOnlyList<RunReader> all) =>
        all.Any(other => other != run && IsParent(other.Manifest(), fork))
            || all.TakeWhile(other => other != run).Any(other => other.Manifest().Get(RunSchema.ForkedFrom) is { } earlier
                && (earlier.Name, earlier.Started) == (fork.Name, fork.Started) && earlier.Step >= fork.Step);

    private static bool IsParent(RunManifest other, Lineage fork) =>
        (other.Get(RunSchema.Name), other.Get(RunSchema.Started)) == (fork.Name, fork.Started);

    private static Figure From(Figure figure, long step) => figure.Steps is null ? figure : figure with
    {
        Curves =
        [
            .. figure.Curves.Select(curve => curve with
            {
                X = [.. curve.X.Where(x => x >= step)],
                Y = [.. curve.Y.Where((_, i) => curve.X[i] >= step)],
            }).Where(curve => curve.X.Count > 0),
        ],
    };
}
