using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of one kind of study: sentences, numbers, tables and figures of its runs.</summary>
/// <param name="Kind">Kind of study, as in the manifest.</param>
public sealed record StudyReport(string Kind)
{
    /// <summary>The findings of a run in sentences; none if it has no findings yet.</summary>
    public Func<RunReader, IEnumerable<string>> Sentences { get; init; } = _ => [];

    /// <summary>The numbers at the top of the page, before the seconds.</summary>
    public IReadOnlyList<Headline> Headline { get; init; } = [];

    /// <summary>The tables of results.</summary>
    public IReadOnlyList<ResultTable> Results { get; init; } = [];

    /// <summary>The figures of a run in reading order; figures without data are removed afterwards.</summary>
    public Func<RunCurves, IReadOnlyList<Chapter>> Chapters { get; init; } = PlainFigures.Chapters;

    /// <summary>The names of figures and groups that a run may have; a run may have further figures.</summary>
    public IReadOnlyList<string> FigureNames { get; init; } = [];

    /// <summary>The groups of figures that are drawn together under one name.</summary>
    public IReadOnlyList<FigureGroup> Groups { get; init; } = [];

    /// <summary>Kinds of events that the command shows to the user at once.</summary>
    public IReadOnlyList<string> Noted { get; init; } = [];

    /// <summary>The document that a command prints for a run with <c>--json</c>; null if the command has its own
    /// document.</summary>
    public Func<RunReader, object>? Document { get; init; }

    /// <summary>Returns the tables for which a run has results.</summary>
    public IReadOnlyList<Table> Tables(RunManifest manifest) =>
        [.. Results.Select(table => new Table(table.Title, table.Head, table.Rows(manifest))).Where(table => table.Rows.Count > 0)];
}
