using Brink.Runs;

namespace Brink.Reports;

/// <summary>The tables of a run's results, by the key of the manifest that holds them; what is not of the run's kind has
/// none.</summary>
internal static class StudyTables
{
    private static readonly (string Key, string Title, IReadOnlyList<string> Head, Func<RunManifest, IReadOnlyList<string[]>> Rows)[] All =
    [
        ("layers", "layers", ["layer", "parameters", "sharpness", "trace", "share of u"], SpectrumStory.Layers),
        ("bnp", "trainings", BnpStory.Head, BnpStory.Table),
        ("advice", "largest stable steps", ["method", "largest stable step", "because"], SpectrumStory.Advice),
        ("solvers", "solvers", GameStory.SolverHead, GameStory.Solvers),
        ("gan_solvers", "solvers", GanFigures.Head, GanFigures.Solvers),
        ("classic_solvers", "classic solvers", GameStory.ClassicHead, GameStory.Classics),
        ("escape", "methods", EscapeStory.Head, EscapeStory.Methods),
    ];

    public static IEnumerable<string> Keys => All.Select(table => table.Key);

    public static IReadOnlyList<Table> Of(RunManifest manifest) =>
    [
        .. All.Select(table => new Table(table.Title, table.Head, table.Rows(manifest))).Where(table => table.Rows.Count > 0),
    ];
}
