namespace Brink.Reports;

/// <summary>Lays the figures of several runs over each other: a colour for each run, a dash for each curve of a run, and a legend
/// that explains both.</summary>
/// <param name="labels">Label of each run.</param>
internal sealed class Overlay(IReadOnlyList<string> labels)
{
    // Markers of several runs hide each other, unless they are few.
    private const int FewPoints = 10;

    private static readonly int Dashes = Enum.GetValues<Dash>().Length;

    // Dashes that curves had in earlier figures: a curve has the same dash in all of them as far as possible.
    private readonly Dictionary<string, int> _dashes = new(StringComparer.Ordinal);

    /// <summary>Overlays the chapters of all runs; each figure is at the place that it has in the first run that has it. Heat
    /// maps hide each other and stay one figure a run.</summary>
    /// <param name="runs">Chapters of each run.</param>
    public IReadOnlyList<Chapter> Of(IReadOnlyList<IReadOnlyList<Chapter>> runs) =>
    [
        .. InOrder(runs.Select(run => run.Select(chapter => chapter.Title).ToList())).Select(title =>
        {
            var chapters = runs.Select(run => run.FirstOrDefault(chapter => chapter.Title == title)?.Figures ?? []).ToArray();
            return new Chapter(title,
            [
                .. InOrder(chapters.Select(figures => figures.Select(figure => figure.Name).ToList())).SelectMany(name =>
                    Of(chapters.Select(figures => figures.FirstOrDefault(figure => figure.Name == name)).ToList())),
            ]);
        }),
    ];

    /// <summary>Overlays one figure of all runs, null for a run without it.</summary>
    private IReadOnlyList<Figure> Of(IReadOnlyList<Figure?> figures)
    {
        var present = figures.Index().Where(one => one.Item is not null).Select(one => (Run: one.Index, Figure: one.Item!)).ToArray();
        if (present.Any(one => one.Figure.Map is not null))
            return [.. present.Select(one => one.Figure with { Title = $"{one.Figure.Title}: {labels[one.Run]}" })];
        var lines = present.SelectMany(one => Lines(one.Run, one.Figure)).ToArray();
        var kinds = lines.Where(line => line.IsLine).Select(line => line.Kind).Distinct(StringComparer.Ordinal).ToArray();
        var single = lines.Select(line => line.Kind).Distinct(StringComparer.Ordinal).Count() == 1;
        var dashes = DashesOf(kinds);
        Curve[] curves =
        [
            .. lines.Select(line => line.Curve with
            {
                Label = single && !line.Curve.Rings ? labels[line.Run] : $"{labels[line.Run]}: {line.Curve.Label}",
                Run = line.Run,
                Colour = Palette.OfRun(line.Run, labels.Count),
                Dash = line.IsLine ? dashes[line.Kind] : Dash.Solid,
                Marked = line.Curve.Marked && (!line.IsLine || line.Curve.X.Count < FewPoints),
            }),
        ];
        var levels = present.Select(one => one.Figure.Level).Distinct().ToArray();
        StepRange? steps = present.All(one => one.Figure.Steps is not null)
            ? new(present.Min(one => one.Figure.Steps!.From), present.Max(one => one.Figure.Steps!.To))
            : null;
        return
        [
            present[0].Figure with
            {
                Title = Joined(present.Select(one => one.Figure.Title)),
                XLabel = Joined(present.Select(one => one.Figure.XLabel)),
                YLabel = Joined(present.Select(one => one.Figure.YLabel)),
                Curves = levels.Length == 1
                    ? curves
                    : [.. curves, .. present.Select(one => LevelOf(one.Run, one.Figure, curves, steps)).OfType<Curve>()],
                Level = levels.Length == 1 ? levels[0] : null,
                Steps = steps,
                Notes = Notes(present),
                Legend =
                [
                    .. present.Where(one => one.Figure.Curves.Count > 0)
                        .Select(one => new Curve(labels[one.Run], Palette.OfRun(one.Run, labels.Count), [], [])
                        {
                            Dots = kinds.Length == 0,
                        }),
                    .. kinds.Length is > 1 && kinds.Length <= Dashes
                        ? kinds.Select(kind => new Curve(kind, Palette.Ink, [], []) { Dash = dashes[kind] })
                        : [],
                    .. lines.Where(line => line.Curve.Rings).Take(1)
                        .Select(_ => new Curve("not converged", Palette.Ink, [], []) { Rings = true }),
                    .. levels.Length > 1 && levels.OfType<Level>().FirstOrDefault(level => level.Label.Length > 0) is { } named
                        ? new[] { new Curve(named.Label, Palette.Ink, [], []) { Dash = Dash.Dotted } }
                        : [],
                ],
            },
        ];
    }

    /// <summary>Returns the notes of all runs: one that not every run has begins with the label of its run.</summary>
    private IReadOnlyList<string> Notes(IReadOnlyList<(int Run, Figure Figure)> present) =>
    [
        .. present
            .SelectMany(one => one.Figure.Notes.Select(note =>
                present.All(other => other.Figure.Notes.Contains(note)) ? note : $"{labels[one.Run]}: {note}"))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Returns the curves of a run with their kinds: curves of one colour and dash belong together, and the shortest of
    /// their labels is the name of their kind.</summary>
    private static IEnumerable<Line> Lines(int run, Figure figure) =>
        from curve in figure.Curves
        let kind = figure.Curves
            .Where(other => !other.Rings && other.Colour == curve.Colour && other.Dash == curve.Dash)
            .Select(other => other.Label)
            .DefaultIfEmpty(curve.Label)
            .MinBy(label => label.Length)!
        select new Line(run, curve, kind);

    /// <summary>Chooses a dash for each kind of curve. Kinds that are more than dashes are all solid.</summary>
    private Dictionary<string, Dash> DashesOf(IReadOnlyList<string> kinds)
    {
        if (kinds.Count > Dashes || kinds.Count == 1) return kinds.ToDictionary(kind => kind, _ => Dash.Solid, StringComparer.Ordinal);
        var chosen = new Dictionary<string, Dash>(StringComparer.Ordinal);
        foreach (var kind in kinds)
            if (_dashes.TryGetValue(kind, out var known) && !chosen.ContainsValue((Dash)known)) chosen[kind] = (Dash)known;
        foreach (var kind in kinds.Where(kind => !chosen.ContainsKey(kind)))
        {
            var free = Enum.GetValues<Dash>().First(dash => !chosen.ContainsValue(dash));
            chosen[kind] = free;
            _dashes.TryAdd(kind, (int)free);
        }
        return chosen;
    }

    /// <summary>Returns the level of a run as a dotted curve over the extent of all curves and of the first view.</summary>
    private Curve? LevelOf(int run, Figure figure, IReadOnlyList<Curve> curves, StepRange? steps)
    {
        double[] x =
        [
            .. curves.SelectMany(curve => curve.X).Where(double.IsFinite),
            .. steps is null ? Array.Empty<double>() : [steps.From, steps.To],
        ];
        return figure.Level is not { } level || x.Length == 0 ? null : new Curve(
            $"{labels[run]}: {level.Label}", Palette.OfRun(run, labels.Count), [x.Min(), x.Max()], [level.Value, level.Value])
        {
            Run = run,
            Dash = Dash.Dotted,
        };
    }

    private static string Joined(IEnumerable<string> texts) => string.Join(" / ", texts.Distinct(StringComparer.Ordinal));

    /// <summary>Merges lists of names into one without repetitions, each name after those before it in its own list.</summary>
    private static List<string> InOrder(IEnumerable<IReadOnlyList<string>> lists)
    {
        var merged = new List<string>();
        foreach (var list in lists)
        {
            var at = 0;
            foreach (var name in list)
            {
                var found = merged.IndexOf(name);
                if (found < 0) merged.Insert(at++, name);
                else at = found + 1;
            }
        }
        return merged;
    }

    /// <summary>A curve of a run.</summary>
    /// <param name="Kind">Name that it shares with the same curve of other runs.</param>
    private sealed record Line(int Run, Curve Curve, string Kind)
    {
        public bool IsLine => !Curve.Dots && !Curve.Rings;
    }
}
