using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of one kind of study: sentences, numbers, tables and figures of its runs.</summary>
/// <param name="Kind">The kind, as the manifest names it.</param>
public sealed record StudyReport(string Kind)
{
    /// <summary>The findings of a run in plain words; none where it has not come to any yet.</summary>
    public Func<RunReader, IEnumerable<string>> Sentences { get; init; } = _ => [];

    /// <summary>The numbers at the top of the page, before the seconds.</summary>
    public IReadOnlyList<Headline> Headline { get; init; } = [];

    /// <summary>The tables of results.</summary>
    public IReadOnlyList<ResultTable> Results { get; init; } = [];

    /// <summary>The figures of a run in the order of reading; those without data are left out afterwards.</summary>
    public Func<RunCurves, IReadOnlyList<Chapter>> Chapters { get; init; } = PlainFigures.Chapters;

    /// <summary>The names of figures and of groups that a run may have; it may have further ones.</summary>
    public IReadOnlyList<string> FigureNames { get; init; } = [];

    public IReadOnlyList<FigureGroup> Groups { get; init; } = [];

    /// <summary>Kinds of events that whoever made the run is to know of at once.</summary>
    public IReadOnlyList<string> Noted { get; init; } = [];

    /// <summary>The document that a command prints for a run with <c>--json</c>; null where the command has one of its own.</summary>
    public Func<RunReader, object>? Document { get; init; }

    /// <summary>The tables for which a run has results.</summary>
    public IReadOnlyList<Table> Tables(RunManifest manifest) =>
        [.. Results.Select(table => new Table(table.Title, table.Head, table.Rows(manifest))).Where(table => table.Rows.Count > 0)];
}
